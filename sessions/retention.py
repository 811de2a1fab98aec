"""What becomes of sessions that ended long ago: they are archived, and their commands forgotten."""

import logging
from collections.abc import Callable

import eventlet

from sessions.archive_files import Archive
from sessions.dependencies import Dependencies
from sessions.storage import SessionStore

_log = logging.getLogger(__name__)

SECONDS_PER_DAY = 86_400.0
# Small transactions, because on SQLite moves wait for each; so many of them at most in one run.
ARCHIVE_BATCH_SIZE, MAX_ARCHIVE_BATCHES = 20, 200
FORGET_BATCH_SIZE, MAX_FORGET_BATCHES = 100, 60


class Retention:
    """Keeps the tables from growing for ever. Any number of instances may do so side by side."""

    def __init__(
        self, store: SessionStore, clock: Callable[[], float], archive: Archive | None,
        sessions_kept_days: float, commands_kept_days: float,
    ) -> None:
        self._store, self._clock, self._archive = store, clock, archive
        self._sessions_kept = sessions_kept_days * SECONDS_PER_DAY
        self._commands_kept = commands_kept_days * SECONDS_PER_DAY

    @classmethod
    def of(cls, service: Dependencies) -> "Retention":
        """Return one that is made from the dependencies of a service."""
        return cls(
            SessionStore.of(service), service.clock, service.archive,
            service.settings.sessions_kept, service.settings.commands_kept,
        )

    def sweep(self) -> None:
        """Archive sessions that ended long ago, and forget commands."""
        self.archive_ended()
        self.forget_commands()

    def archive_ended(self) -> None:
        """Move sessions that ended long ago to the archive, if there is one."""
        if self._archive is None:
            return
        before = self._clock() - self._sessions_kept
        for _ in range(MAX_ARCHIVE_BATCHES):
            try:
                with self._store.transaction() as transaction:
                    records = transaction.retention.lock_ended(before, ARCHIVE_BATCH_SIZE)
                    # Before the commit: what is deleted has to be in a file.
                    self._archive.append(records)
                    transaction.retention.delete([each["session_id"] for each in records])
            except OSError as error:
                _log.error("Sessions can't be archived, and stay in the database: %s", error)
                return
            if records:
                _log.info("%d sessions have moved to the archive", len(records))
            if len(records) < ARCHIVE_BATCH_SIZE:
                return
            eventlet.sleep(0)

    def forget_commands(self) -> None:
        """Forget the ids of commands in sessions that ended long ago."""
        before = self._clock() - self._commands_kept
        for _ in range(MAX_FORGET_BATCHES):
            with self._store.transaction() as transaction:
                forgotten = transaction.retention.forget_commands(before, FORGET_BATCH_SIZE)
            if forgotten < FORGET_BATCH_SIZE:
                return
            eventlet.sleep(0)
