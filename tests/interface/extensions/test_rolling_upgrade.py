"""A release that migrates, while an instance of the previous release still writes.

The previous release is represented by statements that name the columns of its release and no
others, as its models would, over an engine as every service has one.
"""

from contextlib import suppress

import eventlet
import pytest
from eventlet import tpool
from sqlalchemy import select, text, update
from sqlalchemy.orm import sessionmaker

from extensions.errors import StorageBusy
from extensions.settings import Settings
from extensions.storage import engines, postgres
from extensions.storage.database import Session
from tests.interface.extensions.migrated import (
    DATABASES,
    make_tables,
    revisions,
    row,
    tables,
    unreflected,
)
from tests.stack import eventually

WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode NOT LIKE 'Row%'"
pytestmark = unreflected
LOCK_TIMEOUT_SECONDS = 60.0
RETRY_PAUSE_SECONDS = 0.2  # SQLite has no queue for who waits to write
# It holds a transaction open until the migration has come, however long that takes.
LIMITS = dict.fromkeys(
    ["db_idle_timeout", "db_lock_timeout", "db_statement_timeout"], LOCK_TIMEOUT_SECONDS
)
UPGRADED = [each for each in DATABASES if len(revisions(each[0], each[2])) > 1]


class Old:
    """An instance of the release before: it writes rows, changes them, and reads them."""

    def __init__(self, engine, of_its_release):
        self.tables = of_its_release
        self.written = 0
        self._sessions = sessionmaker(bind=engine, class_=Session)

    def work(self, in_the_middle=lambda: None):
        """Write a row of each table, change it and read it; nothing, where others take too long."""
        with suppress(StorageBusy), self._sessions(close_on_exit=True) as session:
            for table in self.tables:
                written = row(table, self.written)
                here = [column == written[column.name] for column in table.primary_key]
                session.execute(table.insert().values(written))
                session.execute(update(table).where(*here).values(written))
                assert session.execute(select(table).where(*here)).one()
            in_the_middle()
            session.commit()
            self.written += 1


@pytest.fixture
def old(new_database, opened, request):
    """Makes a database as the release before left it, and an instance of that release."""

    def make(service, name):
        uri = new_database()
        engine = engines.make_engine(uri, Settings(**LIMITS), service)
        request.addfinalizer(engine.dispose)
        make_tables(opened(uri), service, name, revisions(service, name)[-2])
        return uri, Old(engine, tables(opened(uri)))

    return make


@pytest.mark.parametrize(("service", "module", "name"), UPGRADED)
def test_writes_of_an_old_instance_are_kept_and_it_goes_on(
    old, migrate, opened, service, module, name
):
    uri, instance = old(service, name)
    is_postgres, started = postgres.is_postgres(uri), []

    def begin_migration():
        started.append(eventlet.spawn(tpool.execute, migrate, service, name, uri))
        if is_postgres:  # on SQLite nobody comes in the middle of what another writes
            with opened(uri).connect() as connection:
                # One that only adds a table waits for nobody.
                eventually(
                    lambda: started[0].dead or connection.scalar(text(WAITS)),
                    timeout=LOCK_TIMEOUT_SECONDS,
                )

    if is_postgres:
        instance.work(begin_migration)
    else:
        begin_migration()
    [migrating] = started
    while not migrating.dead:
        instance.work()
        eventlet.sleep(RETRY_PAUSE_SECONDS)
    assert migrating.wait() == revisions(service, name)[-1:]
    before = instance.written
    instance.work()
    assert instance.written == before + 1
    with opened(uri).connect() as connection:
        for table in instance.tables:
            kept = [each._asdict() for each in connection.execute(table.select())]
            assert sorted(kept, key=repr) == sorted(
                (row(table, number) for number in range(instance.written)), key=repr
            )
