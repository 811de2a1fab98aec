"""A transaction in two round trips, on both engines: what is kept, and what a failure leaves."""

from contextlib import contextmanager
from dataclasses import dataclass

import eventlet
import psycopg2
import pytest
from sqlalchemy import JSON, String, delete, insert, select, text, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from extensions.errors import StorageAway
from extensions.settings import Settings
from extensions.storage import engines, idle_check
from extensions.storage.database import Database, engine_of, storage_errors
from extensions.storage.driver_connection import DriverConnection
from extensions.storage.pipeline import Pipeline
from tests.stack import eventually
from tests.unit.fakes import Container
from tools.launch.postgres import libpq_uri


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "rows"

    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    version: Mapped[int]
    data: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))


ROWS = Row.__table__
UPDATE = update(ROWS)
READ = {"postgresql": "SELECT name, version FROM rows WHERE name = %s FOR UPDATE",
        "sqlite": "SELECT name, version FROM rows WHERE name = ?"}


@dataclass(frozen=True)
class SettingsOfTests(Settings):
    """Settings with the database of a service that is called tests."""

    tests_db_uri: str = ""


@contextmanager
def opened(uri, engine_name):
    """Open a service's database, as a worker of it has it."""
    settings = SettingsOfTests(tests_db_uri=uri)
    container = Container(settings, "tests")  # which a provider does not keep
    provider = Database(Base).bind(container, "db")
    provider.setup()
    db = provider.get_dependency(Container(settings, "a worker"))
    db.engine_name, db.uri = engine_name, uri
    yield db
    engines.open_engines.pop(uri).dispose()


@pytest.fixture(params=["postgresql", "sqlite"])
def db(request):
    new = {"postgresql": "new_postgres", "sqlite": "new_sqlite"}[request.param]
    with opened(request.getfixturevalue(new)(), request.param) as db:
        yield db


@pytest.fixture
def add(db):
    """Adds rows: their versions by their names."""

    def add(**versions):
        with db.get_session() as session:
            for name, version in versions.items():
                session.add(Row(name=name, version=version, data={"old": True}))

    return add


@pytest.fixture
def rows(db):
    """Reads all rows, by their names."""

    def rows():
        with db.get_session() as session:
            return {row.name: (row.version, row.data) for row in session.scalars(select(Row))}

    return rows


def begin(db, pipeline, name="a"):
    return pipeline.read(READ[db.engine_name], [name])


def test_writes_are_there_after_the_commit(db, add, rows):
    add(a=1, b=1, c=1)
    with db.get_session() as session, Pipeline(session) as pipeline:
        assert [tuple(row) for row in begin(db, pipeline)] == [("a", 1)]
        pipeline.execute(UPDATE, [
            {"of": "a", "version": 2, "data": {"text": "50 % of 'it'; --"}},
            {"of": "b", "version": 3, "data": None},
        ])
        pipeline.execute(insert(ROWS), [{"name": "d", "version": 4, "data": {"n": 2**70}}])
        pipeline.execute(delete(ROWS), {"keys": ["c"]})
        pipeline.commit()
    assert rows() == {
        "a": (2, {"text": "50 % of 'it'; --"}), "b": (3, None), "d": (4, {"n": 2**70})
    }


def test_an_upsert_inserts_or_updates_the_columns_named(db, add, rows):
    add(a=1, b=1)
    with db.get_session() as session, Pipeline(session) as pipeline:
        pipeline.upsert(ROWS, [
            {"name": "a", "version": 5, "data": None}, {"name": "c", "version": 5, "data": None}
        ], update=("version",))
        pipeline.upsert(ROWS, [
            {"name": "b", "version": 5, "data": None}, {"name": "d", "version": 5, "data": None}
        ])
        pipeline.commit()
    assert rows() == {
        "a": (5, {"old": True}), "b": (1, {"old": True}), "c": (5, None), "d": (5, None)
    }


def test_an_error_in_the_block_undoes_all_and_frees_the_lock(db, add, rows):
    add(a=1)
    with pytest.raises(ZeroDivisionError), db.get_session() as session:
        with Pipeline(session) as pipeline:
            begin(db, pipeline)
            pipeline.execute(UPDATE, [{"of": "a", "version": 2, "data": None}])
            raise ZeroDivisionError
    assert rows() == {"a": (1, {"old": True})}
    with db.get_session() as session, Pipeline(session) as pipeline:
        assert begin(db, pipeline)
        pipeline.execute(UPDATE, [{"of": "a", "version": 5, "data": None}])
        pipeline.commit()
    assert rows() == {"a": (5, None)}


