"""Takes requests off a service's queue, has workers serve them, and sends the replies.

It stands in for Nameko's consumer, and speaks as that does. A request and what its worker has
announced share a link, so that events and reply are written at once, in this order.
"""

import logging
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from eventlet.event import Event
from nameko.exceptions import (
    MalformedRequest,
    MethodNotFound,
    UnserializableValueError,
    serialize,
)
from nameko.extensions import ProviderCollector, SharedExtension

from extensions import json_codec
from extensions.amqp.broker_link import BrokerLink
from extensions.amqp.consumer import Message, QueueConsumer
from extensions.amqp.frames import encode_publish, encode_reply_properties
from extensions.errors import ExcInfo
from extensions.rpc.policy import EXCHANGE, MAX_REPLY_BYTES, ReplyTooLarge, request_queue

_log = logging.getLogger(__name__)


class RpcServer(SharedExtension, ProviderCollector):
    """Serves the requests to one service; its providers are the methods that can be called."""

    broker = BrokerLink()

    def __init__(self) -> None:
        super().__init__()
        self._methods: dict[str, Any] = {}  # by routing key
        self._leaving: set[Any] = set()
        self._stopped: Event | None = None

    def setup(self) -> None:
        queue = request_queue(self.container.service_name)
        self.broker.link.probe(EXCHANGE.name)
        self._consumer = QueueConsumer(
            self.broker.link, queue, self._on_request, self.container.max_workers
        )

    def register_provider(self, provider: Any) -> None:
        super().register_provider(provider)
        provider.check_signature = _checked_once(provider.check_signature)
        self._methods[f"{self.container.service_name}.{provider.method_name}"] = provider

    def unregister_provider(self, provider: Any) -> None:
        """Take no more requests when this returns; it waits for all providers to leave."""
        if self._stopped is None:
            self._stopped = Event()
            self._consumer.stop()
            self._stopped.send(None)
        self._stopped.wait()
        super().unregister_provider(provider)

    def handle_result(
        self, message: Message, result: object, exc_info: ExcInfo | None
    ) -> tuple[object, ExcInfo | None]:
        """Send a reply, and settle the request; return what was replied."""
        error = None if exc_info is None else serialize(exc_info[1])
        try:
            body = _encoded(result, error)
        except Exception as failure:  # whatever the value is
            exc_info = cast(ExcInfo, sys.exc_info())
            if not isinstance(failure, ReplyTooLarge):
                failure = UnserializableValueError(type(result))
            body, result = _encoded(None, serialize(failure)), None
        if self._consumer.is_current(message):
            self._consumer.ack(message, _reply(message, body))
        else:  # its channel is closed, and has no connection
            _log.warning("A reply is lost with the link: %s", message.routing_key)
        return result, exc_info

    def requeue_message(self, message: Message) -> None:
        """Give a request back to its queue."""
        self._consumer.requeue(message)

    def _on_request(self, message: Message) -> None:
        self.broker.when_free(partial(self._serve, message))

    def _serve(self, message: Message) -> None:
        try:
            method = self._methods.get(message.routing_key)
            if method is None:
                raise MethodNotFound(message.routing_key.partition(".")[2])
            method.handle_message(_body(message), message)
        except Exception:  # it is the answer
            self.handle_result(message, None, cast(ExcInfo, sys.exc_info()))


def _checked_once(check: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Cache a check of a call's arguments by their number and names.

    Nothing else decides whether a method can be called, and to find out takes long.
    """
    known: set[tuple[int, frozenset[str]]] = set()

    def check_signature(args: object, kwargs: object) -> None:
        if not isinstance(args, list) or not isinstance(kwargs, dict):
            check(args, kwargs)
        elif (shape := (len(args), frozenset(kwargs))) not in known:
            check(args, kwargs)
            known.add(shape)

    return check_signature


def _body(message: Message) -> dict[str, Any]:
    try:
        body = message.payload
    except ValueError:
        raise MalformedRequest("The request is no JSON") from None
    if not isinstance(body, dict):
        raise MalformedRequest("Message missing `args` or `kwargs`")
    return body


def _encoded(result: object, error: dict[str, Any] | None) -> bytes:
    """Return the body of a reply; raises ReplyTooLarge, or what the codec raises."""
    body = json_codec.encode({"result": result, "error": error})
    if len(body) > MAX_REPLY_BYTES:
        raise ReplyTooLarge(f"A reply has {len(body)} bytes, of at most {MAX_REPLY_BYTES}")
    return body


def _reply(message: Message, body: bytes) -> bytes:
    """Return the frames of a reply; none where the request does not say who is to have it."""
    reply_to = message.properties.get("reply_to")
    if not reply_to:
        return b""
    return encode_publish(
        message.channel.channel_id, EXCHANGE.name, reply_to,
        encode_reply_properties(message.properties.get("correlation_id", "")), body,
        message.channel.connection.frame_max,
    )
