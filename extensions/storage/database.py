"""A service's own database as a dependency: SQLite files by default, PostgreSQL in production."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, cast

import nameko_sqlalchemy
from nameko_sqlalchemy.database import Session as StockSession
from sqlalchemy import Engine, exc, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import sessionmaker

from extensions.errors import StorageAway, StorageBusy
from extensions.observability import metrics
from extensions.storage import write_probe
from extensions.storage.engines import engine
from extensions.storage.pipeline import Pipeline
from extensions.storage.write_probe import WriteProbe

_log = logging.getLogger(__name__)

INSERTS = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
# PostgreSQL's codes of a lock that was not had in time, and of a statement that took too long.
BUSY_CODES = ("55P03", "57014")
CONFLICT_CODE_PREFIX = "40"  # of deadlocks, and of failures to serialize
READ_ONLY_CODE = "25006"  # the server has become a replica


def engine_of(db: Any) -> Engine:
    """Return the engine of a service's database, which is given as the dependency that it has."""
    return cast(Engine, db.Session.kw["bind"])


@contextmanager
def storage_errors() -> Iterator[None]:
    """Raise StorageAway or StorageBusy in a block where its error is of that kind."""
    try:
        yield
    except Exception as error:
        _raise_as_storage(error)
        raise


@contextmanager
def begin_pipeline(db: Any) -> Iterator[Pipeline]:
    """Begin a transaction of a service's database without a session, which costs more than it.

    Raises StorageAway or StorageBusy where its error is of that kind.
    """
    with storage_errors(), Pipeline(engine_of(db)) as begun:
        yield begun


class Session(StockSession):
    """A unit of work: committed at the end of its block, rolled back where that fails.

    Raises StorageAway for a database that does not answer, and StorageBusy where others are in the
    way; any other error is raised as it is.
    """

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with storage_errors():
            super().__exit__(kind, error, trace)
        _raise_as_storage(error)


class Database(nameko_sqlalchemy.Database):
    """nameko-sqlalchemy's provider on the process's engine.

    Its health is that of a loop of the process, which tries now and then whether it stores.

    The unit of work is `with self.db.get_session() as session:`. No call, no publishing and no
    sleep inside it: on SQLite a greenthread that yields within a transaction stops the process.
    """

    def setup(self) -> None:
        self.engine = engine(
            self.container.settings, self.container.service_name, self.declarative_base
        )
        # Rows stay readable after the commit: reading an expired one would begin a transaction.
        options = {"expire_on_commit": False, **self.session_options}
        self.Session = sessionmaker(bind=self.engine, class_=Session, **options)
        self.probe = database_probe(self.container, "storage", self.engine)

    def start(self) -> None:
        self.probe.start()

    def stop(self) -> None:
        self.probe.stop()

    def reachable(self) -> bool:
        """Try whether the database can be reached now."""
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


def database_probe(container: Any, name: str, engine: Engine) -> WriteProbe:
    """Return what reports whether a database stores."""

    def write() -> None:
        with storage_errors():
            write_probe.write(engine)

    return WriteProbe(container, name, write)


def upsert(
    session: OrmSession, table: type[Any], values: dict[str, Any],
    update: Sequence[str] | None = None,
) -> None:
    """Insert a row; where its key exists, give that row the values that are named in `update`.

    With none named, that row stays as it is. Waits for others who insert or delete it meanwhile.
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


def advisory_lock(session: OrmSession, name: str) -> None:
    """Keep all others who hold the same name waiting until the end of the transaction."""
    if _dialect(session) == "postgresql":  # on SQLite a transaction keeps all others waiting
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _dialect(session: OrmSession) -> str:
    return session.get_bind().dialect.name


def _raise_as_storage(error: BaseException | None) -> None:
    kind = _as_storage(error)
    if kind is not None:
        metrics.STORAGE_FAILURES.inc()
        raise kind(f"{type(error).__name__}: {getattr(error, 'orig', error)}".strip()) from error


def _as_storage(error: BaseException | None) -> type[StorageAway] | None:
    if isinstance(error, exc.TimeoutError):  # no connection of the pool came free
        return StorageBusy
    if not isinstance(error, exc.DBAPIError) or isinstance(error, exc.IntegrityError):
        return None
    said, code = str(error.orig), getattr(error.orig, "pgcode", None) or ""
    if code in BUSY_CODES or code.startswith(CONFLICT_CODE_PREFIX) or "database is locked" in said:
        return StorageBusy
    if error.connection_invalidated or code == READ_ONLY_CODE:
        return StorageAway
    is_transient = isinstance(error, (exc.OperationalError, exc.InterfaceError))
    return StorageAway if is_transient and "no such" not in said else None
