"""How many connections arrive at a time, who waits for that, and when the others are to come back.

To arrive is to get a queue of events, and to become a player's where a token is given: some
milliseconds of the broker, of `auth` and of its store. When thousands come at once, as after a
gateway's death, they would all wait until they gave up, and that work would be in vain.
"""

import random
import time
from collections.abc import Callable

import eventlet
from eventlet.semaphore import Semaphore

from gateway.protocol.errors import Unavailable

MAX_ARRIVING = 128  # two calls' or queue setups' worth: the broker and `auth` are kept busy
MAX_WAITING = 1024  # each has a greenthread, of some 10 KB
MAX_WAIT_SECONDS = 3.0  # with the calls after it, less than clients wait for an answer
FIRST_RATE, MIN_RATE = 500.0, 100.0  # arrivals a second, while it is unknown, and at least
OVERBOOKING = 1.25  # of the measured rate, which could not grow otherwise
MEASURE_SECONDS = 1.0
MAX_RETRY_SECONDS = 30.0
MAX_HOLD_SECONDS = 1.0


class Arrival:
    """Whether a connection waits for a place, and when it is to come back, if it was refused."""

    __slots__ = ("is_waiting", "turn")

    def __init__(self) -> None:
        self.is_waiting = False
        self.turn = 0.0  # by the clock of `Arrivals`


class Arrivals:
    """Gives places to connections that arrive, in the order in which they have come.

    So many wait in line, each connection once and not for long; each of the others is given a turn
    of its own to come back. The turns are as far apart as the arrivals of late. Whoever asks again
    before its turn is kept waiting for a while in place of an answer, so that it gains nothing by
    asking at once.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = eventlet.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._places = Semaphore(MAX_ARRIVING)
        self._waiting = self._arrived = 0
        self._rate, self._measured_at = FIRST_RATE, clock()
        self._last_turn = 0.0

    def enter(self, arrival: Arrival) -> None:
        """Take a place, which `leave` gives back; raises Unavailable, at once or after a wait."""
        if self._is_full and (early := arrival.turn - self._clock()) > 0:
            self._sleep(min(early, MAX_HOLD_SECONDS))
        if (self._is_full and not self._may_wait(arrival)) or not self._wait(arrival):
            raise self._refusal(arrival)

    def leave(self) -> None:
        """Give a place back."""
        self._places.release()
        self._arrived += 1

    @property
    def _is_full(self) -> bool:
        return bool(self._places.balance <= 0)

    def _may_wait(self, arrival: Arrival) -> bool:
        is_early = arrival.turn > self._clock()
        return not (is_early or arrival.is_waiting) and self._waiting < MAX_WAITING

    def _wait(self, arrival: Arrival) -> bool:
        """Take a place as soon as there is one; returns False where that takes too long."""
        self._waiting, arrival.is_waiting = self._waiting + 1, True
        try:
            return bool(self._places.acquire(timeout=MAX_WAIT_SECONDS))
        finally:
            self._waiting, arrival.is_waiting = self._waiting - 1, False

    def _refusal(self, arrival: Arrival) -> Unavailable:
        now = self._clock()
        self._measure(now)
        if arrival.turn <= now:  # it has none, or has waited for it in vain
            # By then, half of those who arrive or wait will have arrived.
            soonest = now + (MAX_ARRIVING + self._waiting) / 2 / self._rate
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
