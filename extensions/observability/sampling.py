"""Limits log lines that anybody can cause in any number. No I/O."""

import time
from collections.abc import Callable


class Sampler:
    """Lets one event through per interval, and counts the others."""

    def __init__(
        self, interval_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval_seconds, self._clock = interval_seconds, clock
        self._next_at = float("-inf")
        self._left_out = 0

    def take(self) -> int | None:
        """Return how many events were left out since the last one; None if this one is left out."""
        now = self._clock()
        if now < self._next_at:
            self._left_out += 1
            return None
        left_out, self._left_out = self._left_out, 0
        self._next_at = now + self._interval_seconds
        return left_out
