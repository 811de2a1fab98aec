"""One client's connection, put together."""

import uuid
from collections.abc import Callable

import auth.events
import searcher.events
import sessions.events
from gateway.broker.batched_calls import BatchedCalls
from gateway.broker.disconnect_notifier import DisconnectNotifier
from gateway.broker.event_subscriber import EventSubscriber
from gateway.broker.presence_reconciler import PresenceReconciler
from gateway.broker.service_event import ServiceEvent
from gateway.broker.services import Services
from gateway.connection.arrivals import Arrivals
from gateway.connection.event_queue import EventQueue
from gateway.connection.identity import Identity
from gateway.connection.pings import Pings
from gateway.connection.search import Search
from gateway.connection.session_subscriptions import SessionSubscriptions
from gateway.connection.transport import Transport
from gateway.connection.websocket import WebSocket
from gateway.protocol import close_codes
from gateway.protocol.dispatch import Served

REMEMBERED_EVENT_IDS = 64
# Events of sessions that go to their players, connected to the session or not.
PLAYER_EVENTS = (sessions.events.CREATED, sessions.events.REMATCH_ASKED)


class Connection:
    """A client's connection: its transport, its identity, its search and its sessions."""

    def __init__(
        self, socket: WebSocket, address: str, *, gateway_id: str, pings: Pings,
        services: Services, batched_calls: BatchedCalls, subscriber: EventSubscriber,
        arrivals: Arrivals, reconciler: PresenceReconciler, notifier: DisconnectNotifier,
        on_player: Callable[[str], None], check_login: Callable[[Identity], None],
        anonymous_timeout: float,
    ) -> None:
        self.id = uuid.uuid4().hex
        self.address = address
        self._anonymous_timeout = anonymous_timeout
        self.transport = Transport(socket, pings)
        self._events = EventQueue(subscriber, arrivals, self.on_event)
        self.identity = Identity(
            batched_calls.authenticate, batched_calls.login_state, self.transport, self._events,
            on_player, lambda: check_login(self.identity),
        )
        self.search = Search(services.searcher, self.id, notifier, self.is_closed)
        self.subscriptions = SessionSubscriptions(
            services.sessions, batched_calls.connect, self.id, gateway_id, self._events, reconciler,
            notifier, self.transport.send_event, self.is_closed,
        )
        self._delivered_ids: list[str] = []  # the latest

    @property
    def login(self) -> str | None:
        """The player to whom the connection belongs."""
        return self.identity.login

    @property
    def authenticated_at(self) -> float:
        """When it became the player's, in seconds since the epoch; 0 where it is nobody's."""
        return self.identity.authenticated_at

    @property
    def round_trip(self) -> float:
        """Seconds to the client and back; 0 where they have not been measured."""
        return self.transport.round_trip

    @property
    def unsent_messages(self) -> int:
        """How many messages wait to be sent to the client."""
        return self.transport.unsent

    def send_away(self) -> None:
        """Ask the client to connect elsewhere, and close the connection."""
        self.transport.close_after_answers(
            close_codes.GOING_AWAY, "the server is going away: reconnect"
        )

    def is_closed(self) -> bool:
        """Tell whether the client is gone, or is being disconnected."""
        return self.transport.closed

    def start(self, receive: Callable[[str], Served], on_left: Callable[[], None]) -> None:
        """Start serving messages by `receive`; call `on_left` when the connection is gone."""
        self._on_left = on_left
        self._await_player()
        self.transport.start(receive, self._end)

    def _await_player(self) -> None:
        self.transport.timers.set("anonymous", self._anonymous_timeout, self._close_if_unused)

    def _close_if_unused(self) -> None:
        """Close the connection where it is still nobody's, unless it watches a session."""
        if self.login is None and self.subscriptions:
            self._await_player()
        elif self.login is None:
            self.transport.close(close_codes.ANONYMOUS, "nobody has authenticated in time")

    def _end(self) -> None:
        try:
            self.leave()
            self.transport.finish()
        finally:
            self._on_left()

    def leave(self) -> None:
        """Leave everything, and let the services know."""
        self.transport.stop()
        self._events.close()
        self.subscriptions.leave()
        self.search.leave()

    def on_event(self, event: ServiceEvent) -> None:
        """Handle an event that has arrived in the connection's queue."""
        if event.name == auth.events.REVOKED:
            self.identity.revoke(event.params["family"])
            return
        if event.name == auth.events.CLAIMED:
            self.identity.claim()
        if event.name.startswith("session.") and event.name not in PLAYER_EVENTS:
            self.subscriptions.deliver(event)
        else:
            self.deliver_to_player(event)

    def deliver_to_player(self, event: ServiceEvent) -> None:
        """Deliver an event that concerns the player, once however often it arrives."""
        if event.id is not None:
            if event.id in self._delivered_ids:
                return
            self._delivered_ids.append(event.id)
            del self._delivered_ids[:-REMEMBERED_EVENT_IDS]
        self.search.end_by(event)
        if event.name != searcher.events.STOPPED:
            self.transport.send_event(event.name, event.notification_for(None))
