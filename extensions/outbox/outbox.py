"""Announcements that are never lost: stored with what they announce, sent after the commit.

A service records its messages in the transaction that causes them and sends them after the commit.
What a process has sent is deleted with its next transaction, or within a second. What was
committed and not sent, because the process died or the broker was away, is sent later by whichever
instance finds it first. So a message may come twice, and carries an `id` by which it is known.
"""

import logging
import time
import uuid
from collections import deque
from dataclasses import dataclass, field

import eventlet
from nameko.extensions import DependencyProvider
from sqlalchemy import JSON, Float, String, bindparam, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import request_id
from extensions.amqp.publisher import ConfirmingPublisher, Message, NotPublished
from extensions.fault_points import Point, after, before
from extensions.observability import health, metrics
from extensions.storage.database import engine

_log = logging.getLogger(__name__)

RELAY_INTERVAL = 1.0
OVERDUE_AFTER = 3.0
RELAY_BATCH = 200


@dataclass(frozen=True)
class OutboxMessage:
    """Something that has happened: what it is called, who hears of it, and what is told.

    `subject` is the routing key's beginning (`room.<id>`), `event` the notification's name
    (`room.filled`); `players` hear of it on every connection that they have. `internal` is told to
    the gateway and no further, and so is the call that caused it.
    """

    subject: str
    event: str
    params: dict
    players: tuple[str, ...] = ()
    internal: dict = field(default_factory=dict)
    exchange: str | None = None
    request_id: str | None = field(default_factory=request_id.current)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def body(self) -> dict:
        body = {"id": self.id, "event": self.event, "params": self.params, **self.internal}
        if self.request_id is not None:
            body["call_id"] = self.request_id
        return body

    @property
    def routing_key(self) -> str:
        return f"{self.subject}.{self.event}"

    @property
    def cc(self) -> tuple[str, ...]:
        return tuple(f"player.{login}.{self.event}" for login in self.players)


class OutboxColumns:
    """The table of messages that may not have been sent yet; each service mixes it into its own."""

    __tablename__ = "announcements"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created_at: Mapped[float] = mapped_column(Float, index=True)
    exchange: Mapped[str] = mapped_column(String(64))
    routing_key: Mapped[str] = mapped_column(String(255))
    copies: Mapped[list] = mapped_column(JSON)
    body: Mapped[dict] = mapped_column(JSON)


