"""Writes to a storage now and then, so that it is noticed early that it cannot store."""

from collections.abc import Callable
from typing import Any

import eventlet
from sqlalchemy import Engine

from extensions.errors import StorageAway
from extensions.observability import health

INTERVAL_SECONDS = 5.0
# A record of the write-ahead log, which nobody reads. The commit waits for it to be on the disk.
WRITE_POSTGRESQL = "SELECT pg_logical_emit_message(true, 'arbiter_probe', '')"
# A number in the file's header, which SQLite leaves to applications; 0 where it was never set.
READ_SQLITE, WRITE_SQLITE = "PRAGMA user_version", "PRAGMA user_version = {}"


class WriteProbe:
    """Reports as a loop of the process whether a storage stores."""

    def __init__(self, container: Any, name: str, write: Callable[[], object]) -> None:
        """Take what writes; it raises StorageAway where it cannot."""
        self._container, self._write = container, write
        self._health = health.of(container).watch(name, INTERVAL_SECONDS)

    def start(self) -> None:
        """Write now and then, until `stop`."""
        self._running = self._container.spawn_managed_thread(self._run)

    def stop(self) -> None:
        """Write no more."""
        self._running.kill()

    def probe(self) -> None:
        """Write now."""
        try:
            self._write()
        except Exception as error:  # the next time it may be there
            self._health.failed(error, transient=isinstance(error, StorageAway))
        else:
            self._health.succeeded()

    def _run(self) -> None:
        while True:
            eventlet.sleep(INTERVAL_SECONDS)
            self.probe()


def write(engine: Engine) -> None:
    """Commit a few bytes to a database; raises what SQLAlchemy raises where that fails.

    It needs no table, and leaves nothing behind.
    """
    with engine.begin() as connection:
        if engine.dialect.name != "sqlite":
            connection.exec_driver_sql(WRITE_POSTGRESQL)
            return
        number = connection.exec_driver_sql(READ_SQLITE).scalar_one()
        connection.exec_driver_sql(WRITE_SQLITE.format((number + 1) % 1_000_000))
