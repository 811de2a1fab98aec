"""The outbox: events are stored with what they tell of, and published after the commit.

A service records its messages in the transaction that causes them and sends them after the commit.
What a process has sent is deleted with its next transaction, or within a second. What was committed
and not sent, because the process died or the broker was unavailable, is sent later by whichever
instance finds it first. So a message may come twice, and carries an `id` by which it is recognised.
"""

import logging
import time
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from extensions.amqp.publisher import ConfirmingPublisher, Message, NotPublished
from extensions.fault_points import Point, after, before
from extensions.observability import metrics
from extensions.outbox.message import OutboxMessage
from extensions.outbox.table import OutboxColumns
from extensions.storage.pipeline import Writer

_log = logging.getLogger(__name__)

OVERDUE_AFTER_SECONDS = 3.0
RELAY_BATCH_ROWS = 200
DELETE_BATCH_ROWS = 500
MAX_SENT_IDS = 10_000  # that are remembered; what is forgotten is published once more


class Outbox:
    """Stores and publishes the messages of one service.

    `durable` names the exchanges whose messages outlive a restart of the broker.
    """

    def __init__(
        self,
        exchange: str,
        table: type[OutboxColumns],
        publisher: ConfirmingPublisher,
        durable: tuple[str, ...] = (),
    ) -> None:
        self._exchange = exchange
        self._table = table
        self._publisher = publisher
        self._durable = durable
        self._sent: deque[str] = deque(maxlen=MAX_SENT_IDS)
        self.publish_error: NotPublished | None = None  # of the last `publish_overdue`
        # Built once, and on the table: every change that is announced waits for these statements.
        rows = table.__table__  # type: ignore[attr-defined]
        self._insert = insert(rows)
        self._delete = delete(rows).where(rows.c.id.in_(bindparam("sent", expanding=True)))

    @after(Point.BEFORE_COMMIT)
    def record(self, session: Writer, messages: list[OutboxMessage]) -> None:
        """Store messages in the transaction that causes them."""
        self._delete_sent(session)
        if messages:
            session.execute(self._insert, [self._row(message) for message in messages])

    @before(Point.COMMITTED)
    def send(self, messages: list[OutboxMessage]) -> None:
        """Publish what has been recorded and committed, ahead of the reply, without waiting.

        Never raises: what the broker does not confirm is published by `publish_overdue`.
        """
        if messages:
            outgoing = [self._message(each) for each in messages]
            self._publisher.submit(outgoing, partial(self._settle, messages))

    @after(Point.ANNOUNCED)
    def _settle(self, messages: list[OutboxMessage], error: Exception | None) -> None:
        if error is None:
            self._sent.extend(each.id for each in messages)
        else:
            _log.warning("%d messages will be published later: %s", len(messages), error)

    @before(Point.COMMITTED)
    @after(Point.ANNOUNCED)
    def send_confirmed(
        self, messages: list[OutboxMessage], unrecorded: Sequence[OutboxMessage] = ()
    ) -> bool:
        """Publish what has been recorded and committed; return whether the broker has confirmed it.

        Never raises: what the broker does not confirm is published by `publish_overdue`. The
        caller sees to it that `unrecorded` messages, which follow the others, are sent again.
        """
        outgoing = {each.id: self._message(each) for each in (*messages, *unrecorded)}
        return not outgoing or self._publish(outgoing) is None

    def connected_seconds(self) -> float:
        """Return for how long the broker has been reachable without a break; 0 while it is not."""
        return self._publisher.connected_seconds()

    @property
    def has_sent_rows(self) -> bool:
        """Whether rows are stored whose messages this process has published."""
        return bool(self._sent)

    def publish_overdue(
        self, session: Session, now: float, overdue_after: float = OVERDUE_AFTER_SECONDS
    ) -> bool:
        """Publish the oldest messages that were recorded `overdue_after` seconds ago or earlier.

        With 0 that is all that has been committed and may not have been published. Returns whether
        there may be more. Where the broker does not confirm them, `publish_error` says why.
        """
        self.publish_error = None
        self._delete_sent(session)
        self._measure(session, now)
        overdue = (
            select(self._table)
            .where(self._table.created_at <= now - overdue_after)
            .order_by(self._table.created_at)
            .limit(RELAY_BATCH_ROWS)
        )
        outgoing = {
            row.id: self._outgoing(row.exchange, row.routing_key, row.body, tuple(row.copies))
            for row in session.scalars(overdue)
        }
        session.commit()
        if not outgoing:
            return False
        _log.warning("Publishing %d messages late", len(outgoing))
        self.publish_error = self._publish(outgoing)
        if self.publish_error is not None:
            return False
        metrics.ANNOUNCED_LATE.inc(len(outgoing))
        return len(outgoing) == RELAY_BATCH_ROWS

    def _measure(self, session: Session, now: float) -> None:
        table = self._table
        waiting, since = session.execute(select(func.count(), func.min(table.created_at))).one()
        metrics.OUTBOX.set(waiting)
        metrics.OUTBOX_OLDEST.set(max(now - since, 0.0) if waiting else 0.0)

    def _publish(self, outgoing: dict[str, Message]) -> NotPublished | None:
        try:
            self._publisher.publish(list(outgoing.values()))
        except NotPublished as error:
            _log.warning("%d messages will be published later: %s", len(outgoing), error)
            return error
        self._sent.extend(outgoing)
        return None

    def _message(self, message: OutboxMessage) -> Message:
        return self._outgoing(
            self._exchange_of(message), message.routing_key, message.body, message.cc
        )

    def _outgoing(
        self, exchange: str, routing_key: str, body: dict[str, Any], cc: tuple[str, ...]
    ) -> Message:
        return Message(exchange, routing_key, body, cc, persistent=exchange in self._durable)

    def _exchange_of(self, message: OutboxMessage) -> str:
        return message.exchange or self._exchange

    def _row(self, message: OutboxMessage) -> dict[str, Any]:
        return {
            "id": message.id,
            "created_at": time.time(),
            "exchange": self._exchange_of(message),
            "routing_key": message.routing_key,
            "copies": list(message.cc),
            "body": message.body,
        }

    def _delete_sent(self, session: Writer) -> None:
        sent = [self._sent.popleft() for _ in range(min(len(self._sent), DELETE_BATCH_ROWS))]
        if sent:
            # If this transaction fails, they are published once more.
            session.execute(self._delete, {"sent": sent})
