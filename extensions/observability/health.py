"""The vitals of a process: which of its loops work, and since when one does not.

A process that answers calls may be dead inside: a timer hangs, a queue is consumed no more. So each
of its loops notes when it has done its work. A loop that does not is ailing, which `/readyz` tells
by name. One that does not even come round, to fail for a reason that can be named, is stuck: its
process ends itself, for the supervisor to start it again.
"""

import logging
import time
from collections.abc import Callable

import eventlet
from greenlet import getcurrent

from extensions.observability import metrics

_log = logging.getLogger(__name__)

SLACK = 10.0  # seconds that a loop may be late until it is ailing
ROUND = 1.0  # seconds between two looks for what is stuck
MOST_BEHIND = 1000  # messages that may wait for a loop


class LoopHealth:
    """One loop of a process, which notes here how it fares."""

    def __init__(self, name: str, interval: float = 0.0):
        """Take its name, and the seconds that it rests between two runs."""
        self.name = name
        self.interval = interval
        self.behind = 0  # messages that wait for it
        self._ran_at = time.monotonic()
        self._rounds = 0
        self._failing: type[Exception] | None = None

    def ran(self) -> None:
        """Note that the loop has done its work."""
        self._ran_at = time.monotonic()
        self._rounds = 0
        if self._failing is not None:
            self._failing = None
            _log.warning("%s works again", self.name)

    def turned(self) -> None:
        """Note that the loop has come round, or got on, without its work being done."""
        self._rounds = 0

    def failed(self, error: Exception, passing: bool = True) -> None:
        """Note that the loop has come round in vain.

        Of failures in a row only the first is logged; with its traceback, where it is not
        `passing`, as it is when a database is away.
        """
        self._rounds = 0
        if type(error) is not self._failing:
            self._failing = type(error)
            trace = None if passing else error
            _log.warning("%s fails, and tries again: %r", self.name, error, exc_info=trace)

    def since_run(self) -> float:
        """Seconds since the loop has done its work."""
        return time.monotonic() - self._ran_at

    def ails(self) -> str | None:
        """What is amiss, in a sentence; None where nothing is."""
        since = self.since_run()
        if since > 3 * self.interval + SLACK:
            return f"{self.name} has not run for {since:.0f} s"
        if self.behind > MOST_BEHIND:
            return f"{self.name} is {self.behind} messages behind"
        return None

    def is_stuck(self, patience: float) -> bool:
        """Whether the loop has not come round for so long; to be asked once in each ROUND.

        Rounds are counted, and not time: a process that was stopped is not stuck.
        """
        self._rounds += 1
        return self._rounds * ROUND > self.interval + patience


class ProcessHealth:
    """The loops of a process."""

    def __init__(self):
        self._loops: dict[str, LoopHealth] = {}

    def watch(self, name: str, interval: float = 0.0) -> LoopHealth:
        """A loop that is watched from now on."""
        return self.add(LoopHealth(name, interval))

    def add(self, vital: LoopHealth) -> LoopHealth:
        """Watch a loop from now on."""
        self._loops[vital.name] = vital
        vital.ran()
        metrics.LOOP_SINCE_RUN.labels(vital.name).set_function(vital.since_run)
        return vital

    def clear(self) -> None:
        """Watch nothing more."""
        for name in self._loops:
            metrics.LOOP_SINCE_RUN.remove(name)
        self._loops.clear()

    def ailing(self) -> list[str]:
        """What is amiss with loops, a sentence for each."""
        found = [vital.ails() for vital in self._loops.values()]
        return [sentence for sentence in found if sentence]

    def await_stuck(self, patience: float, reachable: Callable[[], bool]) -> list[str]:
        """Return the loops that are stuck, when some are; never, where `patience` is 0.

        While what they stand on is not `reachable`, none is: to be started again would not help.
        """
        while True:
            eventlet.sleep(ROUND)
            loops = list(self._loops.values())
            stuck = [vital for vital in loops if patience and vital.is_stuck(patience)]
            if stuck and reachable():
                return [vital.name for vital in stuck]
            for vital in stuck:
                vital.turned()


def of(container) -> ProcessHealth:
    """The vitals of a service's process; where its container keeps none, they are nobody's."""
    return getattr(container, "vitals", None) or ProcessHealth()


def is_of(greenthread, vital: LoopHealth) -> None:
    """Have `got_on`, called in this greenthread, count for a loop."""
    greenthread.vital = vital


def got_on() -> None:
    """Note that the loop that this is called in has got on, as by a call that was answered."""
    vital = getattr(getcurrent(), "vital", None)
    if vital is not None:
        vital.turned()
