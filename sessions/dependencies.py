"""What the session service is given beside database, outbox and clock."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nameko.containers import WorkerContext
from nameko.extensions import DependencyProvider

from arbiter_games.plugins import load_former, load_games
from auth.events import DELETED_GUESTS_EXCHANGE
from extensions import dependencies
from extensions.amqp.login_consumer import consume_logins
from sessions import limited_game
from sessions.archive_files import Archive
from sessions.game_registry import GameRegistry
from sessions.game_watch import GameWatch
from sessions.hang_record import HangRecord
from sessions.recent_rows import RecentRows

# All that this service hears of others: a player is gone for good.
consume_deleted_guests = consume_logins("sessions.guest_deletions", DELETED_GUESTS_EXCHANGE)


@dataclass
class DowntimeCheck:
    """When this process last checked whether the service had been down, by the database."""

    checked_at: float = 0.0


class Dependencies(dependencies.Dependencies, Protocol):
    """What Nameko injects into the session service beside what others have."""

    @property
    def registry(self) -> GameRegistry: ...

    @property
    def downtime_check(self) -> DowntimeCheck: ...

    @property
    def recent_rows(self) -> RecentRows: ...

    @property
    def archive(self) -> Archive | None: ...


class GameRegistryProvider(DependencyProvider):
    """The installed games, watched; a broken one keeps the service from starting."""

    _watch: GameWatch | None = None

    def setup(self) -> None:
        games, settings = load_games(), self.container.settings
        name = settings.process_name.replace("/", "_") or self.container.service_name
        record = HangRecord(Path(settings.data_dir) / "hung-games" / name)
        if record.has_hung:
            limited_game.note = record.note
        self.registry = GameRegistry(games, former=load_former(games))
        record.suspend(self.registry.suspensions)
        self._watch = GameWatch(settings.game_timeout, record.traceback)
        self._watch.start()

    def stop(self) -> None:
        """Watch no more."""
        if self._watch:
            self._watch.stop()

    kill = stop

    def get_dependency(self, worker_ctx: WorkerContext) -> GameRegistry:
        return self.registry


class DowntimeCheckProvider(DependencyProvider):
    """The DowntimeCheck of this process."""

    def setup(self) -> None:
        self.check = DowntimeCheck()

    def get_dependency(self, worker_ctx: WorkerContext) -> DowntimeCheck:
        return self.check


class RecentRowsProvider(DependencyProvider):
    """The RecentRows of this process."""

    def setup(self) -> None:
        self.rows = RecentRows()

    def get_dependency(self, worker_ctx: WorkerContext) -> RecentRows:
        return self.rows


class ArchiveProvider(DependencyProvider):
    """The Archive, or None where sessions are kept for ever: by SESSIONS_KEPT and ARCHIVE_DIR."""

    archive: Archive | None = None

    def setup(self) -> None:
        settings = self.container.settings
        if settings.sessions_kept:  # and then ARCHIVE_DIR is set too
            self.archive = Archive(settings.archive_dir)

    def get_dependency(self, worker_ctx: WorkerContext) -> Archive | None:
        return self.archive
