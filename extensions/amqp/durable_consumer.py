"""Listening on a durable queue: what is sent there is handled at least once, whatever is down.

A message is taken off its queue once it has been handled. So one may come twice, and after others
that were sent later; who listens must know it again, and must not mind.

What can't be handled yet is kept and tried again here. Given back, it would come at once, and a
quorum queue drops what it has had back 20 times.
"""

import logging

import eventlet
from nameko.constants import CALL_ID_STACK_CONTEXT_KEY
from nameko.messaging import Consumer

from extensions.amqp.queue_consumer import RobustQueueConsumer
from extensions.observability import health

_log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds until a message is handled again
INTERVAL = 5.0  # seconds between two looks for whether messages wait


class DurableConsumer(Consumer):
    """Has a method handle the messages of a queue.

    After one of `transient_errors`, such as an unavailable database, the message is handled again
    after a pause, as often as it takes. After any other error it would fail for ever, and so it is
    dropped, which is logged.
    """

    queue_consumer = RobustQueueConsumer()
    metric_kind = "listener"  # the label that dashboards know

    def __init__(self, queue, transient_errors=(), **options):
        super().__init__(queue, expected_exceptions=transient_errors, **options)

    def setup(self):
        super().setup()
        self._health = health.of(self.container).watch(self.method_name, INTERVAL)
        self._in_hand = 0

    def unpack_message_headers(self, message):
        """The handling belongs to the call that caused what the message tells."""
        context, body = super().unpack_message_headers(message), message.payload
        if isinstance(body, dict) and isinstance(call_id := body.get("call_id"), str):
            context.setdefault(CALL_ID_STACK_CONTEXT_KEY, [call_id])
        return context

    def note_waiting(self, count):
        """Take how many messages wait; one who has nothing to do is not late with it."""
        self._health.backlog = count
        if not count and not self._in_hand:
            self._health.succeeded()

    def handle_message(self, body, message):
        self._in_hand += 1
        super().handle_message(body, message)

    def handle_message_processed(self, message, result=None, exc_info=None):
        if exc_info is None:
            self._health.succeeded()
            self._settle(self.queue_consumer.ack_message, message)
        elif isinstance(exc_info[1], self.expected_exceptions):
            self._health.failed(exc_info[1])
            eventlet.spawn_after(PAUSE, self._settle, self._handle_again, message)
            return  # it is still in hand
        else:
            self._health.heartbeat()
            _log.error("A message of %s is dropped: %.1000r", self.queue.name, message.payload)
            self._settle(self.queue_consumer.ack_message, message)
        self._in_hand -= 1

    def _handle_again(self, message):
        self._in_hand -= 1
        if message.channel.connection:  # else the broker has it back, and sends it again itself
            self.handle_message(message.payload, message)

    def _settle(self, settle, message):
        try:
            settle(message)
        except Exception as error:  # the link is broken: the broker sends the message again
            _log.warning("A message of %s will come again: %r", self.queue.name, error)


consume = DurableConsumer.decorator
