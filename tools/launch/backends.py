"""The databases of `make run BACKENDS=production`: PostgreSQL and Redis."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tools.errors import ToolError
from tools.launch.postgres import Postgres
from tools.launch.program import Program
from tools.launch.redis import Redis

# By setting, the name of each database in the private PostgreSQL. Tokens are in Redis instead.
DATABASES = {
    "ACCOUNTS_DB_URI": "accounts",
    "AUTH_DB_URI": "auth",
    "ROOMS_DB_URI": "rooms",
    "PRIVATE_ROOMS_DB_URI": "private_rooms",
    "SESSIONS_DB_URI": "sessions",
}
REDIS = "REDIS_URL"


class Backends:
    """A private PostgreSQL and a private Redis, unless the settings name others."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        """Take the folder for their files, and the settings that are given."""
        self._given = settings
        self.postgres = None
        if not DATABASES.keys() <= settings.keys():
            self.postgres = Postgres(folder / "postgres", list(DATABASES.values()))
        self.redis = None if REDIS in settings else Redis(folder / "redis")

    def programs(self) -> list[Program]:
        """Return their processes."""
        return [engine.program() for engine in (self.postgres, self.redis) if engine]

    def prepare(self) -> None:
        """Make their files; call it before `settings` and `bring_up`."""
        for engine in (self.postgres, self.redis):
            if engine:
                engine.prepare()

    def bring_up(self, start: Callable[[Program], object], log: Callable[[str], Path]) -> None:
        """Start their processes by `start`; return when clients can connect to both.

        Raises ToolError where one does not come up, with the path of its log by `log`.
        """
        for engine in (self.postgres, self.redis):
            if engine:
                try:
                    engine.bring_up(start)
                except ToolError as error:
                    path = log(engine.program().name)
                    raise ToolError(f"{error} Its log has the reason: {path}.") from None

    def settings(self) -> dict[str, str]:
        """Return the settings that say where they are, without those that were given."""
        found = {}
        if self.postgres:
            found = {name: self.postgres.uri(database) for name, database in DATABASES.items()}
        if self.redis:
            found[REDIS] = self.redis.uri()
        return {name: uri for name, uri in found.items() if name not in self._given}
