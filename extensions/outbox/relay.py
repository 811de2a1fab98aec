"""Publishes again what an outbox still has: messages that were committed and not published."""

import logging
from collections.abc import Sequence
from itertools import chain

from sqlalchemy.orm import Session

from extensions.amqp.publisher import ConfirmingPublisher, NotPublished
from extensions.observability import metrics
from extensions.outbox.stored import BatchRows, MessageRows, Waiting

_log = logging.getLogger(__name__)

OVERDUE_AFTER_SECONDS = 3.0
RELAY_BATCH_ROWS = 200


class Relay:
    """Publishes what is overdue in the tables of an outbox."""

    def __init__(
        self, tables: Sequence[MessageRows | BatchRows], publisher: ConfirmingPublisher
    ) -> None:
        self._tables, self._publisher = tables, publisher
        self.error: NotPublished | None = None  # of the last `publish_overdue`

    def publish_overdue(self, session: Session, now: float, overdue_after: float) -> bool:
        """Publish the oldest overdue messages: see `Outbox.publish_overdue`."""
        self.error = None
        for table in self._tables:
            table.delete_sent(session)
        waiting = [table.waiting(session) for table in self._tables]
        _measure(waiting, now)
        before = now - overdue_after
        overdue = [
            (row, table) for table, its in zip(self._tables, waiting, strict=True)
            if its.since is not None and its.since <= before
            for row in table.overdue(session, before, RELAY_BATCH_ROWS)
        ]
        session.commit()
        if not overdue:
            return False
        overdue.sort(key=lambda each: each[0].created_at)
        messages = [*chain.from_iterable(row.messages for row, _ in overdue)]
        _log.warning("Publishing %d messages late", len(messages))
        try:
            self._publisher.publish(messages)
        except NotPublished as error:
            self.error = error
            return False
        for row, table in overdue:
            table.mark_sent([row.id])
        metrics.PUBLISHED_LATE.inc(len(messages))
        return len(overdue) >= RELAY_BATCH_ROWS


def _measure(waiting: list[Waiting], now: float) -> None:
    metrics.OUTBOX.set(sum(each.number for each in waiting))
    oldest = min((each.since for each in waiting if each.since is not None), default=now)
    metrics.OUTBOX_OLDEST.set(max(now - oldest, 0.0))
