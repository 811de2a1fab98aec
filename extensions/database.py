"""A service's own database: SQLite files by default, PostgreSQL in production."""

import os
from urllib.parse import unquote

import nameko_sqlalchemy
import sqlalchemy
from nameko_sqlalchemy.database import DB_ENGINE_OPTIONS_KEY, DB_URIS_KEY, Session
from sqlalchemy.orm import sessionmaker

_engines: dict[str, sqlalchemy.Engine] = {}


def engine(config, service_name, base) -> sqlalchemy.Engine:
    """The process's engine for a service's database, with its tables made."""
    uri = config[DB_URIS_KEY][f"{service_name}:{base.__name__}"]
    uri = uri or f"sqlite:///{config['DATA_DIR']}/{_file_name(service_name, base)}.sqlite"
    if uri not in _engines:
        _engines[uri] = _make(uri, config.get(DB_ENGINE_OPTIONS_KEY) or {})
        base.metadata.create_all(_engines[uri])
    return _engines[uri]


class Database(nameko_sqlalchemy.Database):
    """nameko-sqlalchemy's provider on the process's engine.

    The unit of work is `with self.db.get_session() as session:`. No call, no announcement and no
    sleep inside it: on SQLite a greenthread that yields within a transaction stops the process.
    """

    def setup(self):
        self.engine = engine(self.container.config, self.container.service_name,
                             self.declarative_base)
        # Rows stay readable after the commit: reading an expired one would begin a transaction.
        options = {"expire_on_commit": False, **self.session_options}
        self.Session = sessionmaker(bind=self.engine, class_=Session, **options)


def _file_name(service_name, base) -> str:
    return service_name if base.__name__ == "Base" else f"{service_name}_{base.__name__.lower()}"


def _make(uri, options) -> sqlalchemy.Engine:
    if not uri.startswith("sqlite"):
        return sqlalchemy.create_engine(uri, **options)
    path = unquote(uri.removeprefix("sqlite:///"))
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    made = sqlalchemy.create_engine(uri)
    sqlalchemy.event.listen(made, "connect", _set_up_sqlite)
    sqlalchemy.event.listen(made, "begin", _begin_immediate)
    return made


def _set_up_sqlite(connection, _record):
    connection.isolation_level = None  # transactions are begun by `_begin_immediate` alone
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # what is committed outlives a power cut as well
    cursor.execute("PRAGMA busy_timeout = 5000")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_immediate(connection):
    # SQLite has no row locks. Taking the write lock at once is what FOR UPDATE is elsewhere:
    # otherwise two readers that both go on to write would deadlock.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
