"""Consumes a durable queue: each message is handled at least once, whatever is down meanwhile.

A message is acknowledged when it has been handled. So one may come twice, and after others that
were sent later: its handler has to recognize it, and may not depend on the order.

A message that can't be handled yet is kept here and tried again. If it were rejected, it would come
back at once, and a quorum queue drops a message that was returned 20 times.
"""

import logging
from collections.abc import Callable
from types import TracebackType
from typing import Any

import eventlet
from kombu import Queue
from kombu.message import Message
from nameko.constants import CALL_ID_STACK_CONTEXT_KEY
from nameko.messaging import Consumer

from extensions.amqp.queue_consumer import RobustQueueConsumer
from extensions.observability import health

_log = logging.getLogger(__name__)

RETRY_PAUSE_SECONDS = 1.0
COUNT_INTERVAL_SECONDS = 5.0  # between two counts of the messages that wait


class DurableConsumer(Consumer):
    """Has a method handle the messages of a queue.

    After one of `transient_errors`, such as an unavailable database, the message is handled again
    after a pause, as often as it takes. After any other error it would fail for ever, and so it is
    dropped, which is logged.
    """

    queue_consumer = RobustQueueConsumer()
    metric_kind = "listener"  # the label that dashboards know

    def __init__(
        self, queue: Queue, transient_errors: tuple[type[BaseException], ...] = (), **options: Any
    ) -> None:
        super().__init__(queue, expected_exceptions=transient_errors, **options)

    def setup(self) -> None:
        super().setup()
        self._health = health.of(self.container).watch(self.method_name, COUNT_INTERVAL_SECONDS)
        self._in_hand = 0

    def unpack_message_headers(self, message: Message) -> dict[str, Any]:
        """Return the headers, with the id of the request that caused the message."""
        context: dict[str, Any]
        context, body = super().unpack_message_headers(message), message.payload
        if isinstance(body, dict) and isinstance(call_id := body.get("call_id"), str):
            context.setdefault(CALL_ID_STACK_CONTEXT_KEY, [call_id])
        return context

    def note_waiting(self, count: int) -> None:
        """Take the number of messages that wait. Without any, the consumer is not late."""
        self._health.backlog = count
        if not count and not self._in_hand:
            self._health.succeeded()

    def handle_message(self, body: Any, message: Message) -> None:
        self._in_hand += 1
        super().handle_message(body, message)

    def handle_message_processed(
        self, message: Message, result: object = None,
        exc_info: tuple[type[BaseException], BaseException, TracebackType] | None = None,
    ) -> None:
        if exc_info is None:
            self._health.succeeded()
            self._settle(self.queue_consumer.ack_message, message)
        elif isinstance(exc_info[1], self.expected_exceptions):
            self._health.failed(exc_info[1])
            eventlet.spawn_after(RETRY_PAUSE_SECONDS, self._settle, self._handle_again, message)
            return  # it is still in hand
        else:
            self._health.heartbeat()
            _log.error("A message of %s is dropped: %.1000r", self.queue.name, message.payload)
            self._settle(self.queue_consumer.ack_message, message)
        self._in_hand -= 1

    def _handle_again(self, message: Message) -> None:
        self._in_hand -= 1
        if message.channel.connection:  # else the broker has it back, and sends it again itself
            self.handle_message(message.payload, message)

    def _settle(self, settle: Callable[[Message], None], message: Message) -> None:
        try:
            settle(message)
        except Exception as error:  # the link is broken: the broker sends the message again
            _log.warning("A message of %s will come again: %r", self.queue.name, error)


consume = DurableConsumer.decorator
