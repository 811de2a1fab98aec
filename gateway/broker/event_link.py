"""The AMQP connection over which events arrive."""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import kombu

import accounts.events
import auth.events
import private_rooms.events
import rooms.events
import searcher.events
import sessions.events

_log = logging.getLogger(__name__)

EXCHANGE = "gateway.inbox"
SOURCES = [
    accounts.events.EXCHANGE, auth.events.EXCHANGE, private_rooms.events.EXCHANGE,
    rooms.events.EXCHANGE, searcher.events.EXCHANGE, sessions.events.EXCHANGE,
]
CONNECT_TIMEOUT_SECONDS = 5
MAX_QUEUED_MESSAGES = 10_000  # in one queue, in case this process stops reading


class EventLink:
    """An AMQP connection with one channel, to be used by one greenthread only.

    All gateways share a topic exchange, which the services' fanout exchanges feed. Anonymous queues
    are bound to it by routing keys.
    """

    def __init__(self, uri: str, heartbeat: float) -> None:
        self._connection = kombu.Connection(
            uri, heartbeat=heartbeat, connect_timeout=CONNECT_TIMEOUT_SECONDS
        )
        self._channel: Any = None

    def open(self) -> None:
        """Connect, and declare the exchanges."""
        self._connection.connect()
        self._channel = self._connection.channel()
        exchange = kombu.Exchange(EXCHANGE, type="topic", durable=True)(self._channel)
        exchange.declare()
        for name in SOURCES:
            source = kombu.Exchange(name, type="fanout", durable=True)(self._channel)
            source.declare()
            exchange.bind_to(source, routing_key="")

    @property
    def socket(self) -> Any:
        """The socket, to wait until it can be read."""
        return self._connection.connection.transport.sock

    @property
    def frames_received(self) -> int:
        """A counter that changes whenever the broker has sent anything."""
        received: int = self._connection.connection.bytes_recv
        return received

    def declare_queue(self) -> str:
        """Declare an anonymous queue, which ends with this connection; returns its name."""
        declared = self._channel.queue_declare(
            queue="", exclusive=True, auto_delete=True,
            arguments={"x-max-length": MAX_QUEUED_MESSAGES, "x-overflow": "drop-head"},
        )
        name: str = declared.queue
        return name

    def consume(self, queue: str, on_message: Callable[[Any], None]) -> None:
        """Receive the messages of a queue."""
        self._channel.basic_consume(
            queue, no_ack=True, callback=on_message, on_cancel=lambda tag: None
        )

    def bind(self, queue: str, keys: Sequence[str], wait: bool = True) -> None:
        """Bind a queue by these keys; with `wait`, until all bindings are in effect."""
        for number, key in enumerate(keys, start=1):
            # The broker confirms the last one, and handles them in order.
            is_last = wait and number == len(keys)
            self._channel.queue_bind(queue, EXCHANGE, key, nowait=not is_last)

    def unbind(self, queue: str, keys: Iterable[str]) -> None:
        """Remove the bindings of a queue by these keys."""
        for key in keys:
            self._channel.queue_unbind(queue, EXCHANGE, key)

    def delete_queue(self, queue: str) -> None:
        """Delete a queue, without waiting."""
        self._channel.queue_delete(queue, nowait=True)

    def drain(self, max_frames: int) -> bool:
        """Handle what has arrived, and return whether there may be more."""
        try:
            for _ in range(max_frames):
                self._connection.drain_events(timeout=0)
        except TimeoutError:
            return False
        return True

    def check_heartbeat(self) -> None:
        """Send a heartbeat if one is due; raises where the broker's are missing."""
        self._connection.heartbeat_check()

    def close(self) -> None:
        """Close the socket, without waiting for the broker."""
        try:
            self._connection.collect()
        except Exception as error:
            _log.debug("Closing a broken connection failed: %r", error)
