"""Brings the tables of a database to what this release needs, by Alembic.

A service's revisions stand in its folder `migrations/versions`, those of a second database of it in
`<name>_migrations/versions`. A revision only leads up; what is to be undone is restored from a
backup.
"""

import importlib.util
from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from nameko.exceptions import ConfigurationError
from sqlalchemy import func, select

LOCK = "migrations"
ENVIRONMENT = Path(__file__).with_name("alembic")


def find_folder(service_name: str, base_name: str = "Base") -> Path | None:
    """Return the folder of a service's revisions for a database, or None if it has none."""
    found = importlib.util.find_spec(service_name)
    for place in (found and found.submodule_search_locations) or ():
        name = "migrations" if base_name == "Base" else f"{base_name.lower()}_migrations"
        if (Path(place) / name / "versions").is_dir():
            return Path(place) / name
    return None


def scripts(folder: Path) -> ScriptDirectory:
    """Return the revisions of a folder."""
    return ScriptDirectory.from_config(_config(folder))


def upgrade(engine: sqlalchemy.Engine, folder: Path, target: str = "heads") -> list[str]:
    """Upgrade a database in one transaction, and return the revisions that were applied.

    Waits for others who upgrade the same database. Raises ConfigurationError where a later release,
    or another service, has made it.
    """
    config = _config(folder)
    with engine.begin() as connection:
        _lock_out_others(connection)
        before = _applied(connection)
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, target)
        except CommandError as error:
            raise ConfigurationError(
                f"The database {engine.url!r} was made by a later release, or is that of another "
                f"service: {error}"
            ) from None
        after = _applied(connection)
    return [] if after == before else [
        step.revision for step in scripts(folder).iterate_revisions(after, before or "base")
    ]


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", _escaped(ENVIRONMENT))
    config.set_main_option("version_locations", _escaped(folder / "versions"))
    config.set_main_option("path_separator", "newline")
    return config


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


def _applied(connection: sqlalchemy.Connection) -> tuple[str, ...]:
    return MigrationContext.configure(connection).get_current_heads()


def _lock_out_others(connection: sqlalchemy.Connection) -> None:
    if connection.dialect.name == "postgresql":  # on SQLite the transaction does so
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(LOCK))))
