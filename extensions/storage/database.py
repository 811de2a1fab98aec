"""A service's own database: SQLite files by default, PostgreSQL in production."""

import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import nameko_sqlalchemy
import sqlalchemy
import sqlalchemy.dialects.postgresql
import sqlalchemy.dialects.sqlite
from eventlet.semaphore import Semaphore
from nameko_sqlalchemy.database import Session as StockSession
from sqlalchemy import exc, func, select
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import NullPool, QueuePool

from extensions.errors import StorageAway, StorageBusy
from extensions.observability import metrics
from extensions.settings import Settings
from extensions.storage import migrations, postgres

_log = logging.getLogger(__name__)

_engines: dict[str, sqlalchemy.Engine] = {}
_opening = Semaphore()  # extensions of a service are set up side by side

RETRY_PAUSE = 1.0
INSERTS = {
    "postgresql": sqlalchemy.dialects.postgresql.insert, "sqlite": sqlalchemy.dialects.sqlite.insert
}
# What PostgreSQL says of a lock that was not had in time, and of a statement that took too long.
BUSY_CODES = ("55P03", "57014")
CONFLICT = "40"  # begins the codes of deadlocks and of failures to serialize
READ_ONLY = "25006"  # it has become a replica


def engine(settings: Settings, service_name, base) -> sqlalchemy.Engine:
    """The process's engine for a service's database, which is brought up to date first.

    Waits for a database that does not answer.
    """
    uri = settings.db_uri(service_name, base.__name__)
    with _opening:
        if uri not in _engines:
            _engines[uri] = made = _open(uri, settings, service_name, base)
            used = metrics.DATABASE_CONNECTIONS.labels(f"{service_name}:{base.__name__}")
            used.set_function(lambda: cast(QueuePool, made.pool).checkedout())
    return _engines[uri]


def migrate(settings: Settings, service_name: str, base_name: str, base=None) -> list[str]:
    """Bring a service's database up to date; the steps that this took.

    Where the service has no migrations, the tables of `base` are made.
    """
    return _migrate(settings.db_uri(service_name, base_name), service_name, base_name, base)


class Session(StockSession):
    """A unit of work: committed at the end of its block, rolled back where that fails.

    Raises StorageAway for a database that does not answer, and StorageBusy where it was others who
    were in the way; what is raised otherwise stays as it is.
    """

    def __exit__(self, kind, error, trace):
        try:
            super().__exit__(kind, error, trace)
        except Exception as failure:
            error = failure
            _raise_as_storage(error)
            raise
        _raise_as_storage(error)


class Database(nameko_sqlalchemy.Database):
    """nameko-sqlalchemy's provider on the process's engine.

    The unit of work is `with self.db.get_session() as session:`. No call, no announcement and no
    sleep inside it: on SQLite a greenthread that yields within a transaction stops the process.
    """

    def setup(self):
        self.engine = engine(self.container.settings, self.container.service_name,
                             self.declarative_base)
        # Rows stay readable after the commit: reading an expired one would begin a transaction.
        options = {"expire_on_commit": False, **self.session_options}
        self.Session = sessionmaker(bind=self.engine, class_=Session, **options)

    def reachable(self) -> bool:
        """Whether the database can be reached, tried just now."""
        if self.engine.dialect.name == "sqlite":
            return True
        try:
            with self.engine.connect() as connection:
                connection.execute(select(1))
        except exc.TimeoutError:
            return True  # others have all connections, and hold on to them
        except exc.DBAPIError as error:
            _log.info("The database can't be reached: %s", error.orig)
            return False
        return True


def upsert(session, table, values: dict[str, Any], update: Sequence[str] | None = None) -> None:
    """Insert a row, or where there is one of its key already, give it the values named in `update`.

    With none named, that row stays as it is. Whoever else inserts or deletes it at the same moment
    is waited for.
    """
    statement: Any = INSERTS[_dialect(session)](table).values(**values)
    if update is None:
        statement = statement.on_conflict_do_nothing()
    else:
        statement = statement.on_conflict_do_update(
            index_elements=list(table.__table__.primary_key),
            set_={name: values[name] for name in update},
        )
    session.execute(statement)


