"""Brings the tables of a database to what this release needs, one revision after the other.

A service's revisions stand in its folder `migrations/versions`, those of a second database of it in
`<name>_migrations/versions`. A revision is a step up; what is to be undone is restored from a
backup.
"""

import importlib.util
from pathlib import Path

import sqlalchemy
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from nameko.exceptions import ConfigurationError
from sqlalchemy import func, inspect, select

LOCK = "migrations"
VERSION_TABLE = "alembic_version"


def folder(service_name: str, base_name: str = "Base") -> Path | None:
    """Where the revisions of a service's database are, if it has any."""
    found = importlib.util.find_spec(service_name)
    for place in (found and found.submodule_search_locations) or ():
        name = "migrations" if base_name == "Base" else f"{base_name.lower()}_migrations"
        if (Path(place) / name / "versions").is_dir():
            return Path(place) / name
    return None


def upgrade(engine: sqlalchemy.Engine, place: Path, scratch: sqlalchemy.Engine) -> list[str]:
    """Upgrade a database in one transaction; the revisions that were applied.

    Whoever upgrades the same database meanwhile is waited for. One that was made before there were
    revisions is taken over, if its tables are those of the first one, which is tried on `scratch`,
    an empty database. Raises ConfigurationError where that is not so, and for a database that a
    later release, or another service, has made.
    """
    script = _script(place)
    with engine.begin() as connection:
        _lock_out_others(connection)
        before = _applied(connection)
        if not before and _was_made_without(connection, script, scratch):
            _run(connection, script, lambda *_: script._stamp_revs(script.get_bases()[0], ()))
        try:
            _run(connection, script, lambda current, _: script._upgrade_revs("heads", current))
        except CommandError as error:
            raise ConfigurationError(
                f"The database {engine.url!r} was made by a later release, or is that of another "
                f"service: {error}"
            ) from None
        after = _applied(connection)
    return [] if after == before else [
        step.revision for step in script.iterate_revisions(after, before or "base")
    ]


def _script(place: Path) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(place).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def _applied(connection) -> tuple[str, ...]:
    return MigrationContext.configure(connection).get_current_heads()


def _run(connection, script: ScriptDirectory, steps) -> None:
    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=connection, render_as_batch=True)
        with environment.begin_transaction():
            environment.run_migrations()


def _lock_out_others(connection) -> None:
    if connection.dialect.name == "postgresql":  # on SQLite the transaction does so
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(LOCK))))


def _was_made_without(connection, script: ScriptDirectory, scratch) -> bool:
    """Whether the tables of the first revision are there, though it was never applied."""
    expected = _columns_of_first(script, scratch)
    present = _columns(connection)
    common = {name: present[name] for name in expected if name in present}
    if not common:
        return False
    if common != expected:
        odd = sorted(name for name in expected if present.get(name) != expected[name])
        raise ConfigurationError(
            f"The database {connection.engine.url!r} was made by an unreleased version, and its "
            f"tables {', '.join(odd)} can't be upgraded: move it away, and a new one is made"
        )
    return True


def _columns_of_first(script: ScriptDirectory, scratch) -> dict[str, set[str]]:
    first = script.get_bases()[0]
    with scratch.begin() as connection:
        _run(connection, script, lambda current, _: script._upgrade_revs(first, current))
        return _columns(connection)


def _columns(connection) -> dict[str, set[str]]:
    inspector = inspect(connection)
    return {
        table: {column["name"] for column in inspector.get_columns(table)}
        for table in inspector.get_table_names() if table != VERSION_TABLE
    }
