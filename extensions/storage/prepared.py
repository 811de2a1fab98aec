"""Statements that PostgreSQL parses and plans once a connection, and not at each use.

To parse and plan a small statement takes longer than to execute it. A statement is known by its
text, so texts must be few: rows go into a statement as an array for each column, however many.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import count
from typing import Any, NamedTuple

_numbers = count(1)


class Prepared(NamedTuple):
    """A statement: how it is prepared once a connection, and how it is executed with values."""

    name: str
    definition: str
    call: str


@cache
def prepared(text: str, types: tuple[str, ...] = ()) -> Prepared:
    """Return the statement of a text with a `%s` for each value.

    The server finds out by itself the types that are not given.
    """
    name, places = f"arbiter_{next(_numbers)}", count(1)
    numbered, number = re.subn("%s", lambda _: f"${next(places)}", text)
    declared = f" ({', '.join(types)})" if types else ""
    call = f" ({', '.join(['%s'] * number)})" if number else ""
    return Prepared(name, f"PREPARE {name}{declared} AS {numbered}", f"EXECUTE {name}{call}")


@cache
def prepared_all(text: str) -> tuple[Prepared, ...]:
    """Return the statements of a text in which semicolons stand between statements alone."""
    return tuple(prepared(each) for part in text.split(";") if (each := part.strip()))


def array(values: Iterable[Any]) -> str:
    """Return texts, numbers, booleans and None as an array of PostgreSQL.

    The server reads it faster than what the driver makes of a list.
    """
    return f"{{{','.join(map(_element, values))}}}"


def parameters(values: Sequence[Any]) -> list[Any]:
    """Return values as a call takes them: lists as arrays."""
    return [array(each) if isinstance(each, list) else each for each in values]


def _element(value: Any) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return "NULL" if value is None else repr(value)
