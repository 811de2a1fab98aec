"""What the session service is given: the games that are installed, the terms of the arena, and
where sessions are archived."""

from nameko.exceptions import ConfigurationError
from nameko.extensions import DependencyProvider

from arbiter_games.registry import load_games
from sessions.archive import Archive
from sessions.settings import SessionSettings
from sessions.storage import Arena


class ArenaProvider(DependencyProvider):
    """The arena, found at the start; a broken game or setting keeps the service from starting."""

    def setup(self):
        try:
            settings = SessionSettings.from_config(self.container.config)
        except ValueError as error:
            raise ConfigurationError(str(error)) from None
        self.arena = Arena(load_games(), settings, kept_at=0.0)

    def get_dependency(self, worker_ctx):
        return self.arena


class ArchiveProvider(DependencyProvider):
    """The Archive, or None where sessions are kept for ever: by SESSIONS_KEPT and ARCHIVE_DIR."""

    archive = None

    def setup(self):
        config = self.container.config
        if float(config["SESSIONS_KEPT"] or 0):
            # Nothing is ever deleted that has not been written elsewhere.
            if not config["ARCHIVE_DIR"]:
                raise ConfigurationError("SESSIONS_KEPT needs an ARCHIVE_DIR to move sessions to")
            self.archive = Archive(config["ARCHIVE_DIR"])

    def get_dependency(self, worker_ctx):
        return self.archive
