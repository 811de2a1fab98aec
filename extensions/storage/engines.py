"""The engines of a process: one for each database, whose tables are brought up to date first."""

import logging
import time
from typing import cast

import sqlalchemy
from eventlet.semaphore import Semaphore
from sqlalchemy import exc
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import NullPool, QueuePool

from extensions.observability import metrics
from extensions.settings import Settings
from extensions.storage import migrations, postgres, sqlite
from extensions.storage.idle_check import IdleCheck

_log = logging.getLogger(__name__)

RETRY_PAUSE_SECONDS = 1.0

open_engines: dict[str, sqlalchemy.Engine] = {}  # by the URI of the database
_opening = Semaphore()  # extensions of a service are set up side by side


def engine(
    settings: Settings, service_name: str, base: type[DeclarativeBase]
) -> sqlalchemy.Engine:
    """Return the process's engine for a service's database.

    Waits for a database that does not answer.
    """
    uri = settings.db_uri(service_name, base.__name__)
    with _opening:
        if uri not in open_engines:
            if postgres.is_postgres(uri):
                postgres.require_wait_callback()
            _await_tables(uri, service_name, base)
            open_engines[uri] = made = make_engine(uri, settings, service_name)
            used = metrics.DATABASE_CONNECTIONS.labels(f"{service_name}:{base.__name__}")
            used.set_function(lambda: cast(QueuePool, made.pool).checkedout())
    return open_engines[uri]


def make_engine(uri: str, settings: Settings, service_name: str) -> sqlalchemy.Engine:
    """Return a new engine, on tables that are taken to be there."""
    # An error is logged, and hashes and keys are among the parameters.
    # The connection that was used last is used next: what it keeps is still in the CPU's caches.
    options = {"hide_parameters": True, "pool_use_lifo": True}
    if postgres.is_postgres(uri):
        options |= postgres.engine_options(settings, service_name)
        made = sqlalchemy.create_engine(uri, **options)
        IdleCheck(made)
        return made
    made = sqlite.create_engine(uri, **options)
    sqlalchemy.event.listen(made, "connect", sqlite.check_foreign_keys)
    return made


def migrate(
    settings: Settings, service_name: str, base_name: str,
    base: type[DeclarativeBase] | None = None,
) -> list[str]:
    """Bring a service's database up to date, and return the revisions that were applied.

    Where the service has no migrations, the tables of `base` are created.
    """
    return _migrate(settings.db_uri(service_name, base_name), service_name, base_name, base)


def _await_tables(uri: str, service_name: str, base: type[DeclarativeBase]) -> None:
    while True:
        try:
            for revision in reversed(_migrate(uri, service_name, base.__name__, base)):
                _log.info("Migrated the database of %s to revision %s", service_name, revision)
            return
        except exc.OperationalError as error:
            if not postgres.is_postgres(uri):
                raise
            _log.warning("Waiting for the database of %s: %s", service_name, error.orig)
            time.sleep(RETRY_PAUSE_SECONDS)


def _migrate(
    uri: str, service_name: str, base_name: str, base: type[DeclarativeBase] | None
) -> list[str]:
    # No time limits here, and on SQLite no check of keys: both stand in a migration's way.
    create = sqlalchemy.create_engine if postgres.is_postgres(uri) else sqlite.create_engine
    made = create(uri, poolclass=NullPool)
    try:
        folder = migrations.find_folder(service_name, base_name)
        if folder is None:
            if base is not None:
                base.metadata.create_all(made)
            return []
        return migrations.upgrade(made, folder)
    finally:
        made.dispose()
