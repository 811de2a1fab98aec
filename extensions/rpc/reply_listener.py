"""Hands replies to the greenthreads that wait for them, each with its deadline."""

import weakref
from typing import Any

import eventlet
from eventlet.event import Event
from nameko.exceptions import RpcTimeout
from nameko.rpc import ReplyListener

from extensions.amqp.queue_consumer import RobustQueueConsumer
from extensions.observability import health


class _Reply(Event):
    """A reply that is waited for with a deadline, and forgotten afterwards."""

    def __init__(self, listener: "GreenReplyListener", correlation_id: str) -> None:
        super().__init__()
        self._listener, self._correlation_id = listener, correlation_id

    def wait(self) -> Any:
        seconds = self._listener.timeout
        try:
            # This waits in memory only; a timeout around I/O would break the connection.
            with eventlet.Timeout(seconds, RpcTimeout(seconds)):
                return super().wait()
        finally:
            health.touch()
            self._listener.forget(self._correlation_id)


class GreenReplyListener(ReplyListener):
    """Serves any number of greenthreads with one reply queue; drops late replies."""

    queue_consumer = RobustQueueConsumer()

    def __init__(self, timeout: float | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.timeout = timeout
        # Weak, so that a request that could not be published leaves nothing behind.
        self._reply_events = weakref.WeakValueDictionary[str, _Reply]()

    def setup(self) -> None:
        self.timeout = self.timeout or self.container.settings.rpc_timeout
        super().setup()

    def get_reply_event(self, correlation_id: str) -> _Reply:
        """Return the event with which the reply will be handed over."""
        reply = self._reply_events[correlation_id] = _Reply(self, correlation_id)
        return reply

    def forget(self, correlation_id: str) -> None:
        """Drop the reply should it still come."""
        self._reply_events.pop(correlation_id, None)
