"""Publishes events of the searcher: at once, or later where the broker is away.

It has no database for an outbox. A pairing stays in the store until its players have been told; of
what can't be taken back they are told as soon as the broker is there, while this process lives.
"""

import logging
from collections import deque

import eventlet
from nameko.extensions import DependencyProvider

from extensions.amqp.broker_link import BrokerLink
from extensions.amqp.publisher import ConfirmingPublisher, Message, NotPublished
from extensions.fault_points import Point, after, before
from extensions.observability import health
from extensions.outbox.message import OutboxMessage
from searcher import events

_log = logging.getLogger(__name__)

RETRY_INTERVAL_SECONDS = 1.0
MAX_KEPT_MESSAGES = 10_000


class EventPublisher:
    """Sends messages on a fanout exchange."""

    def __init__(self, exchange: str, publisher: ConfirmingPublisher):
        self._exchange = exchange
        self._publisher = publisher
        self._kept: deque[OutboxMessage] = deque(maxlen=MAX_KEPT_MESSAGES)

    @before(Point.COMMITTED)
    @after(Point.ANNOUNCED)
    def send(self, messages: list[OutboxMessage]) -> None:
        """Announce; raises NotPublished where the broker has not confirmed."""
        self._publisher.publish(
            [Message(self._exchange, each.routing_key, each.cc, each.body) for each in messages]
        )

    def connected_seconds(self) -> float:
        """Return for how long the broker has been there without a break; 0 while it is not."""
        return self._publisher.connected_seconds()

    def send_or_keep(self, messages: list[OutboxMessage]) -> None:
        """Announce; what the broker does not confirm is announced later, but for stops."""
        try:
            self.send(messages)
        except NotPublished as error:
            _log.warning("%d messages will be announced later: %s", len(messages), error)
            # No stop: another search may have been started until then.
            self.send_later([each for each in messages if each.event != events.STOPPED])

    def send_later(self, messages: list[OutboxMessage]) -> None:
        """Keep messages until `send_kept` can send them; of too many, the oldest are dropped."""
        self._kept.extend(messages)

    def send_kept(self) -> None:
        """Announce what has been kept, or keep it."""
        kept = list(self._kept)
        self._kept.clear()
        try:
            if kept:
                self.send(kept)
        except NotPublished as error:
            _log.warning("%d messages will be announced later: %s", len(kept), error)
            self._kept.extendleft(reversed(kept))


class EventPublisherProvider(DependencyProvider):
    """Gives the service its EventPublisher, and sends what was kept once the broker takes it."""

    broker = BrokerLink()

    def __init__(self, exchange: str):
        self.exchange = exchange

    def setup(self) -> None:
        self.publisher = ConfirmingPublisher(self.broker.link, [self.exchange])
        self.event_publisher = EventPublisher(self.exchange, self.publisher)
        self.health = health.of(self.container).watch("outbox_relay", RETRY_INTERVAL_SECONDS)

    def start(self) -> None:
        self.container.spawn_managed_thread(self._send_kept)

    def stop(self) -> None:
        self.publisher.stop()

    def get_dependency(self, worker_ctx: object) -> EventPublisher:
        return self.event_publisher

    def _send_kept(self) -> None:
        while True:
            eventlet.sleep(RETRY_INTERVAL_SECONDS)
            self.event_publisher.send_kept()
            self.health.succeeded()
