"""Tells a flood from use, by how much one connection sends. No I/O."""

import time
from collections.abc import Callable

WINDOW_SECONDS = 5.0


class FloodMeter:
    """Counts what arrives on a connection; looks at the clock only when that is much."""

    __slots__ = ("_max_items", "_max_bytes", "_window", "_clock", "_items", "_bytes", "_since")

    def __init__(
        self, max_items: int, max_bytes: int, window_seconds: float = WINDOW_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take how many items, and how many bytes, may come within the window."""
        self._max_items, self._max_bytes = max_items, max_bytes
        self._window, self._clock = window_seconds, clock
        self._items = self._bytes = 0
        self._since = clock()

    def count(self, items: int, size: int) -> bool:
        """Count items of so many bytes together, and tell whether it is a flood."""
        self._items += items
        self._bytes += size
        if self._items <= self._max_items and self._bytes <= self._max_bytes:
            return False
        now = self._clock()
        is_flood = now - self._since < self._window
        self._items = self._bytes = 0
        self._since = now
        return is_flood
