"""The session subscriptions of one connection."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from weakref import WeakValueDictionary

from eventlet.semaphore import Semaphore

from extensions import request_id
from extensions.errors import RateLimited
from gateway.broker.disconnect_notifier import DisconnectNotifier
from gateway.broker.presence_reconciler import PresenceReconciler
from gateway.broker.service_apis import SessionsApi
from gateway.broker.service_event import ServiceEvent
from gateway.broker.service_types import ConnectRequest
from gateway.connection.event_queue import EventQueue
from gateway.connection.session_subscription import SessionSubscription
from gateway.protocol.results import Connected
from sessions.exceptions import GameSuspended, NotAMember, RulesUnavailable, SessionNotFound

MAX_SUBSCRIPTIONS = 1000
NO_TURN = nullcontext()
# By these the session service answers that nobody was connected; after others somebody may be.
REFUSALS = (SessionNotFound, GameSuspended, RulesUnavailable)
RETRY_AFTER_SECONDS = 60.0  # most likely, one of the sessions will have ended by then


class SessionSubscriptions:
    """Connects a connection to sessions, and keeps the session service informed of which.

    Calls about one session are made one after the other: two at once may be served in either order,
    and the session service would then disagree with this gateway.
    """

    def __init__(
        self, sessions: SessionsApi, connect: Callable[[ConnectRequest], Connected],
        connection_id: str, gateway_id: str, events: EventQueue,
        reconciler: PresenceReconciler, notifier: DisconnectNotifier,
        send_event: Callable[[str, bytes], None], is_closed: Callable[[], bool],
    ) -> None:
        self._sessions, self._connect_session, self._events = sessions, connect, events
        self._connection_id, self._gateway_id = connection_id, gateway_id
        self._reconciler, self._notifier = reconciler, notifier
        self._send_event, self._is_closed = send_event, is_closed
        self._by_id: dict[str, SessionSubscription] = {}
        # Each for as long as somebody holds it or waits for it.
        self._locks: WeakValueDictionary[str, Semaphore] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[SessionSubscription]:
        return iter(list(self._by_id.values()))

    def connect(
        self, session_id: str, viewer: str | None, since: int | None
    ) -> tuple[Connected, Callable[[], None]]:
        """Connect to a session, and return its answer and what to call once that has been sent.

        Raises RateLimited, SessionNotFound and Unavailable.
        """
        with self._lock(session_id), ExitStack() as place:
            place.enter_context(self._events.arriving())
            previous = self._by_id.get(session_id)
            if previous is None:
                self._make_room()
            subscription = SessionSubscription(
                session_id, viewer, self._sessions, self._send_event, self._is_current
            )
            self._by_id[session_id] = subscription
            try:
                self._events.bind(subscription.routing_key)
                place.close()  # the connection has arrived, however long `sessions` takes
                answer = self._connect(subscription, since)
            except Exception as error:
                if not isinstance(error, REFUSALS):
                    self._reconciler.add(self, session_id)
                if previous is not None:
                    self._by_id[session_id] = previous
                    subscription.hand_over(previous)
                else:
                    self._remove(subscription)
                raise
            return answer, lambda: subscription.begin(answer["session"])

    def disconnect(self, session_id: str, turn: AbstractContextManager[None] = NO_TURN) -> None:
        """Disconnect from a session, in the turn for calls, after those about it that came before.

        Raises NotAMember, SessionNotFound and Unavailable.
        """
        with self._lock(session_id), turn:
            subscription = self._by_id.get(session_id)
            try:
                self._sessions.disconnect(session_id, self._connection_id)
            except (NotAMember, SessionNotFound):
                self._remove(subscription)
                raise
            except Exception:  # whatever it was: it may have been done
                self._reconciler.add(self, session_id)
                raise
            self._remove(subscription)

    def reconnect(self, session_id: str) -> None:
        """Connect again to a session, whose service has taken this gateway for lost."""
        try:
            self.settle(session_id)
        except REFUSALS:
            raise
        except Exception:  # whatever it was: it may have been done
            self._reconciler.add(self, session_id)
            raise

    def settle(self, session_id: str) -> None:
        """Tell the session service whether the connection is in a session."""
        with self._lock(session_id), suppress(NotAMember, SessionNotFound):
            subscription = None if self._is_closed() else self._by_id.get(session_id)
            if subscription is None:
                self._sessions.disconnect(session_id, self._connection_id)
            else:
                self._connect(subscription, None)

    def deliver(self, event: ServiceEvent) -> None:
        """Deliver an event of a session."""
        subscription = self._by_id.get(event.params["session_id"])
        if subscription is not None:
            subscription.take(event)

    def leave(self) -> None:
        """Leave all sessions, as the connection is closed."""
        if self._by_id:
            self._notifier.leave_sessions(self._connection_id)

    def _lock(self, session_id: str) -> Semaphore:
        return self._locks.setdefault(session_id, Semaphore())

    def _connect(self, subscription: SessionSubscription, since: int | None) -> Connected:
        answer = self._connect_session({
            "session_id": subscription.session_id, "connection_id": self._connection_id,
            "gateway_id": self._gateway_id, "login": subscription.viewer, "since": since,
            "request_id": request_id.current(), "traceparent": None,
        })
        if self._is_closed():  # `leave` may have been served before the connect
            self._notifier.leave_sessions(self._connection_id)
        return answer

    def _is_current(self, subscription: SessionSubscription) -> bool:
        return not self._is_closed() and self._by_id.get(subscription.session_id) is subscription

    def _remove(self, subscription: SessionSubscription | None) -> None:
        if subscription is not None:
            del self._by_id[subscription.session_id]
            self._events.unbind(subscription.routing_key)

    def _make_room(self) -> None:
        """Leave the first session that has ended, if the connection has as many as it may."""
        if self._reconciler.is_full(self):
            raise RateLimited.of(
                "Too many calls of this connection to connect were not answered",
                retry_after=RETRY_AFTER_SECONDS,
            )
        if len(self._by_id) < MAX_SUBSCRIPTIONS:
            return
        ended = next((each for each in self._by_id.values() if each.ended), None)
        if ended is None:
            raise RateLimited.of(
                f"This connection is connected to {MAX_SUBSCRIPTIONS} sessions that are under way, "
                "which is the maximum: disconnect from some of them",
                retry_after=RETRY_AFTER_SECONDS,
            )
        with suppress(NotAMember, SessionNotFound):
            self.disconnect(ended.session_id)
