"""Sends requests over a link, and hands their outcomes to who has asked."""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from amqp import Channel
from eventlet.event import Event
from eventlet.hubs import get_hub
from nameko.exceptions import RpcTimeout, UnknownService, deserialize

from extensions import json_codec
from extensions.amqp.frames import (
    Delivery,
    encode_publish,
    encode_request_properties,
    read_properties,
)
from extensions.amqp.link import Link
from extensions.errors import CallLost
from extensions.observability import health
from extensions.rpc.policy import EXCHANGE, MAX_ATTEMPTS, reply_queue

_log = logging.getLogger(__name__)


@dataclass
class _Call:
    """A call under way."""

    method: str  # as `service.method`
    body: bytes
    headers: dict[str, Any]
    deadline: float
    on_outcome: Callable[[Any], None]  # takes the result, or the error
    attempts: int = 0


class Calls:
    """The calls of a process, of any number of greenthreads; each has its deadline."""

    def __init__(self, link: Link, caller: str, timeout_seconds: float) -> None:
        """Take the caller's name, which names the queue of its replies, and the deadline."""
        self._timeout = timeout_seconds
        self._key = str(uuid.uuid4())
        self._queue = reply_queue(caller, self._key)
        self._numbers = count()
        self._calls: dict[str, _Call] = {}  # by id, the oldest first
        self._timer: Any = None  # for the deadline of the oldest one
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
        answered = Event()
        self.submit(service, method, args, kwargs, headers, answered.send)
        try:
            outcome = answered.wait()
        finally:
            health.touch()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def submit(
        self, service: str, method: str, args: Any, kwargs: Any, headers: dict[str, Any],
        on_outcome: Callable[[Any], None],
    ) -> None:
        """Call a method of a service; `on_outcome` gets the result, or what `call` would raise.

        It must not wait for anything. Raises TypeError for what cannot be encoded.
        """
        body = json_codec.encode({"args": args, "kwargs": kwargs})
        deadline = time.monotonic() + self._timeout
        call = _Call(f"{service}.{method}", body, headers, deadline, on_outcome)
        call_id = f"{self._key}-{next(self._numbers)}"
        if self._is_open and self._channel.channel is not None:
            self._send(call_id, call)
        self._calls[call_id] = call
        if self._timer is None:
            self._timer = get_hub().schedule_call_global(self._timeout, self._expire)

    def _expire(self) -> None:
        """End the calls whose deadline is over, by the timer, which is set for the next one."""
        now = time.monotonic()
        while self._calls:
            call_id, oldest = next(iter(self._calls.items()))
            if oldest.deadline > now:
                self._timer = get_hub().schedule_call_global(oldest.deadline - now, self._expire)
                return
            self._end(call_id, RpcTimeout(self._timeout))  # who has asked may call again at once
        self._timer = None

    def _end(self, call_id: str, outcome: Any) -> None:
        call = self._calls.pop(call_id, None)
        if call is None:
            _log.debug("A reply came late or twice: %s", call_id)
            return
        try:
            call.on_outcome(outcome)
        except Exception:  # whose it is: other calls must not suffer
            _log.exception("The outcome of a call of %s could not be handled", call.method)

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

    def _prepare(self, channel: Channel) -> None:
        self._queue(channel).declare()
        channel.events["basic_return"].add(self._on_return)
        channel.basic_consume(self._queue.name, no_ack=True, callback=self._on_reply)
        self._is_open = True
        for call_id, call in self._calls.items():
            self._send(call_id, call)

    def _on_block(self, is_blocked: bool) -> None:
        self._is_open = not is_blocked
        for call_id, call in self._calls.items():
            if self._is_open and not call.attempts:  # others are on their way
                self._send(call_id, call)

    def _on_disconnect(self, error: Exception) -> None:
        self._is_open = False
        for call_id, call in list(self._calls.items()):
            if call.attempts >= MAX_ATTEMPTS:
                self._end(call_id, CallLost(f"the broker was lost: {error!r}"))

    def _on_reply(self, delivery: Delivery) -> None:
        try:
            reply = json_codec.decode(delivery.body)
            error = reply.get("error")
            outcome = deserialize(error) if error else reply["result"]
        except Exception as invalid:  # whatever is wrong with the reply
            outcome = invalid
        self._end(read_properties(delivery.properties).get("correlation_id", ""), outcome)

    def _on_return(self, error: Exception, exchange: str, routing_key: str, message: Any) -> None:
        call_id = message.properties.get("correlation_id", "")
        self._end(call_id, UnknownService(routing_key.partition(".")[0]))
