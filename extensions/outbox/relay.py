"""Publishes again what an outbox still has: messages that were committed and not published."""

import logging
from collections.abc import Sequence
from itertools import chain
from typing import cast

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from extensions.amqp.publisher import ConfirmingPublisher, NotPublished
from extensions.observability import metrics
from extensions.outbox.stored import BatchRows, MessageRows
from extensions.storage.pipeline import Pipeline

_log = logging.getLogger(__name__)

OVERDUE_AFTER_SECONDS = 3.0
RELAY_BATCH_ROWS = 200


class Relay:
    """Publishes what is overdue in the tables of an outbox."""

    def __init__(
        self, tables: Sequence[MessageRows | BatchRows], publisher: ConfirmingPublisher
    ) -> None:
        self._tables, self._publisher = tables, publisher
        counts = ", ".join(f"({each.count}) AS {each.name}" for each in tables)
        self._query = f"SELECT * FROM {counts}"
        self.error: NotPublished | None = None  # of the last `publish_overdue`

    def has_overdue(self, engine: Engine, now: float) -> bool:
        """Delete what has been published; return whether anything waits for too long.

        Mostly nothing does, and that is found out in one round trip.
        """
        self.error = None
        for table in self._tables:
            table.delete_sent(engine)
        with Pipeline(engine) as pipeline:
            [found] = pipeline.read_only(self._query, ())
        oldest = min((since for since in found[1::2] if since is not None), default=now)
        metrics.OUTBOX.set(sum(filter(None, found[::2])))
        metrics.OUTBOX_OLDEST.set(max(now - oldest, 0.0))
        return bool(oldest <= now - OVERDUE_AFTER_SECONDS)

    def publish_overdue(self, session: Session, now: float, overdue_after: float) -> bool:
        """Publish the oldest overdue messages: see `Outbox.publish_overdue`."""
        self.error = None
        for table in self._tables:
            table.delete_sent(cast(Engine, session.get_bind()))
        overdue = [
            (row, table) for table in self._tables
            for row in table.overdue(session, now - overdue_after, RELAY_BATCH_ROWS)
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
