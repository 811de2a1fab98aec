"""Takes the messages of a queue, and settles them on the connection on which they came."""

import logging
from collections.abc import Callable
from functools import cached_property
from typing import Any

from amqp import Channel
from kombu import Queue

from extensions import json_codec
from extensions.amqp.frames import Delivery, encode_ack, encode_requeue, read_properties
from extensions.amqp.link import Link
from extensions.amqp.link_channel import Action, NotConnected, no_action

_log = logging.getLogger(__name__)

CANCEL_TIMEOUT_SECONDS = 3.0


class Message:
    """A message of a queue, with the channel on which it has to be settled."""

    def __init__(self, delivery: Delivery, channel: Channel) -> None:
        self._delivery = delivery
        self.channel = channel
        self.routing_key = delivery.routing_key
        self.delivery_tag = delivery.delivery_tag

    @cached_property
    def properties(self) -> dict[str, Any]:
        return read_properties(self._delivery.properties)

    @property
    def headers(self) -> dict[str, Any]:
        headers: dict[str, Any] = self.properties.get("headers", {})
        return headers

    @cached_property
    def payload(self) -> Any:
        """The body, decoded; raises ValueError where it is no JSON."""
        return json_codec.decode(self._delivery.body)


class QueueConsumer:
    """Takes messages of a queue, at most `prefetch` of them that are not settled.

    `on_message` is called in the owner of the link. What it raises is logged.
    """

    def __init__(
        self, link: Link, queue: Queue, on_message: Callable[[Message], None], prefetch: int,
        on_tick: Action = no_action,
    ) -> None:
        self._queue, self._on_message, self._prefetch = queue, on_message, prefetch
        self._is_stopping = False
        self._channel = link.open_channel(self._consume, on_tick)

    def is_current(self, message: Message) -> bool:
        """Return whether a message is still in hand; else the broker has it back."""
        return message.channel is self._channel.channel

    def ack(self, message: Message, reply: bytes = b"") -> bool:
        """Settle a message, after frames that are to be sent before; return whether it was ours."""
        is_current = self.is_current(message)
        if is_current:
            settled = reply + encode_ack(message.channel.channel_id, message.delivery_tag)
            self._channel.write(settled, at_once=bool(reply))  # what was announced goes before it
        return is_current

    def requeue(self, message: Message) -> None:
        """Give a message back to its queue."""
        if self.is_current(message):
            self._channel.write(encode_requeue(message.channel.channel_id, message.delivery_tag))

    def stop(self) -> None:
        """Take no more messages when this returns; those in hand can still be settled."""
        self._is_stopping = True
        try:
            self._channel.call(self._cancel, CANCEL_TIMEOUT_SECONDS)
        except NotConnected as error:  # then nothing comes either
            _log.debug("A consumer could not be cancelled: %s", error)

    # For the owner of the link

    def _consume(self, channel: Channel) -> None:
        self._queue(channel).declare()
        if not self._is_stopping:
            channel.basic_qos(0, self._prefetch, False)
            tag = self._queue.name
            channel.basic_consume(self._queue.name, consumer_tag=tag, callback=self._take)

    def _cancel(self, channel: Channel) -> None:
        tag = self._queue.name
        channel.basic_cancel(tag)
        channel.callbacks[tag] = self._take  # for what has come in the meantime

    def _take(self, delivery: Delivery) -> None:
        message = Message(delivery, self._channel.channel)
        if self._is_stopping:
            self.requeue(message)
            return
        try:
            self._on_message(message)
        except Exception:  # of whatever kind: it must not break the link
            _log.exception("A message of %s could not be handled", self._queue.name)
