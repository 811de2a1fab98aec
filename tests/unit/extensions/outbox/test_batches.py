"""Messages of one transaction that are stored as one row, and published late as all others."""

import time

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select, update
from sqlalchemy.orm import DeclarativeBase

from extensions.outbox.message import OutboxMessage
from extensions.outbox.outbox import Outbox
from extensions.outbox.relay import OVERDUE_AFTER_SECONDS, RELAY_BATCH_ROWS
from extensions.outbox.table import OutboxBatchColumns, OutboxColumns


class Base(DeclarativeBase):
    pass


class Row(OutboxColumns, Base):
    pass


class Batch(OutboxBatchColumns, Base):
    pass


@pytest.fixture
def db(database):
    return database(Base)


@pytest.fixture
def new_outbox(publisher):
    """Makes the outbox of a process."""
    return lambda: Outbox("tests.events", Row, publisher, Batch)


@pytest.fixture
def outbox(new_outbox):
    return new_outbox()


@pytest.fixture
def record(db, outbox):
    """Records messages of these events in a transaction of their own, and returns them."""

    def record(*events, **rest):
        messages = [OutboxMessage("room.1", event, {}, **rest) for event in events]
        with db.get_session() as session:
            outbox.record(session, messages)
        return messages

    return record


@pytest.fixture
def relay(db, outbox):
    """Lets the relay of a process look, so many seconds from now."""

    def relay(after=OVERDUE_AFTER_SECONDS + 1, process=outbox):
        now = time.time() + after
        if not process.has_overdue(db.Session.kw["bind"], now):
            return False
        with db.get_session() as session:
            return process.publish_overdue(session, now)

    return relay


@pytest.fixture
def stored(db):
    """Returns the ids of the rows of both tables."""

    def stored():
        with db.get_session() as session:
            return set(session.scalars(select(Row.id))), set(session.scalars(select(Batch.id)))

    return stored


def test_several_messages_are_one_row_and_one_is_its_own(record, stored):
    several, [one] = record("a", "b", "c"), record("d")
    assert stored() == ({one.id}, {several[0].id})


def test_the_relay_deletes_sent_messages_of_both_tables(record, outbox, relay, stored, publisher):
    outbox.send(record("a", "b"))
    outbox.send(record("c"))
    assert outbox.has_sent_rows
    relay()
    assert publisher.events == ["a", "b", "c"] and stored() == (set(), set())
    assert not outbox.has_sent_rows


def test_another_process_sends_what_was_never_sent(record, relay, new_outbox, stored, publisher):
    messages = record("a", "b", players=("alice",), internal={"legal": {}})
    results = record("c", "d", exchange="tests.results")
    other = new_outbox()
    relay(process=other)
    assert [each.body for each in publisher.messages] == [
        each.body for each in (*messages, *results)
    ]
    assert [tuple(each.cc) for each in publisher.messages[:2]] == [each.cc for each in messages]
    assert [each.exchange for each in publisher.messages] == [
        "tests.events", "tests.events", "tests.results", "tests.results"
    ]
    relay(process=other)
    assert len(publisher.messages) == 4 and stored() == (set(), set())


def test_while_the_broker_is_away_a_batch_is_kept(record, outbox, relay, stored, publisher):
    publisher.away = True
    messages = record("a", "b")
    outbox.send(messages)
    assert not outbox.send_confirmed(messages)
    relay()
    assert stored() == (set(), {messages[0].id})
    publisher.away = False
    relay()
    assert publisher.events == ["a", "b"]


def test_messages_that_may_just_be_sent_are_left_alone(record, relay, publisher):
    record("a", "b")
    relay(after=OVERDUE_AFTER_SECONDS - 1)
    assert publisher.messages == []


def test_rolled_back_messages_are_never_sent(db, outbox, relay, publisher):
    with pytest.raises(RuntimeError), db.get_session() as session:
        outbox.record(session, [OutboxMessage("room.1", each, {}) for each in "ab"])
        raise RuntimeError
    relay()
    assert publisher.messages == []


def test_the_oldest_of_both_tables_go_first(db, record, relay, publisher):
    for age, events in enumerate([["e", "f"], ["d"], ["b", "c"], ["a"]]):
        [first, *_] = record(*events)
        table = Batch if len(events) > 1 else Row
        with db.get_session() as session:
            at = time.time() - age
            session.execute(update(table).where(table.id == first.id).values(created_at=at))
    relay()
    assert publisher.events == ["a", "b", "c", "d", "e", "f"]


def test_so_many_rows_are_sent_at_once(record, relay, publisher):
    for _ in range(RELAY_BATCH_ROWS + 1):
        record("a", "b")
    assert relay()
    assert len(publisher.messages) == 2 * RELAY_BATCH_ROWS
    assert not relay()
    assert len(publisher.messages) == 2 * RELAY_BATCH_ROWS + 2


def test_all_messages_that_wait_are_counted(record, relay, publisher):
    publisher.away = True
    record("a", "b", "c")
    record("d")
    relay(after=10)
    assert REGISTRY.get_sample_value("arbiter_outbox_messages") == 4
    assert 10 <= REGISTRY.get_sample_value("arbiter_outbox_oldest_seconds") < 60
