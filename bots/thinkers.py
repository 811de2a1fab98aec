"""Worker processes that choose moves, so that thinking holds up no socket.

A worker that does not answer in time, because a game never returns or a program has died, is
killed and replaced.
"""

import logging
import multiprocessing
import os
import queue
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from random import Random

from arbiter_games.contract import Game
from arbiter_games.plugins import load_former, load_games
from bots.engines.levels import budget
from bots.engines.move_choice import Chosen, choose
from bots.engines.seen import Seen

_log = logging.getLogger(__name__)

NICENESS = 10  # engines take what the rest of the machine leaves
START_SECONDS, RESTART_PAUSE_SECONDS = 60.0, 5.0
# For a worker that is free. A server may want the first move of a game within 30 seconds.
MAX_WAIT_SECONDS, MAX_WAIT_WITHOUT_CLOCK_SECONDS = 10.0, 300.0
# Beyond a level's time, for a slow game and a busy machine; less where the clock has little left.
EXTRA_SECONDS, MIN_EXTRA_SECONDS = 8.0, 0.5

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
    """A number of workers, which all games share; each serves one task at a time.

    They start at once. One that has to be replaced is idle again as soon as it has started.
    """

    def __init__(self, count: int) -> None:
        self._idle: queue.Queue[Worker] = queue.Queue()
        for _ in range(count):
            self._begin(Worker())

    def choose(self, task: Task) -> Chosen:
        """Return a move, when a worker is free and has chosen it. Raises Undecided."""
        began = time.monotonic()
        try:
            worker = self._idle.get(timeout=_max_wait(task.left))
        except queue.Empty:
            raise Undecided("every worker is busy, and the opponent waits") from None
        try:
            return worker.ask(_later(task, time.monotonic() - began))
        finally:
            if worker.is_running:
                self._idle.put(worker)
            else:
                self._begin(worker)

    def close(self) -> None:
        """End all workers; nobody may be waiting for one."""
        while not self._idle.empty():
            self._idle.get().close()

    def _begin(self, worker: "Worker") -> None:
        threading.Thread(target=self._start, args=(worker,), daemon=True).start()

    def _start(self, worker: "Worker") -> None:
        while not worker.start():
            _log.error("a worker has failed to start, and is started again")
            time.sleep(RESTART_PAUSE_SECONDS)
        self._idle.put(worker)


def _max_wait(left: float | None) -> float:
    return MAX_WAIT_WITHOUT_CLOCK_SECONDS if left is None else min(left / 3, MAX_WAIT_SECONDS)


def _later(task: Task, seconds: float) -> Task:
    left = None if task.left is None else max(0.0, task.left - seconds)
    return Task(task.seen, task.level, left, task.increment)


class Worker:
    """A process that answers tasks once it has been started."""

    def __init__(self) -> None:
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    @property
    def is_running(self) -> bool:
        """Whether it can be asked, as far as is known."""
        return self._process is not None

    def start(self) -> bool:
        """Start the process; return whether it is ready to be asked."""
        try:
            self._pipe, other = _spawning.Pipe()
            process = _spawning.Process(target=work, args=(other,), daemon=True)
            process.start()
            self._process = process
            other.close()
            if self._pipe.poll(START_SECONDS):
                self._pipe.recv()
                return True
        except (EOFError, OSError):
            pass
        self.close()
        return False

    def ask(self, task: Task) -> Chosen:
        """Return the answer. Raises Undecided, and may have to be started again then."""
        assert self._pipe
        extra = EXTRA_SECONDS
        if task.left is not None:
            extra = max(MIN_EXTRA_SECONDS, min(extra, task.left / 2))
        try:
            self._pipe.send(task)
            seconds = budget(task.level, task.left, task.increment).seconds
            if not self._pipe.poll(seconds + extra):
                raise Undecided("a worker has not answered in time")
            answer = self._pipe.recv()
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


def work(pipe: Connection) -> None:
    """Answer tasks until the other side has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that has started it
    os.nice(NICENESS)
    games, rng = load_games(), Random()
    former = load_former(games)

    def answer(task: Task) -> Chosen | str:
        try:
            spend = budget(task.level, task.left, task.increment)
            return choose(_rules(games, former, task.seen), task.seen, spend, rng)
        except Exception as error:  # of an engine or a game: the next task is another one
            return f"{type(error).__name__}: {error}"

    with suppress(EOFError, ConnectionError):
        pipe.send(None)
        while True:
            pipe.send(answer(pipe.recv()))


def _rules(games: dict[str, Game], former: dict[tuple[str, int], Game], seen: Seen) -> Game:
    """Return the rules that a session is played by. Raises LookupError if there are none here."""
    game = games.get(seen.game)
    if game is None or game.version != seen.game_version:
        game = former.get((seen.game, seen.game_version))
    if game is None:
        raise LookupError(f"version {seen.game_version} of {seen.game} is not installed here")
    return game
