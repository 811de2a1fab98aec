"""PostgreSQL under eventlet: it holds nobody up, is found again, and tells what is amiss."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import eventlet
import psycopg2
import pytest
import sqlalchemy
from eventlet.event import Event
from sqlalchemy import JSON, Integer, String, func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from extensions.errors import StorageAway, StorageBusy
from extensions.settings import Settings
from extensions.storage import engines, idle_check, write_probe
from extensions.storage.database import Database, advisory_lock, engine_of, upsert
from extensions.storage.pipeline import BY_INDEXES
from tests.process import ROOT
from tests.stack import eventually
from tests.unit.fakes import Container
from tools.launch.postgres import Postgres, libpq_uri

WAITING_FOR_LOCKS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "rows"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(10))
    data: Mapped[dict] = mapped_column(JSON, default=dict)


@pytest.fixture
def limits():
    """Settings of a test that waits for a limit; all other limits are the usual ones."""
    return {}


@dataclass(frozen=True)
class SettingsOfTests(Settings):
    """Settings with the database of a service that is called tests."""

    tests_db_uri: str = ""


@pytest.fixture
def settings(new_postgres, limits):
    return SettingsOfTests(tests_db_uri=new_postgres(), **limits)


@pytest.fixture
def db(settings):
    """A service's database, as a worker of its has it."""
    container = Container(settings, "tests")
    provider = Database(Base).bind(container, "db")
    provider.setup()
    yield provider.get_dependency(Container(settings, "a worker"))
    engines.open_engines.pop(settings.tests_db_uri).dispose()


@pytest.mark.parametrize("limits", [{"db_lock_timeout": 60, "db_statement_timeout": 60}])
def test_while_one_waits_for_the_database_others_run(db):
    def query():
        with db.get_session() as session:
            advisory_lock(session, "a lock")

    with db.get_session() as holder:
        advisory_lock(holder, "a lock")
        waiting = [eventlet.spawn(query) for _ in range(4)]
        # If a query kept the process waiting, this one would never release the lock.
        eventually(lambda: holder.scalar(text(WAITING_FOR_LOCKS)) == len(waiting), 30)
    for each in waiting:
        each.wait()


def test_a_process_in_which_all_would_wait_does_not_start():
    script = "from extensions.storage.postgres import require_wait_callback as require; require()"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "nameko run" in done.stderr


@pytest.mark.parametrize("limits", [{"db_statement_timeout": 1}])
def test_a_statement_has_its_time_and_no_more(db):
    started = time.monotonic()
    with pytest.raises(StorageBusy):
        with db.get_session() as session:
            session.execute(text("SELECT pg_sleep(60)"))
    assert time.monotonic() - started > 0.9


@pytest.mark.parametrize("limits", [{"db_lock_timeout": 0.3}])
def test_a_row_that_others_hold_is_not_waited_for_for_ever(db):
    with db.get_session() as session:
        upsert(session, Row, {"id": 1, "name": "one"})
    with db.get_session() as holder:
        holder.get(Row, 1, with_for_update=True)
        with pytest.raises(StorageBusy):
            with db.get_session() as session:
                session.get(Row, 1, with_for_update=True)


@pytest.mark.parametrize("limits", [{"db_idle_timeout": 0.5}])
def test_a_hanging_transaction_is_lost(db):
    with pytest.raises(StorageAway):
        with db.get_session() as hanging:
            hanging.execute(select(Row))
            eventlet.sleep(1)
            hanging.execute(select(Row))


def test_one_of_two_deadlocked_transactions_goes_on(db):
    with db.get_session() as session:
        for number in (1, 2):
            upsert(session, Row, {"id": number, "name": "row"})
    outcomes = []

    def lock(one, mine, other, theirs):
        try:
            with db.get_session() as session:
                session.execute(text("SET LOCAL lock_timeout = 0"))
                session.execute(text("SET LOCAL deadlock_timeout = 50"))
                session.get(Row, one, with_for_update=True)
                mine.send()
                theirs.wait()
                session.get(Row, other, with_for_update=True)
        except StorageBusy:
            outcomes.append("busy")
        else:
            outcomes.append("done")

    first, second = Event(), Event()
    for each in [
        eventlet.spawn(lock, 1, first, 2, second), eventlet.spawn(lock, 2, second, 1, first)
    ]:
        each.wait()
    assert sorted(outcomes) == ["busy", "done"]


def test_a_server_that_is_silent_is_given_up(db, monkeypatch):
    monkeypatch.setattr(idle_check, "MAX_UNSEEN_SECONDS", 0.0)
    monkeypatch.setattr(idle_check, "MAX_IDLE_SECONDS", 0.0)
    with db.get_session() as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
    os.kill(pid, signal.SIGSTOP)
    try:
        with db.get_session() as session:  # notices before it has begun, and takes another one
            assert session.scalar(text("SELECT pg_backend_pid()")) != pid
    finally:
        os.kill(pid, signal.SIGCONT)


