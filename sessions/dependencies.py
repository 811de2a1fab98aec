"""What the session service is given beside database, outbox and clock."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from nameko.containers import WorkerContext
from nameko.extensions import DependencyProvider

from arbiter_games.plugins import load_games
from sessions.archive_files import Archive
from sessions.game_registry import GameRegistry
from sessions.game_watch import GameWatch
from sessions.recent_rows import RecentRows

# The session service with its dependencies, which Nameko injects in place of their providers:
# type checkers see the providers.
Injected: TypeAlias = Any


@dataclass
class DowntimeCheck:
    """When this process last checked whether the service had been down, by the database."""

    checked_at: float = 0.0


class GameRegistryProvider(DependencyProvider):
    """The installed games, watched; a broken one keeps the service from starting."""

    def setup(self) -> None:
        self.registry = GameRegistry(load_games())
        GameWatch(self.container.settings.game_timeout).start()

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
