"""Commands on what a process has written last, beside instances that it does not know of."""

import random
from contextlib import closing

import psycopg2
import pytest
from nameko.testing.services import worker_factory
from nameko_sqlalchemy.database import DatabaseWrapper
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from arbiter_games.dobutsu import Dobutsu
from extensions.errors import ServiceError
from extensions.storage.database import Session
from extensions.storage.engines import make_engine, migrate
from sessions import recent_rows
from sessions.command_processor import CommandProcessor
from sessions.dependencies import DowntimeCheck
from sessions.exceptions import NotYourTurn
from sessions.game_registry import GameRegistry
from sessions.models import AnsweredCommand, Base, EventRow, SessionRow
from sessions.recent_rows import RecentRows
from sessions.service import SessionsService
from tests import postgres
from tests.unit.fakes import RecordingOutbox, SettableClock
from tools.launch.postgres import libpq_uri

PLAYERS = ["alice", "bob"]
OPTIONS = {"clock": {"initial": 600, "increment": 5}, "rated": True}
STEPS = 60


class Killed(Exception):
    """The transaction did not come to its commit."""


@pytest.fixture
def clock():
    return SettableClock()


@pytest.fixture
def instances(new_postgres, clock, monkeypatch):
    """Makes instances of the service that share a database, and remember rows unless told not to.
    """
    monkeypatch.setattr(recent_rows, "WRITES_AFTER_MISS", 0)  # so that they miss all the time
    engines = []

    def make(number, remember=True):
        settings = postgres.settings(sessions_db_uri=new_postgres())
        migrate(settings, "sessions", Base.__name__)
        made = []
        for _ in range(number):
            engines.append(make_engine(settings.sessions_db_uri, settings, "sessions"))
            maker = sessionmaker(bind=engines[-1], class_=Session, expire_on_commit=False)
            made.append(worker_factory(
                SessionsService, db=DatabaseWrapper(maker), outbox=RecordingOutbox(), clock=clock,
                registry=GameRegistry({"dobutsu": Dobutsu()}), downtime_check=DowntimeCheck(),
                settings=settings, archive=None,
                recent_rows=RecentRows(4 if remember else 0),
            ))
        return made

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture
def service(instances):
    return instances(1)[0]


