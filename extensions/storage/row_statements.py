"""Statements that write rows: made once for each table and set of columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, Dialect, Table
from sqlalchemy.dialects import postgresql

from extensions import json_codec
from extensions.storage.prepared import Prepared, array, prepared

DIALECT_CLASS: type[Dialect] = postgresql.dialect
KEY_PARAMETER = "of"  # the primary key's value, in the rows of an update
# The `info` of a JSON column in which numbers are finite, or may become null if they are not.
# In all others NaN is refused, which takes longer than the encoding.
UNCHECKED_JSON = {"is_unchecked_json": True}
Encoder = Callable[[Any], str | None]


def _checked_json(value: Any) -> str | None:
    return None if value is None else json_codec.encode_stored(value).decode()


def _unchecked_json(value: Any) -> str | None:
    return None if value is None else json_codec.encode(value).decode()


@dataclass(frozen=True, eq=False)  # there is one of a kind
class RowStatement:
    """A statement that writes rows, and how their values are taken out and encoded.

    On PostgreSQL it is `prepared`, and takes an array of each column's values, or one row's values
    if it `is_for_one`, which is faster; on SQLite its `text` takes a row's values.
    """

    text: str
    types: tuple[str, ...]  # PostgreSQL's, of its parameters
    prepared: Prepared | None
    is_for_one: bool
    values_of: Callable[[Mapping[str, Any]], Sequence[Any]]
    encoders: tuple[tuple[int, Encoder], ...]  # of what is JSON, by its place among the values

    def under(self, condition: str) -> str:
        """Return the text of a statement that writes only where a condition holds."""
        return f"{self.text} {'WHERE' if self.text.startswith('INSERT') else 'AND'} {condition}"

    def parameters(self, encoded: Sequence[Sequence[Any]]) -> Sequence[Any]:
        """Return what PostgreSQL is given for the encoded values of each row."""
        if self.is_for_one:
            return encoded[0]
        return [array(column) for column in zip(*encoded, strict=True)]

    def encode(self, rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
        """Return the values of each row."""
        encoded = []
        for row in rows:
            values = [*self.values_of(row)]
            for place, encode in self.encoders:
                values[place] = encode(values[place])
            encoded.append(values)
        return encoded


@cache
def insert_statement(
    table: Table, names: tuple[str, ...], is_postgresql: bool, is_for_one: bool = False
) -> RowStatement:
    text = _insert(table, names, is_postgresql, is_for_one)
    return _statement(table, names, names, is_postgresql, text, is_for_one)


@cache
def upsert_statement(
    table: Table, names: tuple[str, ...], update: tuple[str, ...], is_postgresql: bool
) -> RowStatement:
    key = ", ".join(column.name for column in table.primary_key.columns)
    sets = ", ".join(f"{name} = excluded.{name}" for name in update)
    action = f"UPDATE SET {sets}" if update else "NOTHING"
    text = f"{_insert(table, names, is_postgresql)} ON CONFLICT ({key}) DO {action}"
    return _statement(table, names, names, is_postgresql, text)


@cache
def update_statement(
    table: Table, names: tuple[str, ...], is_postgresql: bool, is_for_one: bool = False
) -> RowStatement:
    [key] = table.primary_key.columns
    columns = tuple(key.name if name == KEY_PARAMETER else name for name in names)
    others = [name for name in columns if name != key.name]
    if is_postgresql:
        sets = ", ".join(f"{name} = new.{name}" for name in others)
        text = (
            f"UPDATE {table.name} SET {sets} "
            f"FROM {_rows(columns, is_for_one)} AS new ({', '.join(columns)}) "
            f"WHERE {table.name}.{key.name} = new.{key.name}"
        )
    else:
        # By position: the key stands where the rows have it, and is compared, not set.
        places = {name: place for place, name in enumerate(columns, start=1)}
        sets = ", ".join(f"{name} = ?{places[name]}" for name in others)
        text = f"UPDATE {table.name} SET {sets} WHERE {key.name} = ?{places[key.name]}"
    return _statement(table, names, columns, is_postgresql, text, is_for_one)


@cache
def delete_statement(table: Table, name: str, is_postgresql: bool) -> RowStatement:
    [key] = table.primary_key.columns
    comparison = "= ANY (%s)" if is_postgresql else "= ?"
    text = f"DELETE FROM {table.name} WHERE {key.name} {comparison}"
    return _statement(table, (name,), (key.name,), is_postgresql, text)


def _insert(
    table: Table, names: tuple[str, ...], is_postgresql: bool, is_for_one: bool = False
) -> str:
    into = f"INSERT INTO {table.name} ({', '.join(names)})"
    if is_postgresql:
        return f"{into} SELECT * FROM {_rows(names, is_for_one)} AS new"
    return f"{into} VALUES ({', '.join('?' for _ in names)})"


def _rows(columns: tuple[str, ...], is_for_one: bool) -> str:
    values = ", ".join("%s" for _ in columns)
    return f"(SELECT {values})" if is_for_one else f"unnest({values})"


def _statement(
    table: Table, names: tuple[str, ...], columns: tuple[str, ...], is_postgresql: bool, text: str,
    is_for_one: bool = False,
) -> RowStatement:
    dialect: Dialect = DIALECT_CLASS()
    of_many = "" if is_for_one else "[]"
    types = tuple(f"{table.c[name].type.compile(dialect)}{of_many}" for name in columns)
    return RowStatement(
        text,
        types,
        prepared(text, types) if is_postgresql else None,
        is_for_one,
        # A getter of one name returns its value alone.
        itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],),
        tuple(
            (place, _unchecked_json if table.c[name].info == UNCHECKED_JSON else _checked_json)
            for place, name in enumerate(columns) if isinstance(table.c[name].type, JSON)
        ),
    )
