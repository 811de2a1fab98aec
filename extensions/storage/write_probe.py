"""Writes to a database now and then, so that one that cannot store is noticed before it is needed.

It needs no table, and leaves nothing behind.
"""

from sqlalchemy import Engine

INTERVAL_SECONDS = 5.0
# A record of the write-ahead log, which nobody reads. The commit waits for it to be on the disk.
WRITE_POSTGRESQL = "SELECT pg_logical_emit_message(true, 'arbiter_probe', '')"
# A number in the file's header, which SQLite leaves to applications; 0 where it was never set.
READ_SQLITE, WRITE_SQLITE = "PRAGMA user_version", "PRAGMA user_version = {}"


def write(engine: Engine) -> None:
    """Commit a few bytes; raises what SQLAlchemy raises where that fails."""
    with engine.begin() as connection:
        if engine.dialect.name != "sqlite":
            connection.exec_driver_sql(WRITE_POSTGRESQL)
            return
        number = connection.exec_driver_sql(READ_SQLITE).scalar_one()
        connection.exec_driver_sql(WRITE_SQLITE.format((number + 1) % 1_000_000))
