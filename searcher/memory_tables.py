"""Tables in the memory of the process, for a single instance: no step can come between another's.
"""

import math
import time
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from searcher.tables import Found, Row, Span, Step, Table, Tables

MAX_NOTES = 30_000


class Order:
    """Keys by score, and those of one score by themselves."""

    def __init__(self) -> None:
        self._scores: dict[str, float] = {}
        self._entries: list[tuple[float, str]] = []

    def __len__(self) -> int:
        return len(self._entries)

    def place(self, key: str, score: float | None) -> None:
        """Set the score of a key; without a score, remove it."""
        if key in self._scores:
            del self._entries[bisect_left(self._entries, (self._scores.pop(key), key))]
        if score is not None:
            self._scores[key] = score
            insort(self._entries, (score, key))

    def scan(
        self, low: float = -math.inf, high: float = math.inf, limit: int | None = None
    ) -> Found:
        """Return the keys from a score to another one, both included."""
        begin = bisect_left(self._entries, low, key=_score)
        end = bisect_right(self._entries, high, key=_score)
        if limit is not None:
            end = min(end, begin + limit)
        return [(key, score) for score, key in self._entries[begin:end]]


class MemoryTables(Tables):
    """Rows as they are, in dicts; a table or an order that is empty is not there."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._tables: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self._orders: defaultdict[str, Order] = defaultdict(Order)
        self._notes: dict[str, Any] = {}
        self._ends = Order()

    def fetch(self, table: Table[Row], keys: Sequence[str]) -> list[tuple[object, Row | None]]:
        rows = self._tables.get(table.name, {})
        return [(None, rows.get(key)) for key in keys]

    def count(self, table: Table[Any]) -> int:
        return len(self._tables.get(table.name, ()))

    def names(self, prefix: str) -> list[str]:
        return [name for name in self._tables if name.startswith(prefix)]

    def version(self, table: Table[Any]) -> bool:
        return table.name in self._tables

    def scan(self, spans: Sequence[Span]) -> list[Found]:
        return [
            self._orders[order].scan(low, high, limit) if order in self._orders else []
            for order, low, high, limit in spans
        ]

    def size(self, order: str) -> int:
        return len(self._orders.get(order, ()))

    def commit(self, step: Step) -> bool:
        for (table, key), row in step.written.items():
            self._tables[table][key] = row
        for table, key in step.dropped:
            self._tables[table].pop(key, None)
        for (order, key), score in step.placed.items():
            self._orders[order].place(key, score)
        for name in step.changed:
            if not self._tables[name]:
                del self._tables[name]
        for name in {order for order, _ in step.placed}:
            if not self._orders[name]:
                del self._orders[name]
        return True

    def recall(self, name: str) -> Any:
        self._forget_ended()
        return self._notes.get(name)

    def note(self, name: str, value: object, seconds: float) -> None:
        """Note a value; where there are too many, the one that ends first is forgotten."""
        self._forget_ended()
        self._notes[name] = value
        self._ends.place(name, self._monotonic() + seconds)
        if len(self._notes) > MAX_NOTES:
            [(first, _)] = self._ends.scan(limit=1)
            self._forget(first)

    def _forget_ended(self) -> None:
        for name, _ in self._ends.scan(high=self._monotonic()):
            self._forget(name)

    def _forget(self, name: str) -> None:
        del self._notes[name]
        self._ends.place(name, None)


def _score(entry: tuple[float, str]) -> float:
    return entry[0]
