"""How messages are stored until they are published: a row each, or a row for all of a transaction.

A row less for each message is what makes moves cheaper that are decided together.
"""

import time
from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import Engine, Table, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from extensions.amqp.publisher import Message
from extensions.outbox.table import OutboxBatchColumns, OutboxColumns
from extensions.storage.pipeline import Pipeline
from extensions.storage.writer import Writer

DELETE_BATCH_ROWS = 1000
MAX_SENT_IDS = 10_000  # that are remembered; what is forgotten is published once more


class StoredRow(NamedTuple):
    """A row that may not have been published yet."""

    created_at: float
    id: str
    messages: list[Message]


class _Rows:
    """Rows of one table, and the ids of those that this process has published.

    `count` is the query of how many messages wait in the table `name`, and since when.
    """

    _number = "count(*)"

    def __init__(self, table: type[OutboxColumns] | type[OutboxBatchColumns]) -> None:
        # Built once, and on the table: every change that is announced waits for these statements.
        self._rows = cast(Table, table.__table__)  # type: ignore[union-attr]
        self._insert = insert(self._rows)
        self._delete = delete(self._rows).where(
            self._rows.c.id.in_(bindparam("sent", expanding=True))
        )
        self._sent: deque[str] = deque(maxlen=MAX_SENT_IDS)
        self.name = self._rows.name
        # By the index, as a pipeline is to scan no table: PostgreSQL would compile such a plan.
        where = "WHERE created_at >= 0"
        self.count = f"SELECT {self._number}, min(created_at) FROM {self.name} {where}"

    @property
    def has_sent_rows(self) -> bool:
        """Whether rows are stored whose messages this process has published."""
        return bool(self._sent)

    def mark_sent(self, ids: Sequence[str]) -> None:
        """Note that messages have been published, whose rows `delete_sent` deletes."""
        self._sent.extend(ids)

    def delete_sent(self, engine: Engine) -> None:
        """Delete the rows of what has been published; where that fails, a later call does."""
        while self._sent:
            sent = [self._sent.popleft() for _ in range(min(len(self._sent), DELETE_BATCH_ROWS))]
            try:
                with Pipeline(engine) as pipeline:
                    pipeline.execute(self._delete, {"sent": sent})
                    pipeline.commit()
            except BaseException:  # also where its greenthread is killed
                self._sent.extend(sent)
                raise

    def _oldest(self, session: Session, before: float, limit: int) -> Any:
        columns = self._rows.c
        query = select(self._rows).where(columns.created_at <= before)
        return session.execute(query.order_by(columns.created_at).limit(limit))


class MessageRows(_Rows):
    """A table with a row for each message."""

    def record(self, session: Writer, ids: list[str], messages: list[Message]) -> None:
        """Store messages."""
        now = time.time()
        session.execute(self._insert, [
            {
                "id": message_id, "created_at": now, "exchange": each.exchange,
                "routing_key": each.routing_key, "copies": each.cc, "body": each.body,
            }
            for message_id, each in zip(ids, messages, strict=True)
        ])

    def overdue(self, session: Session, before: float, limit: int) -> list[StoredRow]:
        """Return the oldest rows that were stored before then."""
        return [
            StoredRow(row.created_at, row.id, [
                Message(row.exchange, row.routing_key, row.copies, row.body)
            ])
            for row in self._oldest(session, before, limit)
        ]


class BatchRows(_Rows):
    """A table with a row for all messages of a transaction, by the id of the first one."""

    _number = "sum(number)"

    def record(self, session: Writer, ids: list[str], messages: list[Message]) -> None:
        """Store messages."""
        session.execute(self._insert, [{
            "id": ids[0], "created_at": time.time(), "number": len(messages), "messages": messages,
        }])

    def mark_sent(self, ids: Sequence[str]) -> None:
        """Note that messages have been published, whose row `delete_sent` deletes."""
        super().mark_sent(ids[:1])

    def overdue(self, session: Session, before: float, limit: int) -> list[StoredRow]:
        """Return the oldest rows that were stored before then."""
        return [
            StoredRow(row.created_at, row.id, [Message(*each) for each in row.messages])
            for row in self._oldest(session, before, limit)
        ]
