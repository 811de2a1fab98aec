"""SQLite files that are durable, and whose transactions exclude each other."""

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import sqlalchemy

BUSY_TIMEOUT_MS = 5000


def create_engine(uri: str, **options: Any) -> sqlalchemy.Engine:
    """Return an engine on a file; its folder is made if needed."""
    path = Path(unquote(uri.removeprefix("sqlite:///")))
    path.parent.mkdir(parents=True, exist_ok=True)
    made = sqlalchemy.create_engine(uri, **options)
    sqlalchemy.event.listen(made, "connect", _set_up)
    sqlalchemy.event.listen(made, "begin", _begin_immediate)
    return made


def check_foreign_keys(connection: sqlite3.Connection, _record: object) -> None:
    """Make a new connection check foreign keys."""
    connection.execute("PRAGMA foreign_keys = ON")


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin_immediate` alone
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # what is committed outlives a power cut as well
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_immediate(connection: sqlalchemy.Connection) -> None:
    # SQLite has no row locks. Taking the write lock at once is what FOR UPDATE is elsewhere:
    # otherwise two readers that both go on to write would deadlock.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