class TestIdleConnections:
    """A pooled connection that breaks while nobody uses it."""

    @pytest.fixture
    def end_all(self, db, settings):
        """Has the server end this number of pooled connections, which it opens first."""

        def end_all(number):
            sessions = [db.get_session() for _ in range(number)]
            pids = {each.scalar(text("SELECT pg_backend_pid()")) for each in sessions}
            for each in sessions:
                each.close()
            other = psycopg2.connect(libpq_uri(settings.tests_db_uri))
            with other, other.cursor() as cursor:
                ending = "SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s) AS pid"
                cursor.execute(ending, (list(pids),))
            other.close()

        return end_all

    @pytest.mark.parametrize("idle_seconds", [0.0, 3600.0])
    def test_after_a_pause_it_is_replaced_before_it_is_used(
        self, db, end_all, monkeypatch, idle_seconds
    ):
        monkeypatch.setattr(idle_check, "MAX_UNSEEN_SECONDS", 0.0)
        monkeypatch.setattr(idle_check, "MAX_IDLE_SECONDS", idle_seconds)
        end_all(1)
        with db.get_session() as session:
            assert session.scalar(select(func.count()).select_from(Row)) == 0

    def test_after_a_short_pause_no_round_trip_finds_its_end(self, db, end_all, monkeypatch):
        monkeypatch.setattr(idle_check, "MAX_UNSEEN_SECONDS", 0.0)
        monkeypatch.setattr(idle_check, "MAX_IDLE_SECONDS", 3600.0)
        end_all(1)
        with db.get_session() as session:
            pid = session.scalar(text("SELECT pg_backend_pid()"))
        pings = []
        monkeypatch.setattr(engine_of(db).dialect, "do_ping", pings.append)
        with db.get_session() as session:
            assert session.scalar(text("SELECT pg_backend_pid()")) == pid
        assert pings == []

    def test_one_in_constant_use_counts_as_storage_away(self, db, end_all, monkeypatch):
        monkeypatch.setattr(idle_check, "MAX_UNSEEN_SECONDS", 3600.0)
        end_all(3)
        with pytest.raises(StorageAway), db.get_session() as session:
            session.execute(select(Row))
        for each in [db.get_session() for _ in range(3)]:  # the others are tested from then on
            assert each.scalar(select(func.count()).select_from(Row)) == 0
            each.close()


def test_a_server_that_has_restarted_is_found_again(tmp_path):
    with Postgres(tmp_path / "postgres", ["tests"], durable=False) as server:
        uri = server.uri("tests")
        settings = SettingsOfTests(tests_db_uri=uri)
        container = Container(settings, "tests")
        provider = Database(Base).bind(container, "db")
        provider.setup()
        db = provider.get_dependency(Container(settings, "a worker"))
        with db.get_session() as session:
            upsert(session, Row, {"id": 1, "name": "kept"})
        write_probe.write(provider.engine)
        with pytest.raises(StorageAway):
            with db.get_session() as session:
                session.execute(select(Row))
                server.kill()
                session.execute(select(Row))
        with pytest.raises(StorageAway):
            with db.get_session() as session:
                session.execute(select(Row))
        server.start()
        with db.get_session() as session:
            assert session.scalar(select(Row.name)) == "kept"
        engines.open_engines.pop(uri).dispose()


def test_a_service_that_starts_waits_for_its_database(tmp_path):
    server = Postgres(Path(tmp_path / "postgres"), ["tests"], durable=False)
    with server:
        uri = server.uri("tests")
    settings = SettingsOfTests(tests_db_uri=uri)
    opening = eventlet.spawn(engines.engine, settings, "tests", Base)
    eventlet.sleep(0.2)
    assert not opening.dead
    with server:
        with opening.wait().connect() as connection:
            assert connection.scalar(select(func.count()).select_from(Row)) == 0
        engines.open_engines.pop(uri).dispose()


@pytest.mark.parametrize("limits", [{"db_pool_timeout": 0.3}])
def test_the_pool_has_a_connection_for_each_worker_and_no_more(db, settings):
    pool = engines.open_engines[settings.tests_db_uri].pool
    assert pool.size() >= settings.max_workers
    sessions = [db.get_session() for _ in range(pool.size())]
    for session in sessions:
        session.execute(select(Row))
    with pytest.raises(StorageBusy):
        with db.get_session() as session:
            session.execute(select(Row))
    for session in sessions:
        session.invalidate()  # the server may have ended some meanwhile, as idle for too long


def test_a_table_that_must_be_read_whole_is_not_compiled_for(db):
    with db.get_session() as session:
        session.execute(text(BY_INDEXES))
        plan = session.scalars(text("EXPLAIN ANALYZE SELECT max(name) FROM rows")).all()
    assert any("Seq Scan on rows" in line for line in plan)
    assert not any("JIT" in line for line in plan)


@pytest.mark.parametrize("said", ["a\0b", "\ud800", "\U0001f600", "'; DROP TABLE rows; --"])
def test_json_comes_back_as_it_was(db, said):
    with db.get_session() as session:
        session.add(Row(id=1, name="json", data={said: [said]}))
    with db.get_session() as session:
        assert session.scalar(select(Row.data)) == {said: [said]}


def test_concurrent_upserts_of_a_row_leave_one(db):
    def write(name):
        with db.get_session() as session:
            upsert(session, Row, {"id": 1, "name": name, "data": {}}, update=("name",))
            eventlet.sleep(0.05)

    for each in [eventlet.spawn(write, str(number)) for number in range(5)]:
        each.wait()
    with db.get_session() as session:
        assert session.scalar(select(func.count()).select_from(Row)) == 1


def test_an_advisory_lock_keeps_others_out(db):
    order = []

    def work(number):
        with db.get_session() as session:
            advisory_lock(session, "a name")
            order.append(number)
            eventlet.sleep(0.02)
            order.append(number)

    for each in [eventlet.spawn(work, number) for number in range(4)]:
        each.wait()
    assert order[::2] == order[1::2]


def test_no_password_is_told():
    settings = SettingsOfTests(tests_db_uri="postgresql+psycopg2://u:secret@127.0.0.1:1/x")
    with pytest.raises(sqlalchemy.exc.OperationalError) as failure:
        engines.migrate(settings, "tests", "Base", Base)
    assert "secret" not in str(failure.value)
