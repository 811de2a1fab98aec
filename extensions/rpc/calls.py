"""Sends requests over a link, and hands replies to the greenthreads that wait for them."""

import logging
import time
import uuid
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import eventlet
from eventlet.event import Event
from nameko.exceptions import RpcTimeout, UnknownService, deserialize

from extensions import json_codec
from extensions.amqp.frames import (
    Delivery,
    encode_publish,
    encode_request_properties,
    read_properties,
)
from extensions.amqp.link import Link
from extensions.observability import health
from extensions.rpc.policy import EXCHANGE, MAX_ATTEMPTS, CallLost, reply_queue

_log = logging.getLogger(__name__)


@dataclass
class _Call:
    """A call under way."""

    method: str  # as `service.method`
    body: bytes
    headers: dict[str, Any]
    deadline: float
    attempts: int = 0
    answered: Event = field(default_factory=Event)


class Calls:
    """The calls of a process, of any number of greenthreads; each has its deadline."""

    def __init__(self, link: Link, caller: str, timeout_seconds: float) -> None:
        """Take the caller's name, which names the queue of its replies, and the deadline."""
        self._timeout = timeout_seconds
        self._key = str(uuid.uuid4())
        self._queue = reply_queue(caller, self._key)
        self._numbers = count()
        self._calls: dict[str, _Call] = {}
        self._is_open = False
        self._channel = link.open_channel(
            self._prepare, on_disconnect=self._on_disconnect, on_block=self._on_block
        )
        link.probe(EXCHANGE.name)

    @property
    def under_way(self) -> int:
        """How many replies are waited for."""
        return len(self._calls)

    def call(
        self, service: str, method: str, args: Any, kwargs: Any, headers: dict[str, Any]
    ) -> Any:
        """Call a method of a service; return its result, or raise its error.

        Raises UnknownService where the service has never run, RpcTimeout, and CallLost.
        """
        body = json_codec.encode({"args": args, "kwargs": kwargs})
        call = _Call(f"{service}.{method}", body, headers, time.monotonic() + self._timeout)
        call_id = f"{self._key}-{next(self._numbers)}"
        self._calls[call_id] = call
        try:
            if self._is_open and self._channel.channel is not None:
                self._send(call_id, call)
            # This waits in memory only; a timeout around I/O would break the connection.
            with eventlet.Timeout(self._timeout, RpcTimeout(self._timeout)):
                reply = call.answered.wait()
        finally:
            health.touch()
            del self._calls[call_id]
        if error := reply.get("error"):
            raise deserialize(error)
        return reply["result"]

    def _send(self, call_id: str, call: _Call) -> None:
        channel = self._channel.channel
        call.attempts += 1
        left_ms = max(int(1000 * (call.deadline - time.monotonic())), 1)
        properties = encode_request_properties(call.headers, call_id, self._key, left_ms)
        # The broker gives back what is `mandatory` and would reach no queue.
        self._channel.write(encode_publish(
            channel.channel_id, EXCHANGE.name, call.method, properties, call.body,
            channel.connection.frame_max, mandatory=True,
        ))

    # For the owner of the link

    def _prepare(self, channel: Any) -> None:
        self._queue(channel).declare()
        channel.events["basic_return"].add(self._on_return)
        channel.basic_consume(self._queue.name, no_ack=True, callback=self._on_reply)
        self._is_open = True
        for call_id, call in self._calls.items():
            if not call.answered.ready():
                self._send(call_id, call)

    def _on_block(self, is_blocked: bool) -> None:
        self._is_open = not is_blocked
        for call_id, call in self._calls.items():
            if self._is_open and not call.attempts:  # others are on their way
                self._send(call_id, call)

    def _on_disconnect(self, error: Exception) -> None:
        self._is_open = False
        for call in self._calls.values():
            if call.attempts >= MAX_ATTEMPTS and not call.answered.ready():
                call.answered.send_exception(CallLost(f"the broker was lost: {error!r}"))

    def _on_reply(self, delivery: Delivery) -> None:
        call_id = read_properties(delivery.properties).get("correlation_id", "")
        call = self._calls.get(call_id)
        if call is None or call.answered.ready():
            _log.debug("A reply came late or twice: %s", call_id)
            return
        try:
            call.answered.send(json_codec.decode(delivery.body))
        except ValueError as error:
            call.answered.send_exception(error)

    def _on_return(self, error: Exception, exchange: str, routing_key: str, message: Any) -> None:
        call = self._calls.get(message.properties.get("correlation_id", ""))
        if call is not None and not call.answered.ready():
            call.answered.send_exception(UnknownService(routing_key.partition(".")[0]))
