"""One connection's following of one session: which of its events this viewer gets, in order."""

import logging

import eventlet

import sessions.events
from gateway.connection.event_sequencer import EventSequencer
from gateway.protocol.errors import Unavailable

_log = logging.getLogger(__name__)

ENDED = "ended"
GAP_PATIENCE = 0.5  # seconds until a missing event is fetched; most come a moment late


class SessionSubscription:
    """What a connection is told of a session, as the viewer that it was when it connected."""

    def __init__(self, connection, session_id: str, viewer: str | None):
        self.session_id = session_id
        self.viewer = viewer
        self.ended = False
        self._connection = connection
        self._sequence = EventSequencer()
        self._plays = False
        self._unasked: list[tuple[str, dict]] = []
        self._filling = False
        self._missing = False  # something may be missing that no later event tells of

    @property
    def begun(self) -> bool:
        """Whether the client has its snapshot."""
        return self._sequence.version is not None

    @property
    def keys(self) -> list[str]:
        """The routing keys of what the viewer may hear, whether it turns out a player or not."""
        keys = [
            f"{sessions.events.everybody(self.session_id)}.#",
            f"{sessions.events.spectators(self.session_id)}.#",
        ]
        if self.viewer is not None:
            keys.append(f"{sessions.events.one_player(self.session_id, self.viewer)}.#")
        return keys

    def begin(self, session: dict) -> None:
        """The client has the snapshot: let through what follows it."""
        self._plays = self.viewer in session["players"]
        self.ended = session["status"] == ENDED
        early, self._unasked = self._unasked, []
        self._deliver(self._sequence.begin(session["version"]))
        for routing_key, body in early:
            self.take(routing_key, body)

    def take(self, routing_key: str, body: dict) -> None:
        """An event of the session has come in."""
        if not self.begun:
            self._unasked.append((routing_key, body))
        elif self._concerns(routing_key):
            event = body["event"], self._own(body)
            if "version" not in body["params"]:
                self._deliver([event])
                return
            self._deliver(self._sequence.take(body["params"]["version"], event))
            if self._sequence.gap:
                self._fill_later()

    def hand_over(self, other: "SessionSubscription") -> None:
        """Have another one take what has come in for this one, which does not come to begin."""
        early, self._unasked = self._unasked, []
        for routing_key, body in early:
            other.take(routing_key, body)
        if other._lacks:  # it may have come to be fetched while this one stood in its place
            other._fill_later()

    def fill(self) -> None:
        """Fetch whatever has happened since the last event that was let through."""
        if not self.begun:
            return
        self._missing = True
        try:
            missed = self._connection._gateway.services.sessions.history(
                self.session_id, self.viewer, self._sequence.version
            )
        except Unavailable:
            self._fill_later()
            return
        if not self._is_followed:  # it would be told after the snapshot of who is now
            return
        self._missing = False
        for event in missed["events"]:
            event_type = event.pop("type")
            params = {"session_id": self.session_id, **event}
            self._deliver(self._sequence.take(event["version"], (event_type, params)))

    def _fill_later(self) -> None:
        if not self._filling:
            self._filling = True
            eventlet.spawn_after(GAP_PATIENCE, self._fill_gap)

    def _fill_gap(self) -> None:
        self._filling = False
        if self._is_followed and self._lacks:
            self.fill()

    @property
    def _is_followed(self) -> bool:
        connection = self._connection
        return not connection.closed and connection.followers.get(self.session_id) is self

    @property
    def _lacks(self) -> bool:
        return self._sequence.gap or self._missing

    def _concerns(self, routing_key: str) -> bool:
        if self._plays:
            return not routing_key.startswith(sessions.events.spectators(self.session_id))
        return True

    def _own(self, body: dict) -> dict:
        # What everybody sees comes in one message, with the moves open to each beside it.
        if "legal" not in body:
            return body["params"]
        return {**body["params"], "legal": body["legal"].get(self.viewer, [])}

    def _deliver(self, events: list[tuple[str, dict]]) -> None:
        for event, params in events:
            self.ended = self.ended or event == sessions.events.ENDED
            self._connection.notify(event, params)
