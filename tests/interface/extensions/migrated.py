"""Databases of services as migrations make them: of each release, and with rows in them."""

import importlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Engine, Float, Integer, MetaData, Table, inspect, text

from extensions.storage import migrations

DATABASES = [
    ("accounts", "accounts.models", "Base"), ("auth", "auth.models", "Base"),
    ("auth", "auth.token_families", "Tokens"), ("rooms", "rooms.models", "Base"),
    ("private_rooms", "private_rooms.models", "Base"), ("sessions", "sessions.models", "Base"),
]
each_database = pytest.mark.parametrize(("service", "module", "name"), DATABASES)
VERSION_TABLE = "alembic_version"
INDEXES = {
    "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT indexname, tablename, indexdef FROM pg_indexes"
                  " WHERE schemaname = 'public'",
}
# What SQLite does not tell of indexes on expressions is compared by the text that it keeps of them.
unreflected = [
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression"),
    pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression"),
]


def base(module: str, name: str) -> Any:
    """The base of a service's models."""
    return getattr(importlib.import_module(module), name)


def revisions(service: str, name: str) -> list[str]:
    """The revisions of a service's database, the first one first."""
    scripts = migrations.scripts(_folder(service, name))
    return [each.revision for each in scripts.walk_revisions()][::-1]


def make_tables(engine: Engine, service: str, name: str, revision: str) -> None:
    """Make the tables of an earlier release."""
    migrations.upgrade(engine, _folder(service, name), revision)


def shape(engine: Engine) -> Any:
    """All that there is to tell of the tables of a database."""
    inspector = inspect(engine)
    names = sorted(set(inspector.get_table_names()) - {VERSION_TABLE})
    found = {}
    for table in names:
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
        if table != VERSION_TABLE
    )


def tables(engine: Engine) -> list[Table]:
    """The tables that are there, those that others refer to first."""
    found = MetaData()
    found.reflect(engine)
    return [each for each in found.sorted_tables if each.name != VERSION_TABLE]


def row(table: Table, number: int) -> dict[str, Any]:
    """The row of a table that has this number."""
    return {column.name: _value(column, number) for column in table.columns}


def _value(column: Column, number: int) -> Any:
    """What is in a column in the row of this number; what may be nothing is in every other one."""
    for key in column.foreign_keys:
        return _value(key.column, number)
    if column.nullable and number % 2:
        return None
    if column.name == "status":
        return ("active", "ended")[number % 2]
    if isinstance(column.type, JSON):
        return {"number": number}
    if isinstance(column.type, Boolean):
        return number % 2 == 0
    if isinstance(column.type, Float | Integer):
        return number
    return f"{column.name}{number}"[-column.type.length:]


def _folder(service: str, name: str) -> Path:
    folder = migrations.find_folder(service, name)
    assert folder is not None
    return folder