def test_without_a_commit_nothing_is_kept(db, add, rows):
    add(a=1)
    with pytest.raises(KeyError), db.get_session() as session, Pipeline(session) as pipeline:
        begin(db, pipeline)
        pipeline.execute(insert(ROWS), [{"name": "b", "version": 1, "data": None}])
        raise KeyError
    assert set(rows()) == {"a"}


def test_a_row_that_cannot_be_written_undoes_all(db, add, rows):
    add(a=1)
    with pytest.raises(Exception, match="(?i)unique"), db.get_session() as session:
        with Pipeline(session) as pipeline:
            begin(db, pipeline)
            pipeline.execute(UPDATE, [{"of": "a", "version": 2, "data": None}])
            pipeline.execute(insert(ROWS), [{"name": "a", "version": 9, "data": None}])
            pipeline.commit()
    assert rows() == {"a": (1, {"old": True})}


def test_writes_without_a_read_are_one_transaction(db, add, rows):
    with db.get_session() as session, Pipeline(session) as pipeline:
        pipeline.execute(insert(ROWS), [{"name": "a", "version": 1, "data": None}])
        pipeline.execute(insert(ROWS), [{"name": "b", "version": 1, "data": None}])
        pipeline.commit()
    assert set(rows()) == {"a", "b"}
    with pytest.raises(IntegrityError), db.get_session() as session:
        with Pipeline(session) as pipeline:
            pipeline.execute(insert(ROWS), [{"name": "c", "version": 1, "data": None}])
            pipeline.execute(insert(ROWS), [{"name": "a", "version": 2, "data": None}])
            pipeline.commit()
    assert set(rows()) == {"a", "b"}


def test_the_connection_is_fit_for_units_of_work_afterwards(db, add, rows):
    add(a=1)
    for _ in range(3):
        with db.get_session() as session, Pipeline(session) as pipeline:
            begin(db, pipeline)
            pipeline.commit()
        with pytest.raises(ZeroDivisionError), db.get_session() as session:
            session.execute(UPDATE.values(version=2))
            raise ZeroDivisionError
    assert rows() == {"a": (1, {"old": True})}


def test_a_read_alone_holds_nobody_up(db, add, rows):
    add(a=1)
    with db.get_session() as session, Pipeline(session) as reading:
        assert reading.read_only("SELECT version FROM rows", []) == [(1,)]
        with db.get_session() as session, Pipeline(session) as pipeline:
            begin(db, pipeline)
            pipeline.execute(UPDATE, [{"of": "a", "version": 2, "data": None}])
            pipeline.commit()
        assert not reading.in_transaction()
        assert reading.read_only("SELECT version FROM rows", []) == [(2,)]


@pytest.mark.parametrize("text", [
    "it's", '"', "\\", '\\"', "{a,b}", "NULL", "",
    " ", "%s", "$1", "; --", "\u00e9\U0001f600", "a\nb",
])
def test_texts_are_kept_as_they_are(db, rows, text):
    with db.get_session() as session, Pipeline(session) as pipeline:
        pipeline.execute(insert(ROWS), [
            {"name": text, "version": 1, "data": {text: text}},
            {"name": "other", "version": 2, "data": None},
        ])
        pipeline.commit()
    assert rows() == {text: (1, {text: text}), "other": (2, None)}
    with db.get_session() as session, Pipeline(session) as pipeline:
        assert begin(db, pipeline, text) == [(text, 1)]


def test_a_number_that_json_has_not_is_refused(db, add, rows):
    add(a=1)
    with pytest.raises(ValueError), db.get_session() as session, Pipeline(session) as pipeline:
        begin(db, pipeline)
        pipeline.execute(UPDATE, [{"of": "a", "version": 2, "data": {"n": float("nan")}}])
    assert rows() == {"a": (1, {"old": True})}


