"""The outbox of a service as a dependency, and the loop in which its relay runs."""

import time

import eventlet
from nameko.extensions import DependencyProvider
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session

from extensions.amqp.broker_link import BrokerLink
from extensions.amqp.publisher import CONFIRM_TIMEOUT_SECONDS, ConfirmingPublisher
from extensions.observability import health
from extensions.outbox.outbox import Outbox
from extensions.outbox.table import OutboxBatchColumns, OutboxColumns
from extensions.storage.engines import engine

RELAY_INTERVAL_SECONDS = 1.0
CONFIRM_POLL_INTERVAL_SECONDS = 0.01  # when the service stops


class OutboxProvider(DependencyProvider):
    """Gives a service its outbox on a fanout exchange, and publishes late what was missed.

    `durable` names further exchanges, whose messages outlive a restart of the broker. With
    `batches`, a transaction that has several messages stores them as one row.
    """

    broker = BrokerLink()

    def __init__(
        self,
        exchange: str,
        table: type[OutboxColumns],
        base: type[DeclarativeBase],
        durable: tuple[str, ...] = (),
        batches: type[OutboxBatchColumns] | None = None,
    ) -> None:
        self.exchange, self.table, self.base, self.durable = exchange, table, base, durable
        self.batches = batches

    def setup(self) -> None:
        settings = self.container.settings
        self.engine = engine(settings, self.container.service_name, self.base)
        self.publisher = ConfirmingPublisher(
            self.broker.link, [self.exchange, *self.durable], self.durable
        )
        self.health = health.of(self.container).watch("outbox_relay", RELAY_INTERVAL_SECONDS)
        self.outbox = Outbox(self.exchange, self.table, self.publisher, self.batches)

    def start(self) -> None:
        self.container.spawn_managed_thread(self._relay)

    def stop(self) -> None:
        with eventlet.Timeout(CONFIRM_TIMEOUT_SECONDS, False):
            while not self.publisher.is_idle:
                eventlet.sleep(CONFIRM_POLL_INTERVAL_SECONDS)
        # A row that is not deleted now would be published again by another instance.
        while self._relay_once() and self.outbox.has_sent_rows:
            pass
        self.publisher.stop()

    def get_dependency(self, worker_ctx: object) -> Outbox:
        return self.outbox

    def _relay(self) -> None:
        while True:
            eventlet.sleep(RELAY_INTERVAL_SECONDS)
            self._relay_once()

    def _relay_once(self) -> bool:
        try:
            if self.outbox.has_overdue(self.engine, time.time()):
                self._publish_overdue()
        except Exception as error:  # the database may be unavailable: the next run may do better
            self.health.failed(error, transient=isinstance(error, SQLAlchemyError))
            return False
        if (refusal := self.outbox.relay_error) is not None:
            self.health.failed(refusal)
            return False
        self.health.succeeded()
        return True

    def _publish_overdue(self) -> None:
        with Session(self.engine) as session:
            while self.outbox.publish_overdue(session, time.time()):
                self.health.succeeded()
