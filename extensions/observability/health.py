"""The health of a process: which of its loops make progress, and since when one does not.

A process that answers calls may be dead inside: a timer hangs, or a queue is no longer consumed. So
each loop reports when it has done its work. A loop that does not is unhealthy, and `/readyz` names
it. A loop that does not even start another iteration is stuck: its process exits, and the
supervisor restarts it.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

import eventlet
from greenlet import getcurrent

from extensions.observability import metrics

_log = logging.getLogger(__name__)

GRACE_SECONDS = 10.0  # by which a loop may be late, beyond three of its intervals
STUCK_CHECK_INTERVAL_SECONDS = 1.0
MAX_BACKLOG_MESSAGES = 1000


class LoopHealth:
    """The state of one loop of a process, reported by the loop itself."""

    def __init__(self, name: str, interval: float = 0.0) -> None:
        """Take the loop's name, and the seconds that it pauses between two iterations."""
        self.name = name
        self.interval = interval
        self.backlog = 0  # messages that wait for the loop
        self._succeeded_at = time.monotonic()
        self._checks = 0  # for being stuck, since the loop was last seen alive
        self._failing: type[BaseException] | None = None

    def succeeded(self) -> None:
        """Report that the loop has done its work."""
        self._succeeded_at = time.monotonic()
        self._checks = 0
        if self._failing is not None:
            self._failing = None
            _log.warning("%s works again", self.name)

    def heartbeat(self) -> None:
        """Report that the loop is alive, though its work is not done."""
        self._checks = 0

    def failed(self, error: BaseException, transient: bool = True) -> None:
        """Report that the loop has failed and will try again.

        Of consecutive failures of one type only the first is logged; with its traceback, unless it
        is `transient`, such as a database that is unavailable.
        """
        self._checks = 0
        if type(error) is not self._failing:
            self._failing = type(error)
            trace = None if transient else error
            _log.warning("%s failed and will try again: %r", self.name, error, exc_info=trace)

    def seconds_since_success(self) -> float:
        """Return the seconds since the loop has last done its work."""
        return time.monotonic() - self._succeeded_at

    def problem(self) -> str | None:
        """Return what is wrong with the loop, as a sentence, or None."""
        since = self.seconds_since_success()
        if since > 3 * self.interval + GRACE_SECONDS:
            return f"{self.name} has not run for {since:.0f} s"
        if self.backlog > MAX_BACKLOG_MESSAGES:
            return f"{self.name} is {self.backlog} messages behind"
        return None

    def is_late(self, timeout: float) -> bool:
        """Tell whether half of the time is over by which it is stuck; call it once per check.

        Checks are counted instead of time: a process that was stopped for a while is not stuck.
        """
        self._checks += 1
        return self._checks % self._half(timeout) == 0

    def is_stuck(self, timeout: float) -> bool:
        """Tell whether the loop was not alive for `timeout` seconds beside its pauses."""
        return self._checks >= 2 * self._half(timeout)

    def _half(self, timeout: float) -> int:
        return 1 + int((self.interval + timeout / 2) / STUCK_CHECK_INTERVAL_SECONDS)


class ProcessHealth:
    """The loops of a process."""

    def __init__(self) -> None:
        self._loops: dict[str, LoopHealth] = {}
        self.serves = False  # from when the process has started until it stops

    def watch(self, name: str, interval: float = 0.0) -> LoopHealth:
        """Create the health of a loop, and watch it from now on."""
        return self.add(LoopHealth(name, interval))

    def add(self, loop: LoopHealth) -> LoopHealth:
        """Watch a loop from now on."""
        self._loops[loop.name] = loop
        loop.succeeded()
        metrics.LOOP_SINCE_RUN.labels(loop.name).set_function(loop.seconds_since_success)
        return loop

    def clear(self) -> None:
        """Stop watching all loops."""
        for name in self._loops:
            metrics.LOOP_SINCE_RUN.remove(name)
        self._loops.clear()

    def problems(self) -> list[str]:
        """Return a sentence for each loop that is unhealthy."""
        found = [loop.problem() for loop in self._loops.values()]
        return [sentence for sentence in found if sentence]

    def unready(self) -> list[str]:
        """Return the problems; of a process that is starting or stopping, that it is."""
        return self.problems() if self.serves else ["the process is starting or stopping"]

    def await_stuck(self, timeout: float, reachable: Callable[[], bool]) -> list[str]:
        """Block until loops are stuck, and return their names; for ever where `timeout` is 0.

        While what the loops depend on is not `reachable`, none counts as stuck: a restart of the
        process would not help. That is asked after half of the time already, so that a loop has the
        other half to come round after an outage.
        """
        while True:
            eventlet.sleep(STUCK_CHECK_INTERVAL_SECONDS)
            loops = list(self._loops.values())
            late = [loop for loop in loops if timeout and loop.is_late(timeout)]
            if late and not reachable():
                for loop in late:
                    loop.heartbeat()
            if stuck := [loop.name for loop in late if loop.is_stuck(timeout)]:
                return stuck


def of(container: Any) -> ProcessHealth:
    """Return the health that a container keeps; if it keeps none, one that nobody reads."""
    return getattr(container, "health", None) or ProcessHealth()


def attach(greenthread: Any, loop: LoopHealth | None) -> None:
    """Make `touch` in this greenthread report that the loop is alive, or nothing."""
    greenthread.loop_health = loop


def touch() -> None:
    """Report that the loop that this greenthread runs for is alive, as after an answered call."""
    loop: LoopHealth | None = getattr(getcurrent(), "loop_health", None)
    if loop is not None:
        loop.heartbeat()
