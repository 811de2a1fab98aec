"""A database that migrations have made is one that the models would make, on both engines."""

import importlib

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from nameko.exceptions import ConfigurationError
from sqlalchemy import inspect, text
from sqlalchemy.pool import NullPool

from extensions import database, migrations
from tests.postgres import ENGINES

DATABASES = [
    ("accounts", "accounts.models", "Base"), ("auth", "auth.models", "Base"),
    ("auth", "auth.families", "Tokens"), ("rooms", "rooms.models", "Base"),
    ("private_rooms", "private_rooms.models", "Base"), ("sessions", "sessions.models", "Base"),
]
each_database = pytest.mark.parametrize(("service", "module", "name"), DATABASES)
INDEXES = {
    "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT indexname, tablename, indexdef FROM pg_indexes"
                  " WHERE schemaname = 'public'",
}


# What SQLite does not tell of indexes on expressions is compared by the text that it keeps of them.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression"),
    pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression"),
]


@pytest.fixture(params=ENGINES)
def new_database(request):
    """Makes empty databases: their URIs."""
    return request.getfixturevalue(f"new_{request.param}")


@pytest.fixture
def migrate():
    def migrate(service, name, uri):
        return database.migrate({"DB_URIS": {f"{service}:{name}": uri}}, service, name)

    return migrate


@pytest.fixture
def opened():
    made = []

    def open_database(uri):
        made.append(sqlalchemy.create_engine(uri, poolclass=NullPool))
        return made[-1]

    yield open_database
    for each in made:
        each.dispose()


def metadata(module, name):
    return getattr(importlib.import_module(module), name).metadata


def shape(engine):
    """All that there is to tell of the tables of a database."""
    inspector = inspect(engine)
    tables = sorted(set(inspector.get_table_names()) - {migrations.VERSION_TABLE})
    found = {}
    for table in tables:
        columns = [
            (each["name"], str(each["type"]), each["nullable"], each["default"])
            for each in inspector.get_columns(table)
        ]
        unique = sorted(tuple(each["column_names"]) for each in
                        inspector.get_unique_constraints(table))
        keys = [
            (each["constrained_columns"], each["referred_table"], each["options"])
            for each in inspector.get_foreign_keys(table)
        ]
        found[table] = (columns, inspector.get_pk_constraint(table), unique, keys)
    with engine.connect() as connection:
        indexes = connection.execute(text(INDEXES[engine.dialect.name])).all()
    return found, sorted(
        (name, table, " ".join((said or "").split())) for name, table, said in indexes
        if table != migrations.VERSION_TABLE
    )


def make_first_tables(engine, service, name):
    """Make the tables of the first release, as it made them before there were migrations."""
    script = migrations._script(migrations.folder(service, name))
    first = script.get_bases()[0]
    with engine.begin() as connection:
        migrations._run(connection, script, lambda now, _: script._upgrade_revs(first, now))
        connection.execute(text(f"DROP TABLE {migrations.VERSION_TABLE}"))


@each_database
def test_migrations_and_models_make_the_same_tables(
    new_database, migrate, opened, service, module, name
):
    migrated, modelled = new_database(), opened(new_database())
    assert migrate(service, name, migrated)
    metadata(module, name).create_all(modelled)
    assert shape(opened(migrated)) == shape(modelled)


@each_database
def test_no_migration_is_missing(new_database, migrate, opened, service, module, name):
    uri = new_database()
    migrate(service, name, uri)
    with opened(uri).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata(module, name)) == []


@each_database
def test_a_database_made_before_there_were_migrations_is_taken_over(
    new_database, migrate, opened, service, module, name
):
    uri, modelled = new_database(), opened(new_database())
    make_first_tables(opened(uri), service, name)
    assert migrate(service, name, uri)
    metadata(module, name).create_all(modelled)
    assert shape(opened(uri)) == shape(modelled)
    assert migrate(service, name, uri) == []


def test_taking_over_loses_nothing(new_database, migrate, opened):
    uri = new_database()
    metadata("auth.models", "Base").create_all(opened(uri))
    with opened(uri).begin() as connection:
        connection.execute(text("INSERT INTO credentials VALUES ('alice', 'a hash')"))
    migrate("auth", "Base", uri)
    with opened(uri).connect() as connection:
        assert connection.execute(text("SELECT * FROM credentials")).all() == [("alice", "a hash")]


def test_one_of_other_tables_is_refused_by_name_and_stays_as_it_is(
    new_database, migrate, opened
):
    uri = new_database()
    with opened(uri).begin() as connection:
        connection.execute(text("CREATE TABLE credentials (login TEXT, password TEXT)"))
    before = shape(opened(uri))
    with pytest.raises(ConfigurationError, match="unreleased version.*credentials"):
        migrate("auth", "Base", uri)
    assert shape(opened(uri)) == before


def test_one_of_a_later_release_is_refused(new_database, migrate, opened):
    uri = new_database()
    migrate("auth", "Base", uri)
    with opened(uri).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'auth_9999'"))
    with pytest.raises(ConfigurationError, match="later release"):
        migrate("auth", "Base", uri)


def test_what_is_up_to_date_stays_so(new_database, migrate):
    uri = new_database()
    assert migrate("rooms", "Base", uri)
    assert migrate("rooms", "Base", uri) == []
