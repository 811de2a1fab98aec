"""The exchange from which all gateways receive events, and the anonymous queues bound to it.

The services' fanout exchanges feed it; queues are bound to it by routing keys. What needs a channel
is for the owner of the link.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import kombu

import accounts.events
import auth.events
import private_rooms.events
import rooms.events
import searcher.events
import sessions.events

EXCHANGE = "gateway.inbox"
SOURCES = [
    accounts.events.EXCHANGE, auth.events.EXCHANGE, private_rooms.events.EXCHANGE,
    rooms.events.EXCHANGE, searcher.events.EXCHANGE, sessions.events.EXCHANGE,
]
MAX_QUEUED_MESSAGES = 10_000  # in one queue, in case this process stops reading


def declare(channel: Any) -> None:
    """Declare the exchange, and bind it to those of the services."""
    exchange = kombu.Exchange(EXCHANGE, type="topic", durable=True)(channel)
    exchange.declare()
    for name in SOURCES:
        source = kombu.Exchange(name, type="fanout", durable=True)(channel)
        source.declare()
        exchange.bind_to(source, routing_key="")


def declare_queue(channel: Any) -> str:
    """Declare an anonymous queue, which ends with this connection; returns its name."""
    declared = channel.queue_declare(
        queue="", exclusive=True, auto_delete=True,
        arguments={"x-max-length": MAX_QUEUED_MESSAGES, "x-overflow": "drop-head"},
    )
    name: str = declared.queue
    return name


def consume(channel: Any, queue: str, on_message: Callable[[Any], None]) -> None:
    """Receive the messages of a queue."""
    channel.basic_consume(queue, no_ack=True, callback=on_message, on_cancel=lambda tag: None)


def bind(channel: Any, queue: str, keys: Sequence[str], wait: bool = True) -> None:
    """Bind a queue by these keys; with `wait`, until all bindings are in effect."""
    for number, key in enumerate(keys, start=1):
        # The broker confirms the last one, and handles them in order.
        is_last = wait and number == len(keys)
        channel.queue_bind(queue, EXCHANGE, key, nowait=not is_last)


def unbind(channel: Any, queue: str, keys: Iterable[str]) -> None:
    """Remove the bindings of a queue by these keys."""
    for key in keys:
        channel.queue_unbind(queue, EXCHANGE, key)


def delete_queue(channel: Any, queue: str) -> None:
    """Delete a queue, without waiting."""
    channel.queue_delete(queue, nowait=True)
