"""The floor of a move that shares nothing with others: its messages and its commit, at a rate.

The messages are a request and its reply, the acknowledgement of the request, an event to both
players' queues, and its confirm. Between two moves all is asleep.
"""

from collections.abc import Callable, Sized
from contextlib import ExitStack
from typing import Any

import amqp
import kombu

from extensions.amqp import frames
from tools.bench.floors import TIMEOUT_SECONDS, Floor, measure
from tools.bench.process_stats import Pids, cpu_seconds

CALLS, EVENTS = "bench.move.calls", "bench.move.events"
REQUEST, REPLY, EVENT = (b"x" * size for size in (350, 150, 700))
METHOD, CALLER, SESSION = "sessions.move", "caller", "session.0123456789abcdef01234567.all"
PLAYERS = 2
ENGINES = ("broker", "postgres")


class Exchange:
    """A gateway's connection for calls and its one for events, and the connection of a service."""

    def __init__(self, connections: list[Any]) -> None:
        self._calls, self._events, self._service = (each.channel() for each in connections)
        self._publisher = connections[2].channel()
        self._publisher.confirm_select()
        for name, kind in ((CALLS, "topic"), (EVENTS, "direct")):
            self._calls.exchange_declare(name, kind, durable=False, auto_delete=True)
        self._confirmed: list[int] = []
        self._publisher.events["basic_ack"].add(lambda tag, _: self._confirmed.append(tag))
        self._requests = _consumed(self._service, CALLS, METHOD, no_ack=False)
        self._replies = _consumed(self._calls, CALLS, CALLER)
        self._told = [_consumed(self._events, EVENTS, SESSION) for _ in range(PLAYERS)]

    def move(self, commit: Callable[[], object]) -> None:
        """Send a request, commit, and send the event, the reply and the acknowledgement at once."""
        asked = frames.encode_request_properties({}, "1", CALLER, 10_000)
        _write(self._calls, _published(self._calls, CALLS, METHOD, asked, REQUEST))
        _await(self._service, self._requests)
        commit()
        event, reply = frames.encode_properties(), frames.encode_reply_properties("1")
        _write(
            self._service, _published(self._publisher, EVENTS, SESSION, event, EVENT),
            _published(self._service, CALLS, CALLER, reply, REPLY),
            frames.encode_ack(self._service.channel_id, self._requests[0].delivery_tag),
        )
        for told in self._told:
            _await(self._events, told)
        _await(self._calls, self._replies)
        _await(self._service, self._confirmed)
        for each in (self._requests, self._replies, self._confirmed, *self._told):
            each.clear()


def move(
    amqp_uri: str, server: Pids, commit: Callable[[], object], seconds: float, per_second: float
) -> Floor:
    """Measure so many moves a second; the server's CPU is that of broker and PostgreSQL."""

    def engines_cpu() -> float:
        spent = cpu_seconds(server)
        return sum(spent.get(name, 0.0) for name in ENGINES)

    with ExitStack() as held:
        connections = [held.enter_context(kombu.Connection(amqp_uri)) for _ in range(3)]
        exchange = Exchange([each.default_channel.connection for each in connections])
        return measure(lambda: exchange.move(commit), seconds, engines_cpu, 1 / per_second)


def _consumed(channel: Any, exchange: str, key: str, no_ack: bool = True) -> list[amqp.Message]:
    """Return what receives the messages with a key."""
    received: list[amqp.Message] = []
    queue = channel.queue_declare(exclusive=True).queue
    channel.queue_bind(queue, exchange, key)
    channel.basic_consume(queue, no_ack=no_ack, callback=received.append)
    return received


def _published(channel: Any, exchange: str, key: str, properties: bytes, body: bytes) -> bytes:
    frame_max = channel.connection.frame_max
    return frames.encode_publish(channel.channel_id, exchange, key, properties, body, frame_max)


def _write(channel: Any, *written: bytes) -> None:
    channel.connection.transport.write(b"".join(written))


def _await(channel: Any, received: Sized) -> None:
    while not received:
        channel.connection.drain_events(timeout=TIMEOUT_SECONDS)