class Outbox:
    """Where a service records and sends its messages."""

    def __init__(self, exchange: str, table, publisher, durable: tuple[str, ...] = ()):
        self._exchange = exchange
        self._table = table
        self._publisher = publisher
        self._durable = durable
        self._sent: deque[str] = deque(maxlen=10_000)
        self.refused: NotPublished | None = None  # by the last round of the relay, and why
        # Said once, and on the table: this stands in the way of every change that is announced.
        rows = table.__table__
        self._insert = insert(rows)
        self._delete = delete(rows).where(rows.c.id.in_(bindparam("sent", expanding=True)))

    @after(Point.BEFORE_COMMIT)
    def record(self, session: Session, messages: list[OutboxMessage]) -> None:
        """Store the messages with the transaction that causes them."""
        self._forget_sent(session)
        if messages:
            session.execute(self._insert, [self._row(message) for message in messages])

    @before(Point.COMMITTED)
    @after(Point.ANNOUNCED)
    def send(self, messages: list[OutboxMessage]) -> None:
        """Announce what has been recorded and committed. Never raises: the relay sends the rest."""
        if messages:
            self._publish([self._row(message) for message in messages])

    def connected_seconds(self) -> float:
        """For how many seconds the broker has been there without a break; 0 while it is not."""
        return self._publisher.connected_seconds()

    @property
    def remembers_sent(self) -> bool:
        """Whether there are messages that have been sent and are to be forgotten."""
        return bool(self._sent)

    def relay(
        self, session: Session, now: float, overdue_after: float = OVERDUE_AFTER
    ) -> bool:
        """Announce what should have been sent long ago, and forget what has been sent.

        With `overdue_after=0` that is all that has been committed and may not have been sent.
        Announces so many at a time; True where they have been taken and there may be more. Where
        they have not been taken, `refused` says why.
        """
        self.refused = None
        self._forget_sent(session)
        self._measure(session, now)
        overdue = (
            select(self._table)
            .where(self._table.created_at <= now - overdue_after)
            .order_by(self._table.created_at)
            .limit(RELAY_BATCH)
        )
        rows = [_as_dict(row) for row in session.scalars(overdue)]
        session.commit()
        if not rows:
            return False
        _log.warning("Announcing %d messages late", len(rows))
        self.refused = self._publish(rows)
        if self.refused:
            return False
        metrics.ANNOUNCED_LATE.inc(len(rows))
        return len(rows) == RELAY_BATCH

    def _measure(self, session: Session, now: float) -> None:
        table = self._table
        waiting, since = session.execute(select(func.count(), func.min(table.created_at))).one()
        metrics.OUTBOX.set(waiting)
        metrics.OUTBOX_OLDEST.set(max(now - since, 0.0) if waiting else 0.0)

    def _publish(self, rows: list[dict]) -> NotPublished | None:
        try:
            self._publisher.publish([self._message(row) for row in rows])
        except NotPublished as error:
            _log.warning("%d messages will be announced later: %s", len(rows), error)
            return error
        self._sent.extend(row["id"] for row in rows)
        return None

    def _message(self, row: dict) -> Message:
        return Message(
            row["exchange"], row["routing_key"], row["body"], tuple(row["copies"]),
            persistent=row["exchange"] in self._durable,
        )

    def _row(self, message: OutboxMessage) -> dict:
        return {
            "id": message.id,
            "created_at": time.time(),
            "exchange": message.exchange or self._exchange,
            "routing_key": message.routing_key,
            "copies": list(message.cc),
            "body": message.body,
        }

    def _forget_sent(self, session: Session) -> None:
        sent = [self._sent.popleft() for _ in range(min(len(self._sent), 500))]
        if sent:
            # Were the transaction to fail, the relay would only announce these again.
            session.execute(self._delete, {"sent": sent})


def _as_dict(row) -> dict:
    return {
        "id": row.id, "exchange": row.exchange, "routing_key": row.routing_key,
        "copies": row.copies, "body": row.body,
    }


class OutboxProvider(DependencyProvider):
    """Gives a service its Announcements, on a fanout exchange, with the relay behind them.

    `durable` names further exchanges whose messages outlive a restart of the broker.
    """

    def __init__(self, exchange: str, table, base, durable: tuple[str, ...] = ()):
        self.exchange, self.table, self.base, self.durable = exchange, table, base, durable

    def setup(self) -> None:
        config = self.container.config
        self.engine = engine(config, self.container.service_name, self.base)
        self.publisher = ConfirmingPublisher(
            config["AMQP_URI"], [self.exchange, *self.durable], float(config["HEARTBEAT"])
        )
        known = health.of(self.container)
        known.add(self.publisher.health)
        self.health = known.watch("announcement_relay", RELAY_INTERVAL)
        self.outbox = Outbox(
            self.exchange, self.table, self.publisher, self.durable
        )

    def start(self) -> None:
        self.container.spawn_managed_thread(self.publisher.run)
        self.container.spawn_managed_thread(self._relay)

    def stop(self) -> None:
        # What is not forgotten now, another instance would announce again.
        while self._relay_once() and self.outbox.remembers_sent:
            pass
        self.publisher.stop()

    def get_dependency(self, worker_ctx) -> Outbox:
        return self.outbox

    def _relay(self) -> None:
        while True:
            eventlet.sleep(RELAY_INTERVAL)
            self._relay_once()

    def _relay_once(self) -> bool:
        try:
            with Session(self.engine) as session:
                while self.outbox.relay(session, time.time()):
                    self.health.succeeded()
        except Exception as error:  # the database may be away: the next round finds what is left
            self.health.failed(error, transient=isinstance(error, SQLAlchemyError))
            return False
        if self.outbox.refused:
            self.health.failed(self.outbox.refused)
            return False
        self.health.succeeded()
        return True
