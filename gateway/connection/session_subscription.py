"""One connection's subscription to one session."""

from collections.abc import Callable

import eventlet

import sessions.events
from gateway.broker.service_apis import SessionsApi
from gateway.broker.service_event import ServiceEvent
from gateway.connection.event_sequencer import EventSequencer
from gateway.protocol import json_rpc
from gateway.protocol.errors import Unavailable
from gateway.protocol.results import Event, Session
from sessions.exceptions import GAME_ERRORS

GAP_TIMEOUT_SECONDS = 0.5  # until a missing event is fetched; most arrive a moment late
SUSPENDED_RETRY_SECONDS = 10.0


class SessionSubscription:
    """Delivers the events of a session to one viewer: in order, without gaps, each once.

    Before `begin`, which comes when the client has its snapshot, events are held.
    """

    def __init__(
        self, session_id: str, viewer: str | None, sessions: SessionsApi,
        send_event: Callable[[str, bytes], None],
        is_current: Callable[["SessionSubscription"], bool],
    ) -> None:
        """Take what sends an encoded event, and what tells whether this still counts."""
        self.session_id = session_id
        self.viewer = viewer
        self.ended = False
        self._sessions, self._send_event, self._is_current = sessions, send_event, is_current
        self._sequencer: EventSequencer[tuple[str, bytes]] = EventSequencer()
        self._is_player = False
        self._early: list[ServiceEvent] = []
        self._will_fetch = False
        self._fetch_failed = False  # something may be missing though there is no gap

    @property
    def routing_key(self) -> str:
        """The routing key of what all may receive; a player's own events come by the player's."""
        return sessions.events.everybody(self.session_id)

    def begin(self, session: Session) -> None:
        """Deliver the events that follow a snapshot, which the client has received."""
        self._is_player = self.viewer in session["players"]
        self.ended = session["status"] == "ended"
        early, self._early = self._early, []
        self._deliver(self._sequencer.begin(session["version"]))
        for event in early:
            self.take(event)

    def take(self, event: ServiceEvent) -> None:
        """Take an event of the session, and deliver it when it is its turn."""
        if self._sequencer.version is None:
            self._early.append(event)
        elif self._concerns_viewer(event):
            told = event.name, event.notification_for(self.viewer)
            if "version" not in event.params:
                self._deliver([told])
                return
            self._deliver(self._sequencer.take(event.params["version"], told))
            if self._sequencer.has_gap:
                self._fetch_later()

    def hand_over(self, previous: "SessionSubscription") -> None:
        """Give what was held to the previous subscription, which is to stay after all."""
        early, self._early = self._early, []
        for event in early:
            previous.take(event)
        if previous._lacks_events:  # its fetch may have come while this one stood in its place
            previous._fetch_later()

    def fetch_missed(self) -> None:
        """Fetch and deliver whatever has happened since the last event that was delivered."""
        version = self._sequencer.version
        while version is not None:
            self._fetch_failed = True
            try:
                missed = self._sessions.history(self.session_id, self.viewer, version)
            except Unavailable:
                self._fetch_later()
                return
            except GAME_ERRORS:  # the session is suspended
                self._fetch_later(SUSPENDED_RETRY_SECONDS)
                return
            if not self._is_current(self):  # another subscription has sent a later snapshot
                return
            self._fetch_failed = False
            self._deliver_stored(missed["events"])
            version = missed["next"]

    def _deliver_stored(self, stored: list[Event]) -> None:
        for event in stored:
            params = {"session_id": self.session_id, **event}
            del params["type"]
            told = event["type"], json_rpc.notification(event["type"], params)
            self._deliver(self._sequencer.take(event["version"], told))

    def _fetch_later(self, seconds: float = GAP_TIMEOUT_SECONDS) -> None:
        if not self._will_fetch:
            self._will_fetch = True
            eventlet.spawn_after(seconds, self._fetch_if_needed)

    def _fetch_if_needed(self) -> None:
        self._will_fetch = False
        if self._is_current(self) and self._lacks_events:
            self.fetch_missed()

    @property
    def _lacks_events(self) -> bool:
        return self._sequencer.has_gap or self._fetch_failed

    def _concerns_viewer(self, event: ServiceEvent) -> bool:
        for_others = (
            sessions.events.spectators(self.session_id) if self._is_player
            # The connection has become a player's after it had connected as a spectator.
            else sessions.events.one_player(self.session_id, "")
        )
        return not event.routing_key.startswith(for_others)

    def _deliver(self, events: list[tuple[str, bytes]]) -> None:
        for name, notification in events:
            self.ended = self.ended or name == sessions.events.ENDED
            self._send_event(name, notification)
