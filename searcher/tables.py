"""The tables that searches are kept in: what the store asks of them, in memory and in Redis.

A table holds rows by key. Beside it, orders list keys by a number, such as a rating or a deadline,
so that a few can be found without reading all. Rows and orders are changed in steps: a step reads
what it needs and decides, and is then committed whole, if all that it has read is still so. Else it
is made again from the beginning.
"""

import math
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from extensions.errors import StorageBusy

ATTEMPTS = 50
BACKOFF_SECONDS = 0.001

Answer = TypeVar("Answer")
Row = TypeVar("Row")


class Entry(NamedTuple):
    """The score of a key in an order; None removes it."""

    order: str
    key: str
    score: float | None


def _no_entries(key: str, row: object) -> Iterable[Entry]:
    return ()


@dataclass(frozen=True)
class Table(Generic[Row]):
    """A table: its name, how its rows are written as JSON and read again, and their entries.

    `entries` tells where a row stands in orders.
    """

    name: str
    encode: Callable[[Row], Any]
    decode: Callable[[str, Any], Row]
    entries: Callable[[str, Row], Iterable[Entry]] = _no_entries


class Span(NamedTuple):
    """A part of an order: from a score to another one, both included, and no more than `limit`."""

    order: str
    low: float = -math.inf
    high: float = math.inf
    limit: int | None = None


Found = list[tuple[str, float]]  # keys with their scores, by score and then by key


class Tables(ABC):
    """Any number of tables and orders, and notes that go by themselves."""

    def change(self, decide: Callable[["Step"], Answer]) -> Answer:
        """Make one step and return what `decide` answers. It may be called more than once."""
        for attempt in range(ATTEMPTS):
            step = Step(self)
            answer = decide(step)
            if self.commit(step):
                return answer
            time.sleep(BACKOFF_SECONDS * attempt * secrets.randbelow(10) / 10)
        raise StorageBusy("Too many searches change at once")

    @abstractmethod
    def fetch(self, table: Table[Row], keys: Sequence[str]) -> list[tuple[object, Row | None]]:
        """Return rows by key, each with what a step compares to tell whether it is still so."""

    @abstractmethod
    def count(self, table: Table[Any]) -> int:
        """Return how many rows a table has."""

    @abstractmethod
    def names(self, prefix: str) -> list[str]:
        """Return the names, which begin so, of the tables that have rows."""

    @abstractmethod
    def version(self, table: Table[Any]) -> object:
        """Return what differs after each change of a table, and is false where it has no rows."""

    @abstractmethod
    def scan(self, spans: Sequence[Span]) -> list[Found]:
        """Return what stands in parts of orders."""

    def keys(self, span: Span) -> list[str]:
        """Return the keys in a part of an order."""
        [found] = self.scan([span])
        return [key for key, _ in found]

    @abstractmethod
    def size(self, order: str) -> int:
        """Return how many keys stand in an order."""

    @abstractmethod
    def commit(self, step: "Step") -> bool:
        """Make all changes of a step, or none where something that it has read has changed."""

    @abstractmethod
    def recall(self, name: str) -> Any:
        """Return what was noted under a name, while it lasts, or None."""

    @abstractmethod
    def note(self, name: str, value: object, seconds: float) -> None:
        """Note a value for so many seconds, apart from all steps; it may be lost."""


class Step:
    """What one step has read, and what it will change.

    It reads what is committed, without what it is going to change itself.
    """

    def __init__(self, tables: Tables):
        self._tables = tables
        self.read: dict[tuple[str, str], object] = {}  # what was seen, by table and key
        self.watched: dict[str, object] = {}  # versions by table
        self.changed: dict[str, Table[Any]] = {}
        self.written: dict[tuple[str, str], Any] = {}
        self.dropped: set[tuple[str, str]] = set()
        self.placed: dict[tuple[str, str], float | None] = {}  # scores by order and key

    def get(self, table: Table[Row], key: str) -> Row | None:
        """Return a row, or None."""
        return self.get_many(table, [key])[key]

    def get_many(self, table: Table[Row], keys: Iterable[str]) -> dict[str, Row | None]:
        """Return rows by key; None where there is none."""
        names = list(keys)
        found = self._tables.fetch(table, names)
        for key, (seen, _) in zip(names, found, strict=True):
            self.read.setdefault((table.name, key), seen)
        return {key: row for key, (_, row) in zip(names, found, strict=True)}

    def peek(self, table: Table[Row], keys: Iterable[str]) -> dict[str, Row | None]:
        """Return rows by key whose changes do not keep the step from being committed."""
        names = list(keys)
        found = self._tables.fetch(table, names)
        return {key: row for key, (_, row) in zip(names, found, strict=True)}

    def watch(self, table: Table[Any]) -> bool:
        """Make the step depend on all rows of a table, as they are now; return whether it has any.
        """
        if table.name not in self.watched:
            self.watched[table.name] = self._tables.version(table)
        return bool(self.watched[table.name])

    def scan(self, table: Table[Any], spans: Sequence[Span]) -> list[Found]:
        """Return what stands in parts of the orders of a table, all of which the step depends on.
        """
        # Of a table that was empty, a row that came since and went would not be noticed.
        return self._tables.scan(spans) if self.watch(table) else [[] for _ in spans]

    def put(self, table: Table[Row], key: str, row: Row) -> None:
        """Write a row, and place its entries."""
        self.changed[table.name] = table
        self.written[table.name, key] = row
        self.dropped.discard((table.name, key))
        for entry in table.entries(key, row):
            self.place(*entry)

    def drop(self, table: Table[Row], key: str, row: Row | None = None) -> None:
        """Drop a row; with its entries, where it is given as it was."""
        self.changed[table.name] = table
        self.dropped.add((table.name, key))
        self.written.pop((table.name, key), None)
        for entry in () if row is None else table.entries(key, row):
            self.place(entry.order, entry.key, None)

    def place(self, order: str, key: str, score: float | None) -> None:
        """Set the score of a key in an order; None or infinity removes it."""
        self.placed[order, key] = None if score == math.inf else score