@pytest.fixture
def new_connection(postgres_server):
    """A connection to the server beside those of the service."""
    with closing(psycopg2.connect(libpq_uri(postgres_server.uri()))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def begin(service, options=OPTIONS, key="key"):
    return service.create(key, "dobutsu", options, PLAYERS)


def move(service, session_id, login=None, number=None, text=None):
    """Make a move of a player, the one to move if no other is named."""
    login = login or service.get(session_id)["to_move"][0]
    text = text or service.get(session_id, login)["legal"][-1]
    command_id = f"c{number or service.get(session_id)['version']}"
    return service.execute(session_id, login, {"type": "move", "move": text}, command_id)


def batch(service, session_ids, number):
    """Return a legal move in each session, as commands of one batch."""
    requests = []
    for session_id in session_ids:
        login = service.get(session_id)["to_move"][0]
        text = service.get(session_id, login)["legal"][-1]
        requests.append({
            "session_id": session_id, "login": login, "command_id": f"c{number}",
            "command": {"type": "move", "move": text},
        })
    return requests


def stored(service, table=SessionRow):
    """Return the rows of a table without what differs between databases."""
    with service.db.get_session() as session:
        rows = session.execute(select(table.__table__).order_by(*table.__table__.primary_key))
        return [{**row, "session_id": None, "seed": None} for row in rows.mappings()]


def test_a_remembered_move_is_taken_back(service):
    session_id = begin(service, {**OPTIONS, "rated": False})
    move(service, session_id, "alice", 1, "b2b3")
    service.execute(session_id, "alice", {"type": "offer_takeback"}, "c2")
    assert service.execute(session_id, "bob", {"type": "accept_takeback"}, "c3")["version"] == 3
    move(service, session_id, "alice", 4, "c1c2")
    assert service.get(session_id)["state"]["ply"] == 1


def test_a_move_after_another_is_one_round_trip(service, waits):
    session_id = begin(service)
    for number in range(4):
        login = service.get(session_id)["to_move"][0]
        text = service.get(session_id, login)["legal"][-1]
        waits.clear()
        move(service, session_id, login, number + 1, text)
    assert len(waits) == 1


def test_a_batch_on_what_was_written_last_is_one_round_trip(service, waits):
    session_ids = [begin(service, key="a"), begin(service, key="b")]
    for number in range(3):
        requests = batch(service, session_ids, number)
        waits.clear()
        service.execute_many(requests)
    assert len(waits) == 1
    assert [each["version"] for each in stored(service)] == [3, 3]
    assert len(stored(service, EventRow)) == 6


def test_a_move_after_a_connection_is_one_round_trip(service, waits):
    for key in ("a", "b"):  # with the first one, statements are prepared
        session_id = begin(service, key=key)
        for login in PLAYERS:
            service.connect(session_id, f"of {login}", "gateway", login)
        login = service.get(session_id)["to_move"][0]
        text = service.get(session_id, login)["legal"][-1]
        waits.clear()
        move(service, session_id, login, 1, text)
    assert len(waits) == 1


def test_a_row_that_a_timer_has_written_is_forgotten(service, clock):
    session_id = begin(service)
    move(service, session_id)
    clock.advance(100)  # while no instance runs
    service.keep_time()
    row = service.recent_rows.take({session_id})
    assert row is None
    assert move(service, session_id)["version"] == 2


def test_a_batch_with_an_old_row_is_decided_once_on_the_latest(instances):
    first, second = instances(2)
    session_ids = [begin(first, key="a"), begin(first, key="b")]
    first.execute_many(batch(first, session_ids, 1))
    second.execute_many(batch(second, session_ids[:1], 2))
    first.outbox.sent.clear()
    answers = first.execute_many(batch(first, session_ids, 3))
    assert [answer["result"]["version"] for answer in answers] == [3, 2]
    assert len(stored(first, EventRow)) == 5
    assert len(first.outbox.sent) == 2


def test_instances_that_take_turns_make_the_same_game(instances):
    services = instances(2)
    session_id = begin(services[0])
    versions = [move(services[step % 3 % 2], session_id)["version"] for step in range(8)]
    assert versions == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [event["version"] for event in stored(services[0], EventRow)] == versions
    sent = [each.params["version"] for service in services for each in service.outbox.sent
            if each.event == "session.state_changed"]
    assert sorted(sent) == versions


def test_a_refusal_on_an_old_row_is_decided_on_the_latest(instances):
    first, second = instances(2)
    session_id = begin(first)
    player = move(first, session_id) and first.get(session_id)["to_move"][0]
    move(second, session_id)
    other = next(login for login in PLAYERS if login != player)
    with pytest.raises(NotYourTurn):
        move(first, session_id, player, "late", "b2b3")
    assert move(first, session_id, other)["version"] == 3


def test_deadlines_that_were_put_off_stay_so(instances, clock):
    first, second = instances(2)
    session_id = begin(first)
    for _ in range(3):
        move(first, session_id)
    second.keep_time()
    [before] = stored(first)
    clock.advance(100)  # while no instance runs
    second.keep_time()
    [after] = stored(first)
    assert after["deadline"] == before["deadline"] + 100
    assert after["version"] == before["version"]
    move(first, session_id)
    assert min(first.get(session_id)["clocks"].values()) >= 600


def test_a_command_that_is_sent_again_gets_its_answer(instances):
    first, second = instances(2)
    session_id = begin(first)
    move(first, session_id, number=1)
    login = first.get(session_id)["to_move"][0]
    offer = (session_id, login, {"type": "offer_draw"}, "offer")
    answer = first.execute(*offer)
    other = next(each for each in PLAYERS if each != login)
    first.execute(session_id, other, {"type": "decline_draw"}, "decline")
    for service in (first, second, first):
        assert service.execute(*offer) == answer
    assert len(stored(first, EventRow)) == 3
    assert len(stored(first, AnsweredCommand)) == 3


def test_a_death_before_the_commit_leaves_nothing(service, monkeypatch):
    session_id = begin(service)
    move(service, session_id)

    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(service.outbox, "record", die)
        with pytest.raises(Killed):
            move(service, session_id)
    assert service.get(session_id)["version"] == 1
    assert move(service, session_id)["version"] == 2


def test_a_move_on_a_connection_that_has_broken_is_made(service, new_connection):
    session_id = begin(service)
    for number in range(3):
        login = service.get(session_id)["to_move"][0]
        text = service.get(session_id, login)["legal"][-1]
        if number:  # the first one, in a new process, looks for downtime before
            new_connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE application_name = 'arbiter sessions'"
            )
        assert move(service, session_id, login, number + 1, text)["version"] == number + 1


@pytest.mark.parametrize("seed", range(5))
def test_remembering_changes_no_answer_and_no_row(instances, clock, seed):
    chance = random.Random(seed)
    remembering, others = instances(2), instances(1, remember=False)
    session_ids = [begin(remembering[0]), begin(others[0])]
    given = []
    for step in range(STEPS):
        clock.advance(chance.choice([0.1, 0.5]))
        if given and chance.random() < 0.25:
            login, command, command_id = chance.choice(given)
        else:
            login, command = _command(chance, others[0], session_ids[1])
            command_id = f"c{step}"
        given.append((login, command, command_id))
        services = chance.choice(remembering), others[0]
        answers = [
            _answer(service, session_id, login, command, command_id)
            for service, session_id in zip(services, session_ids, strict=True)
        ]
        assert answers[0] == answers[1]
    for table in (SessionRow, EventRow, AnsweredCommand):
        assert stored(remembering[0], table) == stored(others[0], table)


def _command(chance, service, session_id):
    """Return a command, mostly a legal move."""
    snapshot = service.get(session_id)
    to_move = snapshot["to_move"] or PLAYERS
    kind = chance.choices(
        ["move", "illegal", "offer_draw", "decline_draw", "resign"], [80, 5, 7, 7, 0.3]
    )[0]
    login = to_move[0] if chance.random() < 0.9 else chance.choice(PLAYERS)
    if kind == "illegal":
        return login, {"type": "move", "move": "a1a4"}
    if kind != "move":
        return login, {"type": kind}
    legal = service.get(session_id, login).get("legal") or ["b2b3"]
    return login, {"type": "move", "move": chance.choice(legal)}


def _answer(service, session_id, login, command, command_id):
    request = {
        "session_id": session_id, "login": login, "command": command, "command_id": command_id
    }
    [outcome] = CommandProcessor.of(service).process([request])
    return type(outcome) if isinstance(outcome, ServiceError) else outcome
