"""The anonymous queue by which one connection receives events."""

from collections.abc import Callable

from gateway.broker.event_exchange import AnonymousQueue
from gateway.broker.event_subscriber import EventSubscriber
from gateway.broker.service_event import ServiceEvent
from gateway.connection.lock import Lock


class EventQueue:
    """A queue that is opened when the first key is bound."""

    def __init__(
        self, subscriber: EventSubscriber, on_event: Callable[[ServiceEvent], None]
    ) -> None:
        self._subscriber, self._on_event = subscriber, on_event
        self._queue: AnonymousQueue | None = None
        self._lock = Lock()
        self._closed = False

    def bind(self, *keys: str) -> None:
        """Receive events with these routing keys; raises Unavailable."""
        with self._lock:
            if self._queue is None:
                self._queue = self._subscriber.open(self._on_event, *keys)
                if self._closed:  # in the meantime, when there was no queue to close
                    self._subscriber.close(self._queue)
                return
            missing = [key for key in keys if key not in self._queue.keys]
        if missing:
            self._subscriber.bind(self._queue, *missing)

    def unbind(self, *keys: str) -> None:
        """Receive no more events with these routing keys."""
        if self._queue is not None:
            self._subscriber.unbind(self._queue, *keys)

    def close(self) -> None:
        """Receive no more events."""
        self._closed = True
        if self._queue is not None:
            self._subscriber.close(self._queue)
