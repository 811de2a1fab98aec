"""Fails unless workers that fail, hang or die are replaced.

A program of its own, as the tests' process is eventlet's and that of the bots is not.
"""

import os
import signal
from dataclasses import replace

from arbiter_games.dobutsu import Dobutsu
from bots.thinkers import Task, Thinkers, Undecided
from tests.unit.bots.seeing import seen_by

TASK = Task(seen_by(Dobutsu(), 0, []), level=1)


def worker(thinkers):
    """Return the id of the only worker's process."""
    one = thinkers._idle.get()
    thinkers._idle.put(one)
    return one._process.pid


def reason(thinkers, task):
    """Return why no move was chosen."""
    try:
        return f"chosen: {thinkers.choose(task)}"
    except Undecided as error:
        return str(error)


def main():
    """Disturb a worker in each way."""
    thinkers = Thinkers(1)
    try:
        assert worker(thinkers)  # it starts without being asked
        assert thinkers.choose(TASK).move in TASK.seen.legal
        unknown = replace(TASK.seen, game="none")
        assert "LookupError" in reason(thinkers, replace(TASK, seen=unknown))
        first = worker(thinkers)
        os.kill(first, signal.SIGSTOP)
        assert "in time" in reason(thinkers, replace(TASK, left=1.0))
        assert thinkers.choose(TASK).move in TASK.seen.legal
        assert worker(thinkers) != first
        os.kill(worker(thinkers), signal.SIGKILL)
        assert "ended" in reason(thinkers, TASK)
        assert thinkers.choose(TASK).move in TASK.seen.legal
    finally:
        thinkers.close()


if __name__ == "__main__":
    main()
