"""Consumes a durable queue: each message is handled at least once, whatever is down meanwhile.

A message is acknowledged when it has been handled. So one may come twice, and after others that
were sent later: its handler has to recognize it, and may not depend on the order.

A message that can't be handled yet is kept here and tried again. If it were rejected, it would come
back at once, and a quorum queue drops a message that was returned 20 times.
"""

import logging
import time
from contextlib import suppress
from functools import partial
from typing import Any

import eventlet
from amqp import Channel
from kombu import Queue
from nameko.constants import CALL_ID_STACK_CONTEXT_KEY
from nameko.exceptions import ContainerBeingKilled
from nameko.messaging import Consumer

from extensions.amqp.broker_link import BrokerLink
from extensions.amqp.consumer import Message, QueueConsumer
from extensions.errors import ExcInfo
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

    queue_consumer = None  # Nameko's, with a connection of its own
    broker = BrokerLink()
    metric_kind = "listener"  # the label that dashboards know

    def __init__(
        self, queue: Queue, transient_errors: tuple[type[Exception], ...] = (), **options: Any
    ) -> None:
        super().__init__(queue, expected_exceptions=transient_errors, **options)

    def setup(self) -> None:
        self._health = health.of(self.container).watch(self.method_name, COUNT_INTERVAL_SECONDS)
        self._in_hand = 0
        self._counted_at = float("-inf")
        self._consumer = QueueConsumer(
            self.broker.link, self.queue, self._on_message, self.container.max_workers,
            self._count_waiting,
        )

    def stop(self) -> None:
        self._consumer.stop()

    def unpack_message_headers(self, message: Message) -> dict[str, Any]:
        """Return the headers, with the id of the request that caused the message."""
        context: dict[str, Any] = super().unpack_message_headers(message)
        body = message.payload
        if isinstance(body, dict) and isinstance(request_id := body.get("request_id"), str):
            context.setdefault(CALL_ID_STACK_CONTEXT_KEY, [request_id])
        return context

    def read(self, body: Any) -> Any:
        """Return what the method is given of a message; raises ValueError for a wrong one."""
        return body

    def note_waiting(self, count: int) -> None:
        """Take the number of messages that wait. Without any, the consumer is not late."""
        self._health.backlog = count
        if not count and not self._in_hand:
            self._health.succeeded()

    def handle_message(self, body: Any, message: Message) -> None:
        """Have a worker handle a message.

        While the container is being killed, the message stays unacknowledged, and the broker
        delivers it again when the link ends. A rejected message would come back at once, until a
        quorum queue drops it.
        """
        self._in_hand += 1
        with suppress(ContainerBeingKilled):
            self.container.spawn_worker(
                self, (body,), {}, context_data=self.unpack_message_headers(message),
                handle_result=partial(self.handle_result, message),
            )

    def handle_message_processed(
        self, message: Message, result: object = None, exc_info: ExcInfo | None = None
    ) -> None:
        """Settle a message, or handle it again later."""
        if exc_info is None:
            self._health.succeeded()
        elif isinstance(exc_info[1], self.expected_exceptions):
            self._health.failed(exc_info[1])
            eventlet.spawn_after(RETRY_PAUSE_SECONDS, self._handle_again, message)
            return  # it is still in hand
        else:
            self._health.heartbeat()
            _log.error("A message of %s is dropped: %.1000r", self.queue.name, message.payload)
        self._in_hand -= 1
        if not self._consumer.ack(message):
            _log.warning("A message of %s will be delivered again", self.queue.name)

    def _handle_again(self, message: Message) -> None:
        self._in_hand -= 1
        if self._consumer.is_current(message):  # else the broker sends it again itself
            self.handle_message(self.read(message.payload), message)

    # For the owner of the link

    def _on_message(self, message: Message) -> None:
        try:
            body = self.read(message.payload)
        except ValueError as error:
            _log.error("A message of %s is dropped: %.1000s", self.queue.name, error)
            self._consumer.ack(message)
            return
        self.broker.when_free(partial(self.handle_message, body, message))

    def _count_waiting(self, channel: Channel) -> None:
        if time.monotonic() - self._counted_at >= COUNT_INTERVAL_SECONDS:
            self._counted_at = time.monotonic()
            found = channel.queue_declare(self.queue.name, passive=True)
            self.note_waiting(found.message_count)


consume = DurableConsumer.decorator
