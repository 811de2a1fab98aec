"""The exchange from which all gateways receive events, and the anonymous queues bound to it.

The services' fanout exchanges feed it; queues are bound to it by routing keys. What needs a channel
is for the owner of the link.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import kombu
from amqp import Channel, spec

import accounts.events
import auth.events
import private_rooms.events
import rooms.events
import searcher.events
import sessions.events
from extensions.amqp.frames import Delivery
from gateway.broker.service_event import ServiceEvent

EXCHANGE = "gateway.events"
SOURCES = [
    accounts.events.EXCHANGE, auth.events.EXCHANGE, private_rooms.events.EXCHANGE,
    rooms.events.EXCHANGE, searcher.events.EXCHANGE, sessions.events.EXCHANGE,
]
MAX_QUEUED_MESSAGES = 10_000  # in one queue, in case this process stops reading


@dataclass(eq=False)
class AnonymousQueue:
    """A queue of events, its routing keys, and what is called with each event."""

    on_event: Callable[[ServiceEvent], None]
    keys: set[str] = field(default_factory=set)
    name: str | None = None
    is_open: bool = True


def declare(channel: Channel) -> None:
    """Declare the exchange, and bind it to those of the services."""
    exchange = kombu.Exchange(EXCHANGE, type="direct", durable=True)(channel)
    exchange.declare()
    for name in SOURCES:
        source = kombu.Exchange(name, type="fanout", durable=True)(channel)
        source.declare()
        exchange.bind_to(source, routing_key="")


def declare_queues(channel: Channel, number: int) -> list[str]:
    """Declare anonymous queues, which end with this connection; returns their names.

    The broker is asked for all of them before its first answer is waited for.
    """
    passive, durable, exclusive, auto_delete, nowait = False, False, True, True, False
    arguments = {"x-max-length": MAX_QUEUED_MESSAGES, "x-overflow": "drop-head"}
    flags = passive, durable, exclusive, auto_delete, nowait
    for _ in range(number):
        channel.send_method(spec.Queue.Declare, "BsbbbbbF", (0, "", *flags, arguments))
    return [channel.wait(spec.Queue.DeclareOk, returns_tuple=True)[0] for _ in range(number)]


def consume(channel: Channel, queue: str, on_message: Callable[[Delivery], None]) -> None:
    """Receive the messages of a queue, without waiting for the broker."""
    channel.basic_consume(
        queue, consumer_tag=queue, no_ack=True, nowait=True, callback=on_message,
        on_cancel=lambda tag: None,
    )


def bind(channel: Channel, bindings: Sequence[tuple[str, str]]) -> None:
    """Bind queues, each by a key, and wait until all bindings are in effect."""
    for number, (queue, key) in enumerate(bindings, start=1):
        # The broker confirms the last one, and handles them in order.
        channel.queue_bind(queue, EXCHANGE, key, nowait=number < len(bindings))


def unbind(channel: Channel, queue: str, keys: Iterable[str]) -> None:
    """Remove the bindings of a queue by these keys."""
    for key in keys:
        channel.queue_unbind(queue, EXCHANGE, key)


def delete_queue(channel: Channel, queue: str) -> None:
    """Delete a queue, without waiting."""
    channel.queue_delete(queue, nowait=True)
