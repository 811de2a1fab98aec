"""Worker processes that choose moves, so that thinking holds up no socket.

A worker that does not answer in time, because a game never returns or a program has died, is
killed and replaced.
"""

import multiprocessing
import os
import queue
import signal
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from random import Random

from arbiter_games.plugins import load_games
from bots.engines.levels import budget
from bots.engines.seen import Seen
from bots.engines.selection import Chosen, choose

NICENESS = 10  # engines take what the rest of the machine leaves
START_SECONDS = 60.0
GRACE_SECONDS = 8.0  # beyond a level's time, for a slow game and a busy machine
MIN_PATIENCE_SECONDS = 0.5

_spawning = multiprocessing.get_context("spawn")  # threads run here: a fork might never wake


class Undecided(Exception):
    """No worker has chosen a move in time."""


@dataclass(frozen=True)
class Task:
    """A move to be chosen: what was seen, the level, and the clock, if there is one."""

    seen: Seen
    level: int
    left: float | None = None
    increment: float = 0


class Thinkers:
    """A number of workers, which all games share; each serves one task at a time."""

    def __init__(self, count: int) -> None:
        self._idle: queue.Queue[Worker] = queue.Queue()
        for _ in range(count):
            self._idle.put(Worker())

    def choose(self, task: Task) -> Chosen:
        """Return a move, when a worker is free and has chosen it. Raises Undecided."""
        began = time.monotonic()
        try:
            worker = self._idle.get(timeout=None if task.left is None else task.left / 3)
        except queue.Empty:
            raise Undecided("every worker is busy, and the clock runs") from None
        try:
            return worker.ask(_later(task, time.monotonic() - began))
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """End all workers; nobody may be waiting for one."""
        while not self._idle.empty():
            self._idle.get().close()


def _later(task: Task, seconds: float) -> Task:
    left = None if task.left is None else max(0.0, task.left - seconds)
    return Task(task.seen, task.level, left, task.increment)


class Worker:
    """A process that answers tasks, started when it is first asked."""

    def __init__(self) -> None:
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def ask(self, task: Task) -> Chosen:
        """Return the answer. Raises Undecided, and is to be asked again then."""
        patience = GRACE_SECONDS
        if task.left is not None:
            patience = max(MIN_PATIENCE_SECONDS, min(patience, task.left / 2))
        try:
            pipe = self._running()
            pipe.send(task)
            if not pipe.poll(budget(task.level, task.left, task.increment).seconds + patience):
                raise Undecided("a worker has not answered in time")
            answer = pipe.recv()
        except (EOFError, OSError) as error:
            self.close()
            raise Undecided("a worker has ended") from error
        except Undecided:
            self.close()
            raise
        if isinstance(answer, Chosen):
            return answer
        raise Undecided(f"an engine has failed: {answer}")

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.join()
        if self._pipe:
            self._pipe.close()

    def _running(self) -> Connection:
        if self._process is None or self._pipe is None:
            self._pipe, other = _spawning.Pipe()
            self._process = _spawning.Process(target=work, args=(other,), daemon=True)
            self._process.start()
            other.close()
            if not self._pipe.poll(START_SECONDS):
                raise Undecided("a worker has not started in time")
            self._pipe.recv()
        return self._pipe


def work(pipe: Connection) -> None:
    """Answer tasks until the other side has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that has started it
    os.nice(NICENESS)
    games, rng = load_games(), Random()
    pipe.send(None)
    while True:
        try:
            task: Task = pipe.recv()
        except EOFError:
            return
        try:
            spend = budget(task.level, task.left, task.increment)
            pipe.send(choose(games[task.seen.game], task.seen, spend, rng))
        except Exception as error:  # of an engine or a game: the next task is another one
            pipe.send(f"{type(error).__name__}: {error}")
