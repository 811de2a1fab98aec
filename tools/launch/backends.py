"""The engines of production, for `make run BACKENDS=production`: PostgreSQL and Redis."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tools.launch import Trouble
from tools.launch.postgres import Postgres
from tools.launch.program import Program
from tools.launch.redis import Redis

# The settings that say where the databases are, and what these are called in the private server.
# Which tokens are good is kept in Redis.
DATABASES = {
    "ACCOUNTS_DB_URI": "accounts",
    "AUTH_DB_URI": "auth",
    "ROOMS_DB_URI": "rooms",
    "PRIVATE_ROOMS_DB_URI": "private_rooms",
    "SESSIONS_DB_URI": "sessions",
}
REDIS = "REDIS_URL"


class Backends:
    """A private PostgreSQL and a private Redis, as far as the settings do not name others."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        """Take the folder to have theirs in, and the settings that are given."""
        self._given = settings
        self.postgres = None
        if not DATABASES.keys() <= settings.keys():
            self.postgres = Postgres(folder / "postgres", list(DATABASES.values()))
        self.redis = None if REDIS in settings else Redis(folder / "redis")

    def programs(self) -> list[Program]:
        """Return their processes."""
        return [engine.program() for engine in (self.postgres, self.redis) if engine]

    def prepare(self) -> None:
        """Make what has to be there before their processes can run, and before `settings`."""
        for engine in (self.postgres, self.redis):
            if engine:
                engine.prepare()

    def bring_up(self, start: Callable[[Program], object], log: Callable[[str], Path]) -> None:
        """Have `start` start their processes; return when both can be used.

        Raises Trouble, with the place that `log` tells, where one of them does not come up.
        """
        for engine in (self.postgres, self.redis):
            if engine:
                try:
                    engine.bring_up(start)
                except Trouble as trouble:
                    place = log(engine.program().name)
                    raise Trouble(f"{trouble} It said why in {place}.") from None

    def settings(self) -> dict[str, str]:
        """Return where they are, as settings; what was given stays."""
        found = {}
        if self.postgres:
            found = {name: self.postgres.uri(database) for name, database in DATABASES.items()}
        if self.redis:
            found[REDIS] = self.redis.uri()
        return {name: uri for name, uri in found.items() if name not in self._given}
