"""Ends calls of a game that do not return, by signals; only in the main thread, and not in C code.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LAW = "every call ends within a second"
CPU_SECONDS, WAIT_SECONDS = 1.0, 5.0  # computing, and waiting for something
AGAIN_SECONDS = 0.2  # where the game has caught it

TIMERS = (
    (signal.ITIMER_VIRTUAL, signal.SIGVTALRM, CPU_SECONDS),
    (signal.ITIMER_REAL, signal.SIGALRM, WAIT_SECONDS),
)


class TookTooLong(BaseException):
    """A call has not ended in time. No Exception, which a game might catch."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise TookTooLong


@contextmanager
def time_limit() -> Iterator[None]:
    """Raise TookTooLong in what runs within, if it takes too long.

    Where a timer of somebody else runs, as of a server in this process, there is no limit.
    """
    if signal.getitimer(signal.ITIMER_REAL)[0] and signal.getsignal(signal.SIGALRM) is not _stop:
        yield
        return
    try:  # asking threading does not do: a library that patches it has two main threads
        before = [signal.signal(number, _stop) for _, number, _ in TIMERS]
    except ValueError:  # not the main thread
        yield
        return
    try:
        for timer, _, seconds in TIMERS:
            signal.setitimer(timer, seconds, AGAIN_SECONDS)
        yield
    finally:
        for (timer, number, _), handler in zip(TIMERS, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)
