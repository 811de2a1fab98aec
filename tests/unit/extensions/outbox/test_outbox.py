"""Messages are stored with what they announce, sent after it, and sent late rather than never."""

import time

import eventlet
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import create_engine, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase

from extensions.amqp.publisher import NotPublished
from extensions.observability.health import STUCK_CHECK_INTERVAL_SECONDS, LoopHealth
from extensions.outbox.message import OutboxMessage
from extensions.outbox.outbox import Outbox
from extensions.outbox.provider import OutboxProvider
from extensions.outbox.relay import OVERDUE_AFTER_SECONDS, RELAY_BATCH_ROWS
from extensions.outbox.stored import DELETE_BATCH_ROWS
from extensions.outbox.table import OutboxColumns
from extensions.storage.pipeline import Pipeline


class Base(DeclarativeBase):
    pass


class Stored(OutboxColumns, Base):
    pass


@pytest.fixture
def the_outbox(publisher):
    return Outbox("tests.events", Stored, publisher)


@pytest.fixture
def db(database):
    return database(Base)


@pytest.fixture
def record(db, the_outbox):
    """Records messages in a transaction of their own."""

    def record(*messages):
        with db.get_session() as session:
            the_outbox.record(session, list(messages))

    return record


@pytest.fixture
def outbox(db, the_outbox):
    """Makes an outbox to which all that is stored is overdue."""

    def make():
        with db.get_session() as session:
            session.execute(update(Stored).values(created_at=0.0))
            made = OutboxProvider("tests.events", Stored, Base)
            made.engine = session.get_bind()
        made.outbox, made.health = the_outbox, LoopHealth("outbox_relay")
        return made

    return make


@pytest.fixture
def relay(db, the_outbox):
    """Lets the relay look, so many seconds from now."""

    def relay(after=OVERDUE_AFTER_SECONDS + 1):
        now = time.time() + after
        if not the_outbox.has_overdue(db.Session.kw["bind"], now):
            return False
        with db.get_session() as session:
            return the_outbox.publish_overdue(session, now)

    return relay


@pytest.fixture
def stored(db):
    """The ids of the messages that are kept."""

    def stored():
        with db.get_session() as session:
            return set(session.scalars(select(Stored.id)))

    return stored


def message(event="room.filled", **rest):
    return OutboxMessage("room.1", event, {"room": {"room_id": "1"}}, **rest)


class TestMessages:
    def test_a_message_is_addressed_by_its_subject_and_players(self):
        filled = message(players=("alice", "bob"))
        assert filled.routing_key == "room.1"
        assert filled.cc == ("player.alice", "player.bob")

    def test_internal_fields_stand_beside_the_params(self):
        told = message(internal={"legal": {"alice": []}})
        assert told.body == {
            "id": told.id, "event": "room.filled", "params": {"room": {"room_id": "1"}},
            "legal": {"alice": []},
        }

    def test_every_message_is_known_by_an_id_of_its_own(self):
        assert message().id != message().id


class TestRecord:
    def test_messages_are_stored_with_the_transaction(self, record, stored, publisher):
        one, other = message(), message()
        record(one, other)
        assert stored() == {one.id, other.id}
        assert publisher.messages == []

    def test_rolled_back_messages_are_never_announced(self, db, the_outbox, relay, publisher):
        with pytest.raises(RuntimeError), db.get_session() as session:
            the_outbox.record(session, [message()])
            raise RuntimeError("no")
        relay()
        assert publisher.messages == []

    def test_recording_no_messages_stores_nothing(self, record, stored):
        record()
        assert stored() == set()


