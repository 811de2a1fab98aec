"""The outbox: events are stored with what they tell of, and published after the commit.

A service records its messages in the transaction that causes them and sends them after the commit.
What a process has sent is deleted with its next transaction, or within a second. What was committed
and not sent, because the process died or the broker was unavailable, is sent later by whichever
instance finds it first. So a message may come twice, and carries an `id` by which it is recognised.
"""

import logging
from collections.abc import Sequence
from functools import partial

from extensions.amqp.publisher import ConfirmingPublisher, Message, NotPublished
from extensions.fault_points import Point, after, before
from extensions.outbox.message import OutboxMessage
from extensions.outbox.relay import Relay
from extensions.outbox.stored import BatchRows, MessageRows, StoredMessage
from extensions.outbox.table import OutboxBatchColumns, OutboxColumns
from extensions.storage.pipeline import Writer

_log = logging.getLogger(__name__)


class Outbox:
    """Stores and publishes the messages of one service.

    `durable` names the exchanges whose messages outlive a restart of the broker. With `batches`, a
    transaction that has several messages stores them as one row.
    """

    def __init__(
        self,
        exchange: str,
        table: type[OutboxColumns],
        publisher: ConfirmingPublisher,
        durable: tuple[str, ...] = (),
        batches: type[OutboxBatchColumns] | None = None,
    ) -> None:
        self._exchange = exchange
        self._publisher = publisher
        self._durable = durable
        self._rows = MessageRows(table)
        self._batches = BatchRows(batches) if batches is not None else None
        self._tables = [each for each in (self._rows, self._batches) if each is not None]
        self.relay = Relay(self._tables, self._publish)

    @after(Point.BEFORE_COMMIT)
    def record(self, session: Writer, messages: list[OutboxMessage]) -> None:
        """Store messages in the transaction that causes them."""
        for table in self._tables:
            table.delete_sent(session)
        if messages:
            stored = [self._stored(message) for message in messages]
            self._table_of(messages).record(session, [each.id for each in messages], stored)

    @before(Point.COMMITTED)
    def send(self, messages: list[OutboxMessage]) -> None:
        """Publish what has been recorded and committed, ahead of the reply, without waiting.

        `messages` are all those of one call of `record`. Never raises: what the broker does not
        confirm is published by `relay`.
        """
        if messages:
            outgoing = [self._outgoing(self._stored(each)) for each in messages]
            self._publisher.submit(outgoing, partial(self._settle, messages))

    @after(Point.ANNOUNCED)
    def _settle(self, messages: list[OutboxMessage], error: Exception | None) -> None:
        if error is None:
            self._mark_sent(messages)
        else:
            _log.warning("%d messages will be published later: %s", len(messages), error)

    @before(Point.COMMITTED)
    @after(Point.ANNOUNCED)
    def send_confirmed(
        self, messages: list[OutboxMessage], unrecorded: Sequence[OutboxMessage] = ()
    ) -> bool:
        """Publish what has been recorded and committed; return whether the broker has confirmed it.

        `messages` are all those of one call of `record`. Never raises: what the broker does not
        confirm is published by `relay`. The caller sees to it that `unrecorded` messages,
        which follow the others, are sent again.
        """
        stored = [self._stored(message) for message in (*messages, *unrecorded)]
        if stored and self._publish(stored) is not None:
            return False
        self._mark_sent(messages)
        return True

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

    def _mark_sent(self, messages: list[OutboxMessage]) -> None:
        if messages:
            self._table_of(messages).mark_sent([message.id for message in messages])

    def _publish(self, stored: list[StoredMessage]) -> NotPublished | None:
        try:
            self._publisher.publish([self._outgoing(each) for each in stored])
        except NotPublished as error:
            _log.warning("%d messages will be published later: %s", len(stored), error)
            return error
        return None

    def _outgoing(self, stored: StoredMessage) -> Message:
        return Message(
            stored.exchange, stored.routing_key, stored.body, tuple(stored.copies),
            persistent=stored.exchange in self._durable,
        )

    def _stored(self, message: OutboxMessage) -> StoredMessage:
        exchange = message.exchange or self._exchange
        return StoredMessage(exchange, message.routing_key, list(message.cc), message.body)
