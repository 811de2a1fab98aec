"""Ends calls of a game that take long, by signals; only in the main thread, and between C calls.

Two timers ring as long as a game is watched, so that a call costs next to nothing.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from arbiter_games.testing.broken_law import BrokenLaw

LAW = "every call ends within a second"
CPU_SECONDS, WAIT_SECONDS = 1.0, 5.0  # computing, and waiting for something
RING_SECONDS = 0.05
MEAN_SECONDS = 0.05  # of CPU time; a server makes about ten calls for a move, and has a second
PACE_SECONDS = 5.0  # of CPU time, in which calls show how long they take

TIMERS = (
    (signal.ITIMER_VIRTUAL, signal.SIGVTALRM, CPU_SECONDS),
    (signal.ITIMER_REAL, signal.SIGALRM, WAIT_SECONDS),
)


class TookTooLong(BaseException):
    """A call has not ended in time. No Exception, which a game might catch."""


class TimeLimit:
    """The call that is under way, and for how long each timer has rung in it.

    Waiting is counted in rings, of which a process that the machine keeps from running has none;
    computing by the clock, as many rings that come during one call of C code are one.
    """

    def __init__(self) -> None:
        self._call = 0
        self._is_under_way = False
        self._rings = {int(number): (0, 0, 0.0) for _, number, _ in TIMERS}

    def __enter__(self) -> None:
        self._call += 1
        self._is_under_way = True

    def __exit__(self, *error: object) -> None:
        self._is_under_way = False

    def ring(self, number: int, frame: FrameType | None) -> None:
        """Raise TookTooLong where a call goes on, and again at each ring if the game catches it."""
        call, rings, since = self._rings[number]
        now = time.thread_time()
        rings, since = (rings + 1, since) if call == self._call else (1, now)
        self._rings[number] = self._call, rings, since
        taken = now - since if number == signal.SIGVTALRM else (rings - 1) * RING_SECONDS
        seconds = next(limit for _, each, limit in TIMERS if each == number)
        is_ending = frame is not None and frame.f_code is TimeLimit.__exit__.__code__
        if self._is_under_way and not is_ending and taken >= seconds:
            raise TookTooLong


class Pace:
    """How long the calls of a game take on average."""

    def __init__(self) -> None:
        self._calls, self._seconds = 0, 0.0

    def count(self, seconds: float) -> None:
        """Count a call that took so many seconds of CPU time; raises BrokenLaw if all are slow."""
        self._calls += 1
        self._seconds += seconds
        if self._seconds > PACE_SECONDS and (mean := self._seconds / self._calls) > MEAN_SECONDS:
            raise BrokenLaw(LAW, f"calls take {mean:.2f} s on average, and each move takes many")


_LIMIT = TimeLimit()


def time_limit() -> TimeLimit:
    """Raise TookTooLong in what runs within, if it takes too long and is `watched`."""
    return _LIMIT


@contextmanager
def watched() -> Iterator[None]:
    """Limit the time of calls of games within the block.

    Where a timer of somebody else runs, as of a server in this process, there is no limit.
    """
    if signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return
    try:  # asking threading does not do: a library that patches it has two main threads
        before = [signal.signal(number, _LIMIT.ring) for _, number, _ in TIMERS]
    except ValueError:  # not the main thread
        yield
        return
    try:
        for timer, _, _ in TIMERS:
            signal.setitimer(timer, RING_SECONDS, RING_SECONDS)
        yield
    finally:
        for (timer, number, _), handler in zip(TIMERS, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)
