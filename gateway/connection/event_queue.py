"""The anonymous queue by which one connection receives events."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gateway.broker.event_exchange import AnonymousQueue
from gateway.broker.event_subscriber import EventSubscriber
from gateway.broker.service_event import ServiceEvent
from gateway.connection.arrivals import Arrival, Arrivals
from gateway.connection.lock import Lock
from gateway.protocol.errors import Unavailable


class EventQueue:
    """A queue that is opened when the first key is bound."""

    def __init__(
        self, subscriber: EventSubscriber, arrivals: Arrivals,
        on_event: Callable[[ServiceEvent], None],
    ) -> None:
        self._subscriber, self._arrivals, self._on_event = subscriber, arrivals, on_event
        self._arrival: Arrival | None = Arrival()  # None while it has a place
        self._queue: AnonymousQueue | None = None
        self._opening = Lock()
        self._binding: dict[str, Lock] = {}  # by key, while somebody binds it
        self._closed = False

    @contextmanager
    def arriving(self) -> Iterator[None]:
        """Take a place among the connections that arrive, unless the queue is open.

        Raises Unavailable, before any work is done, where there is none or the client has gone.
        """
        if self._queue is not None or self._arrival is None:
            yield
            return
        arrival = self._arrival
        self._arrivals.enter(arrival)
        self._arrival = None
        try:
            if self._closed:  # while it waited
                raise Unavailable.of("The connection has ended", service="broker")
            yield
        finally:
            self._arrival = arrival
            self._arrivals.leave()

    def bind(self, key: str) -> None:
        """Receive events with this routing key from now on; raises Unavailable."""
        lock = self._binding.setdefault(key, Lock())
        try:
            with lock:
                self._bind(key)
        finally:
            if not lock.locked():
                del self._binding[key]

    def unbind(self, key: str) -> None:
        """Receive no more events with this routing key."""
        if self._queue is not None:
            self._subscriber.unbind(self._queue, key)

    def close(self) -> None:
        """Receive no more events."""
        self._closed = True
        if self._queue is not None:
            self._subscriber.close(self._queue)

    def _bind(self, key: str) -> None:
        with self._opening:
            if self._queue is None:
                self._queue = self._subscriber.open(self._on_event, key)
                if self._closed:  # in the meantime, when there was no queue to close
                    self._subscriber.close(self._queue)
                return
        if key not in self._queue.keys:
            self._subscriber.bind(self._queue, key)