class TestPostgreSQL:
    """What only a server can do."""

    @pytest.fixture
    def db(self, new_postgres):
        with opened(new_postgres(), "postgresql") as db:
            yield db

    def test_a_connection_that_is_lost_counts_as_storage_away(self, db, add, rows):
        add(a=1)
        with pytest.raises(StorageAway), db.get_session() as session:
            with Pipeline(session) as pipeline:
                begin(db, pipeline)
                [(process,)] = pipeline.read("SELECT pg_backend_pid()", [])
                with db.get_session() as other:
                    other.execute(text(f"SELECT pg_terminate_backend({process})"))
                pipeline.execute(UPDATE, [{"of": "a", "version": 2, "data": None}])
                pipeline.commit()
        assert rows() == {"a": (1, {"old": True})}

    def test_a_lost_connection_without_a_session_is_storage_away(self, db, add, rows):
        add(a=1)
        with pytest.raises(StorageAway), storage_errors():
            with Pipeline(engine_of(db)) as pipeline:
                begin(db, pipeline)
                pipeline.execute(UPDATE, [{"of": "a", "version": 2, "data": None}])
                [(process,)] = pipeline.read("SELECT pg_backend_pid()", [])
                with db.get_session() as other:
                    other.execute(text(f"SELECT pg_terminate_backend({process})"))
                pipeline.commit()
        assert rows() == {"a": (1, {"old": True})}

    def test_a_connection_that_the_driver_has_closed_is_not_kept(self, db, add, rows):
        add(a=1)
        with pytest.raises(ZeroDivisionError), db.get_session() as session:
            with Pipeline(session) as pipeline:
                pipeline.read_only("SELECT 1", [])
                pipeline._connection._raw.close()
                raise ZeroDivisionError
        assert rows() == {"a": (1, {"old": True})}

    def test_a_connection_that_broke_before_is_replaced(self, db, add, rows, monkeypatch):
        monkeypatch.setattr(idle_check, "MAX_UNSEEN_SECONDS", 3600.0)
        add(a=1)
        with db.get_session() as session, Pipeline(session) as pipeline:
            [(process,)] = pipeline.read("SELECT pg_backend_pid()", [])
        other = psycopg2.connect(libpq_uri(db.uri))
        with other, other.cursor() as cursor:
            cursor.execute(f"SELECT pg_terminate_backend({process}, 5000)")
        other.close()
        with db.get_session() as session, Pipeline(session) as pipeline:
            assert begin(db, pipeline)
            pipeline.execute(UPDATE, [{"of": "a", "version": 2, "data": None}])
            pipeline.commit()
        assert rows() == {"a": (2, None)}

    def test_a_transaction_is_two_round_trips(self, db, add, waits):
        add(a=1)
        for name in ("b", "c"):  # the first one prepares the statements
            waits.clear()
            with db.get_session() as session, Pipeline(session) as pipeline:
                begin(db, pipeline)
                pipeline.execute(UPDATE, [{"of": "a", "version": 2, "data": None}])
                pipeline.execute(insert(ROWS), [{"name": name, "version": 1, "data": None}])
                pipeline.commit()
        assert len(waits) == 2

    def test_a_read_alone_is_one_round_trip(self, db, add, waits):
        add(a=1)
        for _ in range(2):
            waits.clear()
            with db.get_session() as session, Pipeline(session) as pipeline:
                assert pipeline.read_only("SELECT version FROM rows", []) == [(1,)]
        assert len(waits) == 1

    def test_all_is_planned_by_indexes_and_nothing_is_left_of_that(self, db, add, rows):
        """A plan that reads all of a table is chosen while that is almost empty, and is kept."""
        add(off=1)
        scanning = "SELECT current_setting('enable_seqscan')"
        with db.get_session() as session, Pipeline(session) as pipeline:
            assert pipeline.read_only(scanning, []) == [("off",)]
            assert pipeline._connection.execute(scanning, ()) == [("on",)]
        with db.get_session() as session, Pipeline(session) as pipeline:
            pipeline.execute(UPDATE, [{"of": "off", "version": 2, "data": None}])
            found = f"SELECT FROM rows WHERE name = ({scanning}) FOR UPDATE"
            assert pipeline.commit_if(found, [], 1)
            assert pipeline._connection.execute(scanning, ()) == [("on",)]
        assert rows() == {"off": (2, None)}

    def test_all_is_written_if_so_many_rows_are_found_or_nothing(self, db, add, rows):
        add(a=1, b=1)
        found = "SELECT FROM rows WHERE name = ANY(%s) AND version = 1 FOR UPDATE"
        for names, written in (["a", "b", "c"], False), (["a", "b"], True), (["a", "b"], False):
            with db.get_session() as session, Pipeline(session) as pipeline:
                pipeline.execute(insert(ROWS), [{"name": "d", "version": 4, "data": None}])
                pipeline.execute(UPDATE, [
                    {"of": each, "version": 2, "data": None} for each in names
                ])
                assert pipeline.commit_if(found, [names], len(names)) is written
            assert len(rows()) == (2 if "c" in names else 3)
        assert rows() == {"a": (2, None), "b": (2, None), "d": (4, None)}

    def test_all_is_written_if_the_updated_row_is_the_same(self, db, add, rows):
        def write(name):
            with db.get_session() as session, Pipeline(session) as pipeline:
                pipeline.execute(UPDATE, {"of": name, "version": 2, "data": None})
                pipeline.execute(insert(ROWS), {"name": "d", "version": 4, "data": None})
                return pipeline.commit_if_still("rows.version = %s", [1])
        add(a=1, b=1)
        assert write("a") and not write("a") and not write("c")
        with engine_of(db).connect() as looking, db.get_session() as other:
            other.execute(text("UPDATE rows SET version = 5 WHERE name = 'b'"))
            waiting = eventlet.spawn(write, "b")
            eventually(lambda: looking.scalar(text("SELECT 1 FROM pg_locks WHERE NOT granted")))
        assert not waiting.wait() and {*rows()} == {"a", "b", "d"} and rows()["b"][0] == 5

    def test_a_list_is_read_as_an_array(self, db, add):
        add(a=1, b=2, c=3)
        with db.get_session() as session, Pipeline(session) as pipeline:
            text = "SELECT version FROM rows WHERE name = ANY(%s) ORDER BY name"
            assert pipeline.read(text, [["a", "c", "no {such}"]]) == [(1,), (3,)]
            assert pipeline.read(text, [[]]) == []

    def test_text_too_long_for_its_column_is_not_cut(self, db, rows):
        with pytest.raises(DataError), db.get_session() as session:
            with Pipeline(session) as pipeline:
                pipeline.execute(insert(ROWS), [{"name": 11 * "a", "version": 1, "data": None}])
                pipeline.commit()
        assert rows() == {}

    @pytest.mark.parametrize("change", [
        "DEALLOCATE ALL", "DISCARD ALL", "ALTER TABLE rows ALTER version TYPE bigint",
    ])
    def test_statements_that_are_prepared_no_more_are_prepared_anew(self, db, add, rows, change):
        add(a=1)
        for version in (2, 3):
            with db.get_session() as session, Pipeline(session) as pipeline:
                assert begin(db, pipeline) == [("a", version - 1)]
                pipeline.execute(UPDATE, [{"of": "a", "version": version, "data": None}])
                pipeline.commit()
            connection = DriverConnection(engine_of(db))
            connection.execute(change, ())
            connection.close()
        assert rows() == {"a": (3, None)}

    def test_a_second_writer_waits_and_reads_what_the_first_wrote(self, db, add):
        add(a=1)
        read = []

        def change():
            with db.get_session() as session, Pipeline(session) as pipeline:
                [(_, version)] = begin(db, pipeline)
                read.append(version)
                pipeline.execute(UPDATE, [{"of": "a", "version": version + 1, "data": None}])
                eventlet.sleep(0.1)
                pipeline.commit()

        for each in [eventlet.spawn(change) for _ in range(4)]:
            each.wait()
        assert read == [1, 2, 3, 4]

    def test_one_that_is_killed_midway_keeps_no_lock(self, db, add, rows):
        add(a=1)

        def hang():
            with db.get_session() as session, Pipeline(session) as pipeline:
                begin(db, pipeline)
                eventlet.sleep(60)

        hanging = eventlet.spawn(hang)
        eventlet.sleep(0.5)
        hanging.kill()
        with db.get_session() as session, Pipeline(session) as pipeline:
            assert begin(db, pipeline)
            pipeline.execute(UPDATE, [{"of": "a", "version": 2, "data": None}])
            pipeline.commit()
        assert rows() == {"a": (2, None)}