def advisory_lock(session, name: str) -> None:
    """Keep all others who hold the same name waiting until the end of the transaction."""
    if _dialect(session) == "postgresql":  # on SQLite a transaction keeps all others waiting
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _dialect(session) -> str:
    return session.get_bind().dialect.name


def _open(uri, settings: Settings, service_name, base) -> sqlalchemy.Engine:
    if postgres.is_postgres(uri):
        postgres.require_wait_callback()
    _await_tables(uri, service_name, base)
    return _make(uri, settings, service_name)


def _make(uri, settings: Settings, service_name) -> sqlalchemy.Engine:
    options = {"hide_parameters": True}  # an error is logged: hashes and keys are among them
    if postgres.is_postgres(uri):
        options |= postgres.engine_options(settings, service_name)
        return sqlalchemy.create_engine(uri, **options)
    made = _make_sqlite(uri, **options)
    sqlalchemy.event.listen(made, "connect", _check_keys)
    return made


def _make_sqlite(uri, **options) -> sqlalchemy.Engine:
    path = Path(unquote(uri.removeprefix("sqlite:///")))
    os.makedirs(path.parent, exist_ok=True)
    made = sqlalchemy.create_engine(uri, **options)
    sqlalchemy.event.listen(made, "connect", _set_up_sqlite)
    sqlalchemy.event.listen(made, "begin", _begin_immediate)
    return made


def _await_tables(uri, service_name, base) -> None:
    while True:
        try:
            for step in reversed(_migrate(uri, service_name, base.__name__, base)):
                _log.info("The database of %s has been brought to %s", service_name, step)
            return
        except exc.OperationalError as error:
            if not postgres.is_postgres(uri):
                raise
            _log.warning("Waiting for the database of %s: %s", service_name, error.orig)
            time.sleep(RETRY_PAUSE)


def _migrate(uri, service_name, base_name, base) -> list[str]:
    # No time limits here, and on SQLite no checking of keys: both stand in a migration's way.
    make = sqlalchemy.create_engine if postgres.is_postgres(uri) else _make_sqlite
    made = make(uri, poolclass=NullPool)
    try:
        folder = migrations.find_folder(service_name, base_name)
        if folder is None:
            if base is not None:
                base.metadata.create_all(made)
            return []
        return migrations.upgrade(made, folder)
    finally:
        made.dispose()


def _set_up_sqlite(connection, _record):
    connection.isolation_level = None  # transactions are begun by `_begin_immediate` alone
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # what is committed outlives a power cut as well
    cursor.execute("PRAGMA busy_timeout = 5000")
    cursor.close()


def _check_keys(connection, _record):
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_immediate(connection):
    # SQLite has no row locks. Taking the write lock at once is what FOR UPDATE is elsewhere:
    # otherwise two readers that both go on to write would deadlock.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _raise_as_storage(error) -> None:
    kind = _as_storage(error)
    if kind is not None:
        raise kind(f"{type(error).__name__}: {getattr(error, 'orig', error)}".strip()) from error


def _as_storage(error) -> type[StorageAway] | None:
    if isinstance(error, exc.TimeoutError):  # no connection of the pool came free
        return StorageBusy
    if not isinstance(error, exc.DBAPIError) or isinstance(error, exc.IntegrityError):
        return None
    said, code = str(error.orig), getattr(error.orig, "pgcode", None) or ""
    if code in BUSY_CODES or code.startswith(CONFLICT) or "database is locked" in said:
        return StorageBusy
    if error.connection_invalidated or code == READ_ONLY:
        return StorageAway
    passing = isinstance(error, (exc.OperationalError, exc.InterfaceError))
    return StorageAway if passing and "no such" not in said else None
