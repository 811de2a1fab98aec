"""A database that migrations have made is one that the models would make, on both engines."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from nameko.exceptions import ConfigurationError
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.interface.extensions.migrated import (
    DATABASES,
    base,
    each_database,
    make_tables,
    revisions,
    row,
    shape,
    tables,
    unreflected,
)

pytestmark = unreflected
ROWS = 4


@each_database
def test_migrations_and_models_make_the_same_tables(
    new_database, migrate, opened, service, module, name
):
    migrated, modelled = new_database(), opened(new_database())
    assert migrate(service, name, migrated)
    base(module, name).metadata.create_all(modelled)
    assert shape(opened(migrated)) == shape(modelled)


@each_database
def test_no_migration_is_missing(new_database, migrate, opened, service, module, name):
    uri = new_database()
    migrate(service, name, uri)
    with opened(uri).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, base(module, name).metadata) == []


@pytest.mark.parametrize(("service", "module", "name", "revision"), [
    pytest.param(*each, revision, id=revision)
    for each in DATABASES for revision in revisions(each[0], each[2])[:-1]
])
def test_an_upgrade_loses_nothing_of_what_any_release_has_stored(
    new_database, migrate, opened, service, module, name, revision
):
    uri = new_database()
    engine = opened(uri)
    make_tables(engine, service, name, revision)
    before = tables(engine)
    with engine.begin() as connection:
        for table in before:
            connection.execute(table.insert(), [row(table, number) for number in range(ROWS)])
    migrate(service, name, uri)
    with engine.connect() as connection:
        for table in before:
            kept = [each._asdict() for each in connection.execute(table.select())]
            assert sorted(kept, key=repr) == sorted(
                (row(table, number) for number in range(ROWS)), key=repr
            )
    names = {table.name for table in before}
    with Session(engine) as session:
        for mapper in base(module, name).registry.mappers:
            read = session.scalars(select(mapper.class_)).unique().all()
            assert len(read) == (ROWS if mapper.local_table.name in names else 0)


def test_one_of_a_later_release_is_refused(new_database, migrate, opened):
    uri = new_database()
    migrate("auth", "Base", uri)
    with opened(uri).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'auth_9999'"))
    with pytest.raises(ConfigurationError, match="later release"):
        migrate("auth", "Base", uri)


def test_an_up_to_date_database_is_not_migrated(new_database, migrate):
    uri = new_database()
    assert migrate("rooms", "Base", uri)
    assert migrate("rooms", "Base", uri) == []