class TestSend:
    def test_messages_go_out_in_one_go_as_they_were_recorded(self, record, the_outbox, publisher):
        one, other = message(players=("alice",)), message("room.closed")
        record(one, other)
        the_outbox.send([one, other])
        assert publisher.calls == 1
        first, second = publisher.messages
        assert (first.exchange, first.routing_key, first.body, first.cc) == (
            "tests.events", "room.1", one.body, ("player.alice",)
        )
        assert second.body == other.body

    def test_a_message_may_have_an_exchange_of_its_own(self, the_outbox, publisher):
        the_outbox.send([message(), message(exchange="tests.results")])
        assert [each.exchange for each in publisher.messages] == ["tests.events", "tests.results"]

    def test_sending_no_messages_asks_nobody(self, the_outbox, publisher):
        the_outbox.send([])
        assert the_outbox.send_confirmed([])
        assert publisher.calls == 0

    def test_the_relay_deletes_what_was_sent(self, record, the_outbox, relay, stored, publisher):
        sent, unsent = message(), message()
        record(sent, unsent)
        the_outbox.send([sent])
        relay(after=0)
        assert stored() == {unsent.id}
        assert not the_outbox.has_sent_rows
        relay()
        assert publisher.messages[0].body == sent.body and len(publisher.messages) == 2

    def test_rows_of_a_failed_deletion_are_not_published_again(
        self, record, the_outbox, outbox, stored, publisher, monkeypatch
    ):
        def fail(_):
            raise OperationalError("COMMIT", {}, Exception("the database is away"))

        sent = message()
        record(sent)
        the_outbox.send([sent])
        outbox = outbox()
        with monkeypatch.context() as failing:
            failing.setattr(Pipeline, "commit", fail)
            assert not outbox._relay_once()
        assert stored() == {sent.id}
        assert outbox._relay_once()
        assert stored() == set()
        assert publisher.events == ["room.filled"]

    def test_the_sender_may_ask_whether_the_broker_has_a_message(
        self, record, the_outbox, publisher
    ):
        joined, filled = message("room.joined"), message()
        record(joined)
        assert the_outbox.send_confirmed([joined], unrecorded=[filled])
        assert the_outbox.send_confirmed([], unrecorded=[message("room.closed")])
        assert publisher.events == ["room.joined", "room.filled", "room.closed"]
        publisher.away = True
        assert not the_outbox.send_confirmed([joined])

    def test_without_a_broker_nothing_is_raised_or_lost(
        self, record, the_outbox, stored, publisher
    ):
        kept = message()
        record(kept)
        publisher.away = True
        the_outbox.send([kept])
        record()
        assert stored() == {kept.id}


