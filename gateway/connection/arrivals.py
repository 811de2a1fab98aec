"""How many connections arrive at a time, and when the others are to come back.

To arrive is to get a queue of events, and to become a player's where a token is given: some
milliseconds of the broker, of `auth` and of its store. When thousands come at once, as after a
gateway's death, they would all wait until they gave up, and that work would be in vain.
"""

import random
import time
from collections.abc import Callable

import eventlet

from gateway.protocol.errors import Unavailable

MAX_ARRIVING = 128  # two calls' or queue setups' worth: the broker and `auth` are kept busy
FIRST_RATE, MIN_RATE = 300.0, 100.0  # arrivals a second, while it is unknown, and at least
OVERBOOKING = 1.25  # of the measured rate, which could not grow otherwise
MEASURE_SECONDS = 1.0
MAX_RETRY_SECONDS = 30.0
MAX_HOLD_SECONDS = 1.0


class Arrival:
    """When a connection that was refused is to come back, by the clock of `Arrivals`."""

    __slots__ = ("turn",)

    def __init__(self) -> None:
        self.turn = 0.0


class Arrivals:
    """Gives places to connections that arrive, and to each of the others a turn of its own.

    The turns are as far apart as the arrivals of late. Whoever asks again before its turn is kept
    waiting for a while in place of an answer, so that it gains nothing by asking at once.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = eventlet.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._arriving = self._arrived = 0
        self._rate, self._measured_at = FIRST_RATE, clock()
        self._last_turn = 0.0

    def enter(self, arrival: Arrival) -> None:
        """Take a place, which `leave` gives back; raises Unavailable at once, or after a hold."""
        if self._is_full and (early := arrival.turn - self._clock()) > 0:
            self._sleep(min(early, MAX_HOLD_SECONDS))
        if self._is_full:
            raise self._refusal(arrival)
        self._arriving += 1

    def leave(self) -> None:
        """Give a place back."""
        self._arriving -= 1
        self._arrived += 1

    @property
    def _is_full(self) -> bool:
        return self._arriving >= MAX_ARRIVING

    def _refusal(self, arrival: Arrival) -> Unavailable:
        now = self._clock()
        self._measure(now)
        if arrival.turn <= now:  # it has none, or has waited for it in vain
            # By then, half of those who are arriving will have arrived.
            soonest = now + MAX_ARRIVING / 2 / self._rate
            self._last_turn = arrival.turn = max(self._last_turn + 1 / self._rate, soonest)
            if arrival.turn > now + MAX_RETRY_SECONDS:
                arrival.turn = now + random.uniform(0.5, 1) * MAX_RETRY_SECONDS
        wait = arrival.turn - now
        return Unavailable.of(
            f"Very many come at once: try again in {wait:.1f} s", service="broker",
            retry_after=round(wait + 0.0005, 3),
        )

    def _measure(self, now: float) -> None:
        elapsed = now - self._measured_at
        if elapsed < MEASURE_SECONDS:
            return
        # After a pause it says nothing of the rate; nor where the broker has not begun yet.
        if elapsed < 2 * MEASURE_SECONDS and self._arrived:
            self._rate = max(OVERBOOKING * self._arrived / elapsed, MIN_RATE)
        self._measured_at, self._arrived = now, 0
