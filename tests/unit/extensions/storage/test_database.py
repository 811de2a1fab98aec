"""A service's own database: a file in the data folder where no other is named."""

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import Integer, event, exc, func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from extensions.errors import StorageAway, StorageBusy
from extensions.settings import Settings
from extensions.storage.database import Database
from extensions.storage.engines import engine
from tests.unit.fakes import Container

FAILURES = "arbiter_storage_failures_total"


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "rows"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=str(tmp_path / "not made yet"))


@pytest.fixture
def opened(settings):
    opened = engine(settings, "tests", Base)
    yield opened
    opened.dispose()


def test_without_a_uri_each_service_has_a_file_with_its_tables(opened, tmp_path):
    with opened.connect() as connection:
        assert connection.scalar(select(Row.id)) is None
    assert (tmp_path / "not made yet" / "tests.sqlite").exists()


def test_a_process_has_one_engine_for_a_database(opened, settings):
    assert engine(settings, "tests", Base) is opened


def test_the_connection_used_last_is_used_next(opened):
    first, last = opened.raw_connection(), opened.raw_connection()
    used_last = last.driver_connection
    first.close()
    last.close()
    with opened.connect() as connection:
        assert connection.connection.driver_connection is used_last


def test_a_file_is_durable_and_its_foreign_keys_are_checked(opened):
    with opened.connect() as connection:
        pragmas = [
            connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert pragmas == ["wal", 2, 1]


def test_a_transaction_takes_the_write_lock_of_a_file_at_once(opened):
    with opened.connect() as reader, opened.connect() as other:
        reader.execute(select(Row.id))
        raw = other.connection.driver_connection
        raw.rollback()
        raw.execute("PRAGMA busy_timeout = 0")
        with pytest.raises(Exception, match="database is locked"):
            raw.execute("BEGIN IMMEDIATE")


def test_the_provider_has_the_process_engine_and_readable_rows(opened, settings):
    container = Container(settings, "tests")
    provider = Database(Base).bind(container, "db")
    provider.setup()
    with provider.get_dependency(Container(settings, "a worker")).get_session() as session:
        row = Row(id=5)
        session.add(row)
    assert provider.engine is opened
    assert row.id == 5


def test_stored_values_stand_in_no_error(opened):
    with opened.connect() as connection, pytest.raises(exc.DBAPIError) as caught:
        connection.execute(text("INSERT INTO nowhere VALUES (:hash)"), {"hash": "$argon2id$"})
    assert "argon2id" not in str(caught.value)


def test_a_file_that_cannot_be_opened_is_refused_at_once(tmp_path):
    (tmp_path / "tests.sqlite").mkdir()
    with pytest.raises(exc.OperationalError, match="unable to open database file"):
        engine(Settings(data_dir=str(tmp_path)), "tests", Base)


@pytest.fixture
def container(settings):
    return Container(settings, "tests")


@pytest.fixture
def provider(opened, container):
    provider = Database(Base).bind(container, "db")
    provider.setup()
    return provider


class TestProbe:
    """The database is written to now and then, whether or not somebody asks for anything."""

    def test_a_database_that_cannot_store_counts_as_failed(self, provider, opened, caplog):
        failures = REGISTRY.get_sample_value(FAILURES)
        event.listen(opened, "begin", lambda each: each.exec_driver_sql("PRAGMA query_only = 1"))
        provider.probe.probe()
        assert REGISTRY.get_sample_value(FAILURES) == failures + 1
        assert "storage failed and will try again" in caplog.text

    def test_one_that_stores_is_left_as_it_was(self, provider, opened, caplog):
        for _ in range(2):
            provider.probe.probe()
        assert "storage failed" not in caplog.text  # others may have logged
        with opened.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA user_version").scalar() == 2
            assert connection.scalar(select(func.count()).select_from(Row)) == 0


def test_a_file_counts_as_reachable(provider):
    assert provider.reachable()


@pytest.mark.parametrize(
    ("failure", "raised"),
    [
        (exc.OperationalError("COMMIT", {}, Exception("database is locked")), StorageBusy),
        (exc.OperationalError("COMMIT", {}, Exception("disk I/O error")), StorageAway),
        (exc.IntegrityError("COMMIT", {}, Exception("UNIQUE failed")), exc.IntegrityError),
        (ValueError("no error of storage"), ValueError),
    ],
    ids=["locked", "away", "duplicate", "other"],
)
def test_a_commit_that_fails_raises_by_its_cause(provider, container, monkeypatch, failure, raised):
    def fail(_self):
        raise failure

    session = provider.get_dependency(container).get_session()
    monkeypatch.setattr(type(session), "commit", fail)
    before = REGISTRY.get_sample_value(FAILURES)
    with pytest.raises(raised) as caught, session:
        pass
    assert type(caught.value) is raised
    counted = REGISTRY.get_sample_value(FAILURES) - before
    assert counted == issubclass(raised, StorageAway)