class TestRelay:
    def test_an_unsent_message_is_sent_late_under_the_same_id(
        self, record, relay, stored, publisher
    ):
        lost = message(players=("alice",), internal={"legal": {}}, exchange="tests.results")
        record(lost)
        relay()
        [sent] = publisher.messages
        assert (sent.body, tuple(sent.cc), sent.exchange) == (
            lost.body, lost.cc, "tests.results"
        )
        relay()
        assert stored() == set()
        assert len(publisher.messages) == 1

    def test_messages_that_may_just_be_sent_are_left_alone(self, record, relay, publisher):
        record(message())
        relay(after=OVERDUE_AFTER_SECONDS - 1)
        assert publisher.messages == []

    def test_messages_under_way_are_sent_as_well_on_demand(self, db, the_outbox, record, publisher):
        record(message())
        with db.get_session() as session:
            the_outbox.publish_overdue(session, time.time(), overdue_after=0)
        assert publisher.events == ["room.filled"]

    def test_while_the_broker_is_away_it_keeps_trying(self, record, relay, publisher):
        record(message())
        publisher.away = True
        relay()
        relay()
        publisher.away = False
        relay()
        assert publisher.events == ["room.filled"]

    def test_the_oldest_go_first_and_so_many_at_once(self, db, record, relay, publisher):
        record(*(message(f"event {number}") for number in range(RELAY_BATCH_ROWS + 1)))
        with db.get_session() as session:
            for row in session.scalars(select(Stored)).all():
                created = time.time() - int(row.body["event"].removeprefix("event "))
                session.execute(
                    update(Stored).where(Stored.id == row.id).values(created_at=created)
                )
        relay()
        assert len(publisher.messages) == RELAY_BATCH_ROWS
        assert publisher.events[0] == f"event {RELAY_BATCH_ROWS}"
        relay()
        assert publisher.events == [f"event {number}" for number in range(RELAY_BATCH_ROWS, -1, -1)]

    def test_a_round_of_it_announces_all_that_has_gathered(self, record, publisher, outbox):
        record(*(message() for _ in range(2 * RELAY_BATCH_ROWS + 1)))
        assert outbox()._relay_once()
        assert len(publisher.messages) == 2 * RELAY_BATCH_ROWS + 1

    def test_a_refused_relay_is_unhealthy_until_it_succeeds(
        self, record, publisher, outbox, monkeypatch
    ):
        publisher.away = True
        record(message())
        outbox = outbox()
        started = time.monotonic()
        monkeypatch.setattr("extensions.observability.health.time.monotonic", lambda: started + 60)
        assert not outbox._relay_once()
        assert outbox.health.problem() == "outbox_relay has not run for 60 s"
        assert not outbox.health.is_stuck(STUCK_CHECK_INTERVAL_SECONDS)
        publisher.away = False
        assert outbox._relay_once()
        assert outbox.health.problem() is None

    def test_a_round_ends_at_once_while_the_broker_is_away(self, db, record, relay, publisher):
        record(*(message() for _ in range(RELAY_BATCH_ROWS)))
        publisher.away = True
        assert not relay()
        publisher.away = False
        assert relay()

    def test_without_its_database_it_is_tried_again(self, record, publisher, outbox, monkeypatch):
        record(message())
        outbox, tried = outbox(), []
        outbox.engine = create_engine("sqlite:////no/folder/of/this/name")
        outbox.outbox._relay.error = NotPublished("of the run before")
        assert not outbox._relay_once()
        monkeypatch.setattr(outbox.health, "failed", lambda error, transient: tried.append((
            type(error), transient
        )))
        assert not outbox._relay_once()
        assert tried == [(OperationalError, True)] and not publisher.messages


class TestStop:
    @pytest.fixture
    def stopping(self, outbox, publisher):
        """The outbox of a service that stops; the broker confirms as the test says."""
        outbox = outbox()
        outbox.publisher, publisher.is_idle = publisher, True
        publisher.stop = lambda: setattr(publisher, "away", True)
        return outbox

    def test_any_number_of_published_messages_is_deleted(
        self, record, stopping, the_outbox, stored, publisher
    ):
        messages = [message() for _ in range(DELETE_BATCH_ROWS + 1)]
        record(*messages)
        the_outbox.send(messages)
        stopping.stop()
        assert stored() == set() and len(publisher.messages) == len(messages)
        assert publisher.away

    def test_a_stop_waits_for_unconfirmed_messages(self, record, stopping, stored, publisher):
        publisher.is_idle = False
        stopping_thread = eventlet.spawn(stopping.stop)
        eventlet.sleep(0)
        assert not publisher.away
        publisher.is_idle = True
        with eventlet.Timeout(60):
            stopping_thread.wait()
        assert publisher.away


class TestMetrics:
    @staticmethod
    def value(name):
        return REGISTRY.get_sample_value(f"arbiter_outbox_{name}")

    def test_waiting_messages_are_counted_with_the_oldest_age(self, record, relay, publisher):
        publisher.away = True
        record(message(), message())
        relay(after=10)
        assert self.value("messages") == 2
        assert 10 <= self.value("oldest_seconds") < 60

    def test_sent_messages_do_not_count_as_waiting(self, record, relay):
        record(message())
        relay()
        relay()
        assert (self.value("messages"), self.value("oldest_seconds")) == (0, 0)

    def test_only_what_has_been_published_late_counts_as_such(self, record, relay, publisher):
        before = self.value("published_late_total")
        publisher.away = True
        record(message(), message())
        relay()
        assert self.value("published_late_total") == before
        publisher.away = False
        relay()
        assert self.value("published_late_total") == before + 2
