"""The outbox on a real broker: the exchanges, and what is sent late."""

import time

import eventlet
import pytest
from amqp import NotFound, PreconditionFailed
from kombu import Connection
from sqlalchemy import select

import accounts.events
import accounts.models
import auth.events
import auth.models
import extensions.outbox.provider
import private_rooms.events
import private_rooms.models
import rooms.events
import rooms.models
import sessions.events
import sessions.models
from accounts.service import AccountsService
from auth.service import AuthService
from extensions.outbox.outbox import Outbox
from extensions.settings import Settings
from extensions.storage import engines
from extensions.storage.pipeline import BY_INDEXES
from private_rooms.service import PrivateRoomsService
from rooms.service import RoomsService
from searcher.service import SearcherService
from sessions.service import SessionsService
from tests.stack import eventually

STORING = {
    "accounts": (AccountsService, accounts.models, accounts.events.EXCHANGE),
    "auth": (AuthService, auth.models, auth.events.EXCHANGE),
    "private_rooms": (PrivateRoomsService, private_rooms.models, private_rooms.events.EXCHANGE),
    "rooms": (RoomsService, rooms.models, rooms.events.EXCHANGE),
    "sessions": (SessionsService, sessions.models, sessions.events.EXCHANGE),
}
EXCHANGES = {
    "account.events": AccountsService,
    "auth.events": AuthService,
    "private_room.events": PrivateRoomsService,
    "room.events": RoomsService,
    "room.private_changes": RoomsService,
    "searcher_service.events": SearcherService,
    "session.events": SessionsService,
    "session.results": SessionsService,
}


@pytest.fixture
def exchange_is(settings):
    """Tells whether there is an exchange with just these properties."""

    def matches(name, **properties):
        with Connection(settings["AMQP_URI"]) as connection:
            try:
                connection.default_channel.exchange_declare(name, "", passive=True)
            except NotFound:
                return False
            try:
                connection.channel().exchange_declare(name, auto_delete=False, **properties)
            except PreconditionFailed:
                return False
            return True

    return matches


@pytest.fixture(params=EXCHANGES)
def exchange(request, settings):
    with Connection(settings["AMQP_URI"]) as connection:
        connection.default_channel.exchange_delete(request.param)
    return request.param


def test_a_service_that_runs_has_its_durable_fanout_exchange(exchange, containers, exchange_is):
    containers(EXCHANGES[exchange])
    eventually(lambda: exchange_is(exchange, type="fanout", durable=True))
    assert not exchange_is(exchange, type="topic", durable=True)


@pytest.fixture
def message(request):
    """A message that was committed long ago and never announced, as a row of a service's table."""

    def row(models, exchange, **changes):
        return models.OutboxRow(
            **{
                "id": "message-1", "created_at": 1.0, "exchange": exchange,
                "routing_key": "about.it.happened", "copies": ["player.alice.happened"],
                "body": {"id": "message-1", "event": "happened", "params": {"at": "then"}},
                **changes,
            }
        )

    return row


@pytest.mark.parametrize("name", STORING)
def test_a_committed_message_is_announced_late_and_forgotten(
    name, containers, settings, tap, store, rows, message, monkeypatch
):
    service, models, exchange = STORING[name]
    monkeypatch.setattr(extensions.outbox.provider, "RELAY_INTERVAL_SECONDS", 0.1)
    ear = tap(exchange)
    store(name, models.Base, message(models, exchange))
    containers(service)
    heard = ear.next()
    assert (heard.exchange, heard.routing_key) == (exchange, "about.it.happened")
    assert heard.copies == ["player.alice.happened"]
    assert heard.body == {"id": "message-1", "event": "happened", "params": {"at": "then"}}
    eventually(lambda: rows(name, models.Base, select(models.OutboxRow)) == [])
    assert ear.rest() == []


def test_late_messages_come_in_the_order_of_their_commits(
    containers, tap, store, message, monkeypatch
):
    monkeypatch.setattr(extensions.outbox.provider, "RELAY_INTERVAL_SECONDS", 0.1)
    ear = tap("session.events", "session.results")
    store(
        "sessions", sessions.models.Base,
        *(
            message(
                sessions.models, "session.results" if number == 7 else "session.events",
                id=f"{number}", created_at=float(number), body={"event": f"{number}"},
            )
            for number in (3, 1, 2, 7, 5)
        ),
    )
    containers(SessionsService)
    heard = [ear.next() for _ in range(5)]
    assert [each.event for each in heard] == ["1", "2", "3", "5", "7"]
    assert [each.persistent for each in heard] == [False, False, False, False, True]


def test_messages_that_were_stored_together_are_published_late(
    containers, tap, store, rows, monkeypatch
):
    monkeypatch.setattr(extensions.outbox.provider, "RELAY_INTERVAL_SECONDS", 0.1)
    ear = tap("session.events", "session.results")
    messages = [
        ["session.events", "about.it.one", ["player.alice.one"], {"event": "one"}],
        ["session.results", "about.it.two", [], {"event": "two"}],
    ]
    row = sessions.models.OutboxBatchRow(id="1", created_at=1.0, number=2, messages=messages)
    store("sessions", sessions.models.Base, row)
    containers(SessionsService)
    heard = {each.event: each for each in (ear.next(), ear.next())}
    assert {event: each.persistent for event, each in heard.items()} == {"one": False, "two": True}
    assert heard["one"].copies == ["player.alice.one"]
    query = select(sessions.models.OutboxBatchRow)
    eventually(lambda: rows("sessions", sessions.models.Base, query) == [])
    assert ear.rest() == []


def test_a_message_just_committed_is_left_to_its_sender(
    containers, tap, store, message, monkeypatch, cluster
):
    monkeypatch.setattr(extensions.outbox.provider, "RELAY_INTERVAL_SECONDS", 0.05)
    ear = tap("account.events")
    containers(AccountsService)
    store("accounts", accounts.models.Base,
          message(accounts.models, "account.events", created_at=4e9))
    eventlet.sleep(0.3)
    assert ear.rest() == []


def test_announced_messages_are_deleted_from_the_outbox(containers, cluster, rows, monkeypatch):
    monkeypatch.setattr(extensions.outbox.provider, "RELAY_INTERVAL_SECONDS", 0.1)
    containers(AccountsService)
    cluster.accounts.create("alice")
    query = select(accounts.models.OutboxRow)
    eventually(lambda: rows("accounts", accounts.models.Base, query) == [])


def test_a_relay_without_work_takes_one_round_trip(new_postgres, waits):
    settings, models = Settings(sessions_db_uri=new_postgres()), sessions.models
    engines.migrate(settings, "sessions", models.Base.__name__)
    engine = engines.make_engine(settings.sessions_db_uri, settings, "sessions")
    outbox = Outbox("session.events", models.OutboxRow, None, models.OutboxBatchRow)
    for _ in range(2):  # the first time, its statement is prepared
        waits.clear()
        assert not outbox.has_overdue(engine, time.time())
    assert len(waits) == 1
    with engine.connect() as connection:
        connection.exec_driver_sql(BY_INDEXES)
        plan = connection.exec_driver_sql(f"EXPLAIN {outbox._relay._query}").scalars().all()
    assert not [line for line in plan if "Seq Scan" in line]
    engine.dispose()
