"""The texts of statements that write rows: made once for each table and set of columns."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, Dialect, Table
from sqlalchemy.dialects import postgresql

from extensions import json_codec

DIALECT_CLASS: type[Dialect] = postgresql.dialect
KEY_PARAMETER = "of"  # the primary key's value, in the rows of an update
# The `info` of a JSON column in which numbers are finite, or may become null if they are not.
# In all others NaN is refused, which takes longer than the encoding.
UNCHECKED_JSON = {"is_unchecked_json": True}
Encoder = Callable[[Any], str | None]
# A statement: what comes before the rows, what stands for one of them, and what comes after them.
# Then what takes the values out of a row, and how those that are JSON are encoded, by their places.
Parts = tuple[
    str, str, str, Callable[[Mapping[str, Any]], Sequence[Any]], tuple[tuple[int, Encoder], ...]
]


def _checked_json(value: Any) -> str | None:
    return None if value is None else json_codec.encode_strict(value).decode()


def _unchecked_json(value: Any) -> str | None:
    return None if value is None else json_codec.encode(value).decode()


def _values_of(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    # A getter of one name returns its value alone.
    return itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)


def _encoders(table: Table, columns: Sequence[str]) -> tuple[tuple[int, Encoder], ...]:
    return tuple(
        (place, _unchecked_json if table.c[name].info == UNCHECKED_JSON else _checked_json)
        for place, name in enumerate(columns) if isinstance(table.c[name].type, JSON)
    )


@cache
def insert_parts(table: Table, names: tuple[str, ...], is_postgresql: bool) -> Parts:
    mark = "%s" if is_postgresql else "?"
    return (
        f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ",
        f"({', '.join(mark for _ in names)})", "", _values_of(names), _encoders(table, names),
    )


@cache
def upsert_parts(
    table: Table, names: tuple[str, ...], update: tuple[str, ...], is_postgresql: bool
) -> Parts:
    head, item, _, values_of, encoders = insert_parts(table, names, is_postgresql)
    key = ", ".join(column.name for column in table.primary_key.columns)
    sets = ", ".join(f"{name} = excluded.{name}" for name in update)
    action = f"UPDATE SET {sets}" if update else "NOTHING"
    return head, item, f" ON CONFLICT ({key}) DO {action}", values_of, encoders


@cache
def update_parts(table: Table, names: tuple[str, ...], is_postgresql: bool) -> Parts:
    [key] = table.primary_key.columns
    columns = [key.name if name == KEY_PARAMETER else name for name in names]
    values_of, encoders = _values_of(names), _encoders(table, columns)
    if not is_postgresql:
        # By position: the key stands where the rows have it, and is compared, not set.
        sets = ", ".join(
            f"{name} = ?{place}" for place, name in enumerate(columns, start=1) if name != key.name
        )
        place = columns.index(key.name) + 1
        text = f"UPDATE {table.name} SET {sets} WHERE {key.name} = ?{place}"
        return text, "", "", values_of, encoders
    dialect: Dialect = DIALECT_CLASS()
    casts = ", ".join(f"%s::{table.c[name].type.compile(dialect)}" for name in columns)
    sets = ", ".join(f"{name} = new.{name}" for name in columns if name != key.name)
    return (
        f"UPDATE {table.name} SET {sets} FROM (VALUES ", f"({casts})",
        f") AS new ({', '.join(columns)}) WHERE {table.name}.{key.name} = new.{key.name}",
        values_of, encoders,
    )


@cache
def delete_parts(table: Table, is_postgresql: bool) -> tuple[str, str, str]:
    [key] = table.primary_key.columns
    mark = "%s" if is_postgresql else "?"
    return f"DELETE FROM {table.name} WHERE {key.name} IN (", mark, ")"
