"""The outbox: events are stored with what they tell of, and published after the commit.

A service records its messages in the transaction that causes them and sends them after the commit.
What a process has sent is deleted each second, by a statement for up to a thousand rows. What was
committed and not sent, because the process died or the broker was unavailable, is sent later by
whichever instance finds it first. So a message may come twice, and carries an `id` by which it is
recognised.
"""

import logging
from collections.abc import Sequence
from functools import partial

from eventlet.event import Event
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from extensions.amqp.publisher import ConfirmingPublisher, Message, NotPublished
from extensions.fault_points import Point, after, before
from extensions.outbox.message import OutboxMessage
from extensions.outbox.relay import OVERDUE_AFTER_SECONDS, Relay
from extensions.outbox.stored import BatchRows, MessageRows
from extensions.outbox.table import OutboxBatchColumns, OutboxColumns
from extensions.storage.writer import Writer

_log = logging.getLogger(__name__)


class Outbox:
    """Stores and publishes the messages of one service.

    With `batches`, a transaction that has several messages stores them as one row.
    """

    def __init__(
        self,
        exchange: str,
        table: type[OutboxColumns],
        publisher: ConfirmingPublisher,
        batches: type[OutboxBatchColumns] | None = None,
    ) -> None:
        self._exchange = exchange
        self._publisher = publisher
        self._rows = MessageRows(table)
        self._batches = BatchRows(batches) if batches is not None else None
        self._tables = [each for each in (self._rows, self._batches) if each is not None]
        self._relay = Relay(self._tables, publisher)

    @after(Point.BEFORE_COMMIT)
    def record(self, session: Writer, messages: list[OutboxMessage]) -> None:
        """Store messages in the transaction that causes them."""
        if messages:
            self._table_of(messages).record(
                session, [each.id for each in messages], self._addressed(messages)
            )

    @before(Point.COMMITTED)
    def send(self, messages: list[OutboxMessage]) -> None:
        """Publish what has been recorded and committed, ahead of the reply, without waiting.

        `messages` are all those of one call of `record`. Never raises: what the broker does not
        confirm is published by `publish_overdue`.
        """
        if messages:
            self._publisher.submit(self._addressed(messages), partial(self._settle, messages))

    @before(Point.COMMITTED)
    @after(Point.ANNOUNCED)
    def send_confirmed(
        self, messages: list[OutboxMessage], unrecorded: Sequence[OutboxMessage] = ()
    ) -> bool:
        """Publish what has been recorded and committed; return whether the broker has confirmed it.

        `messages` are all those of one call of `record`. Never raises: what the broker does not
        confirm is published by `publish_overdue`. The caller sees to it that `unrecorded` messages,
        which follow the others, are sent again.
        """
        if not messages and not unrecorded:
            return True
        done = Event()
        self._publisher.submit(self._addressed([*messages, *unrecorded]), done.send)
        error = done.wait()
        self._settle(messages, error)
        return error is None

    def has_overdue(self, engine: Engine, now: float) -> bool:
        """Delete the rows of what has been published; return whether there is overdue work.

        That is for `publish_overdue`, with its default.
        """
        return self._relay.has_overdue(engine, now)

    def publish_overdue(
        self, session: Session, now: float, overdue_after: float = OVERDUE_AFTER_SECONDS
    ) -> bool:
        """Publish the oldest messages that were recorded `overdue_after` seconds ago or earlier.

        With 0 that is all that has been committed and may not have been published. Returns whether
        there may be more. Where the broker does not confirm them, `relay_error` says why.
        """
        return self._relay.publish_overdue(session, now, overdue_after)

    @property
    def relay_error(self) -> NotPublished | None:
        """Why the last `publish_overdue` was not confirmed, or None."""
        return self._relay.error

    def connected_seconds(self) -> float:
        """Return for how long the broker has been reachable without a break; 0 while it is not."""
        return self._publisher.connected_seconds()

    @property
    def has_sent_rows(self) -> bool:
        """Whether rows are stored whose messages this process has published."""
        return any(table.has_sent_rows for table in self._tables)

    def _table_of(self, messages: Sequence[OutboxMessage]) -> MessageRows | BatchRows:
        """Return the table in which messages are stored that were recorded together."""
        return self._batches if self._batches is not None and len(messages) > 1 else self._rows

    @after(Point.ANNOUNCED)
    def _settle(self, messages: list[OutboxMessage], error: Exception | None) -> None:
        if error is not None:
            _log.warning("%d messages will be published later: %s", len(messages), error)
        else:
            self._table_of(messages).mark_sent([message.id for message in messages])

    def _addressed(self, messages: Sequence[OutboxMessage]) -> list[Message]:
        return [
            Message(each.exchange or self._exchange, each.routing_key, each.cc, each.body)
            for each in messages
        ]
