"""Ends the code of a game that runs for too long, or that waits for something.

All greenthreads of a process share one thread, so a game that computes for seconds keeps all others
waiting. A signal comes at short intervals, and its handler runs in that thread between two
instructions of Python: where the same game has been running at several of them, it raises an error
there.

Code in C that does not return runs no handler, and nothing else that is written in Python: then the
process ends, once it has used so much CPU time that several signals must have come. A stopped
process uses none.
"""

import atexit
import faulthandler
import signal
import sys
from types import FrameType
from typing import Any

from eventlet.hubs import get_hub

from sessions import limited_game
from sessions.limited_game import BrokenLimit

TICKS = 4  # in GAME_TIMEOUT
LOST_AFTER_SECONDS = 5.0  # of CPU time without a tick, and with a long GAME_TIMEOUT as many more


class GameWatch:
    """The limits to the code of games in this process."""

    def __init__(self, timeout_seconds: float, traceback: int | None = None) -> None:
        """Take what is written to where a game's code does not return; by default, the log."""
        self._timeout_seconds, self._traceback = timeout_seconds, traceback

    def start(self) -> None:
        """Watch from now on, until `stop`; to be called in the main thread."""
        _forbid_waiting(get_hub())
        if self._timeout_seconds:
            interval = self._timeout_seconds / TICKS
            signal.signal(signal.SIGALRM, self._on_signal)
            signal.setitimer(signal.ITIMER_REAL, interval, interval)
            # Shows what runs, without Python's help, before the signal ends the process.
            file = self._traceback or sys.__stderr__ or 2
            faulthandler.register(signal.SIGPROF, file, all_threads=False, chain=True)
            atexit.register(self.stop)  # the handlers end before the process does

    def stop(self) -> None:
        """End the watch, without which its signals would end what the process does next."""
        for timer in (signal.ITIMER_REAL, signal.ITIMER_PROF):
            signal.setitimer(timer, 0)

    def _on_signal(self, signal_number: int, frame: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_PROF, self._timeout_seconds + LOST_AFTER_SECONDS)
        self.tick()

    def tick(self) -> None:
        """Count that the game that runs has been running; raises BrokenLimit where it is too long.
        """
        game = limited_game.running
        if game is None:
            return
        game.ticks += 1
        if game.ticks > TICKS:  # the first one may have come right after its beginning
            raise BrokenLimit(f"has taken longer than {self._timeout_seconds:g} s")


def _forbid_waiting(hub: Any) -> None:
    """Make a greenthread fail that would leave a game's code to wait for something."""
    switch = type(hub).switch.__get__(hub)

    def switch_unless_in_game() -> Any:
        if limited_game.running is not None:
            raise BrokenLimit("waits for something, which the code of a game must not do")
        return switch()

    hub.switch = switch_unless_in_game
