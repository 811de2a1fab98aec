"""Publishes messages to fanout exchanges, and tells when the broker has confirmed them.

All that wait at one moment are written together, and one confirm of the broker may be for many.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import eventlet
from amqp import Channel
from eventlet.event import Event
from kombu import Exchange

from extensions import json_codec
from extensions.amqp import frames
from extensions.amqp.confirms import Confirms
from extensions.amqp.link import BROKER_ERRORS, Link
from extensions.observability import metrics

_log = logging.getLogger(__name__)

CONFIRM_TIMEOUT_SECONDS = 3.0
MAX_ATTEMPTS = 2
PUBLISH_TIMEOUT_SECONDS = CONFIRM_TIMEOUT_SECONDS * MAX_ATTEMPTS
STOPPED, BLOCKED = "the publisher has been stopped", "the broker takes no messages"
MAX_UNCONFIRMED_BATCHES = 10_000


class NotPublished(Exception):
    """The broker has not confirmed the messages. They may have arrived all the same."""


class Message(NamedTuple):
    """A JSON body on its way to an exchange; `cc` are further routing keys.

    Outboxes store these fields in this order.
    """

    exchange: str
    routing_key: str
    cc: Sequence[str]
    body: dict[str, Any]


@dataclass
class _Batch:
    """The messages of one call."""

    messages: list[Message]
    on_done: Callable[[Exception | None], None]
    failures: int = 0
    last_tag: int = 0  # the delivery tag of its last message
    confirm_until: float = 0.0

    def end(self, error: Exception | None) -> None:
        if error is not None:
            metrics.NOT_PUBLISHED.inc(len(self.messages))
        self.on_done(error)


class ConfirmingPublisher:
    """Publishes to exchanges, which it declares, on a channel of its own.

    Messages to the `durable` ones of them outlive a restart of the broker.
    """

    def __init__(
        self, link: Link, exchanges: Sequence[str], durable: Collection[str] = ()
    ) -> None:
        self._exchanges, self._durable, self._link = exchanges, durable, link
        self._channel = link.open_channel(
            self._prepare, self._tick, self._retry, self._on_block
        )
        self._waiting: deque[_Batch] = deque()  # to be written
        self._unconfirmed: deque[_Batch] = deque()
        self._confirms = Confirms()
        self._is_open = False
        self._refusal: str | None = None  # why nothing is published

    def publish(self, messages: list[Message]) -> None:
        """Return when the broker has confirmed all messages; else raise NotPublished."""
        done = Event()
        self.submit(messages, done.send)
        error: Exception | None = NotPublished("the broker has not confirmed in time")
        with eventlet.Timeout(PUBLISH_TIMEOUT_SECONDS, False):  # around a wait in memory
            error = done.wait()
        if error is not None:
            raise NotPublished(str(error)) from error

    def submit(
        self, messages: list[Message], on_done: Callable[[Exception | None], None]
    ) -> None:
        """Publish messages ahead of whatever is written to the link from now on.

        `on_done` is called with None when the broker has confirmed all of them, or with the reason
        why it has not. It must not block.
        """
        batch = _Batch(messages, on_done)
        if self._refusal is not None:
            batch.end(NotPublished(self._refusal))
        elif len(self._waiting) + len(self._unconfirmed) >= MAX_UNCONFIRMED_BATCHES:
            batch.end(NotPublished("too many messages wait for the broker"))
        else:
            self._waiting.append(batch)
            if self._is_open and self._channel.channel is not None:
                self._write_waiting(self._channel.channel)

    @property
    def is_idle(self) -> bool:
        """Return whether all that was published is confirmed, or has failed."""
        return not self._waiting and not self._unconfirmed

    def stop(self) -> None:
        """Publish nothing any more; what is not confirmed by now fails."""
        self._refuse(STOPPED)

    def connected_seconds(self) -> float:
        """Return for how long the broker has been reachable without a break; 0 while it is not."""
        return self._link.connected_seconds()

    def _refuse(self, reason: str) -> None:
        self._refusal = reason
        batches = [*self._unconfirmed, *self._waiting]
        self._unconfirmed.clear()
        self._waiting.clear()
        for batch in batches:
            batch.end(NotPublished(reason))

    # For the owner of the link

    def _prepare(self, channel: Channel) -> None:
        for name in self._exchanges:
            Exchange(name, type="fanout", durable=True)(channel).declare()
        channel.confirm_select()
        self._confirms = Confirms()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        self._is_open = True

    def _tick(self, channel: Channel) -> None:
        now = time.monotonic()
        if self._unconfirmed and self._unconfirmed[0].confirm_until < now:
            raise TimeoutError("the broker has not confirmed in time")
        self._write_waiting(channel)

    def _write_waiting(self, channel: Channel) -> None:
        now, written = time.monotonic(), []
        while self._waiting:
            batch = self._waiting.popleft()
            try:
                written.append(self._encode(batch, channel))
            except (TypeError, ValueError) as error:  # it must not fail the others
                batch.end(error)
                continue
            batch.last_tag = self._confirms.publish(len(batch.messages))
            batch.confirm_until = now + CONFIRM_TIMEOUT_SECONDS
            self._unconfirmed.append(batch)
        if written:
            self._channel.write(b"".join(written))

    def _on_block(self, is_blocked: bool) -> None:
        if self._refusal == STOPPED:
            return
        if is_blocked:
            self._refuse(BLOCKED)
        else:
            self._refusal = None

    def _encode(self, batch: _Batch, channel: Channel) -> bytes:
        """Return the frames of a batch; raises TypeError or ValueError where it is no JSON."""
        return b"".join(
            frames.encode_publish(
                channel.channel_id, message.exchange, message.routing_key,
                frames.encode_properties(message.cc, message.exchange in self._durable),
                json_codec.encode(message.body), channel.connection.frame_max,
            )
            for message in batch.messages
        )

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:
        self._confirms.add(delivery_tag, multiple)
        while self._unconfirmed and self._unconfirmed[0].last_tag <= self._confirms.up_to:
            self._unconfirmed.popleft().end(None)

    def _on_nack(self, delivery_tag: int, multiple: bool) -> None:
        raise ConnectionError("the broker has refused a message")

    def _retry(self, error: Exception) -> None:
        """Keep for the next connection what has not been tried often enough, and fail the rest."""
        self._is_open = False
        batches = [*self._unconfirmed, *self._waiting]
        self._unconfirmed.clear()
        self._waiting.clear()
        for batch in batches:
            batch.failures += 1 if isinstance(error, BROKER_ERRORS) else MAX_ATTEMPTS
            if batch.failures < MAX_ATTEMPTS:
                self._waiting.append(batch)
            else:
                batch.end(error)
