"""Engines that are programs of their own and speak UCI: Stockfish, Fairy-Stockfish and `pyffish`.

`chess.engine` knows the boards of chess alone; the few lines that are needed here serve shogi and
xiangqi as well, and need no library.
"""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from random import Random
from shutil import which

from arbiter_games.contract import Move
from arbiter_games.variant_shuffles import SHUFFLES
from bots.engines.levels import Budget
from bots.engines.seen import Seen

LIBRARY_ENGINE = str(Path(__file__).with_name("library_engine.py"))
FOLDERS = "/usr/games:/usr/local/bin:/usr/bin"
START_SECONDS = 10.0
GRACE_SECONDS = 1.0
SKILL = {1: -12, 2: -4, 3: 4, 4: 12, 5: 20}
NODES = {1: 100, 2: 1000, 3: 10_000, 4: 100_000, 5: 2_000_000}
# How often a move is drawn by lot, as even the least skill is a strong player's.
SLIPS = {1: 0.3, 2: 0.1}


class EngineFailed(Exception):
    """The program has died, said nothing in time, or named a move that is not legal."""


def command(name: str) -> list[str]:
    """Return how a program is started, which Debian installs among the games; nothing if it is not.

    `pyffish` is a library, which has the program inside.
    """
    if name == "pyffish":
        return [sys.executable, "-P", LIBRARY_ENGINE] if find_spec(name) else []
    path = which(name) or which(name, path=FOLDERS)
    return [path] if path else []


class UciEngine:
    """One running program, started when it is first needed."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._read = b""
        self._options: dict[str, str] = {}

    def variants(self) -> frozenset[str]:
        """Return the variants that the program plays; chess, if it does not say.

        Raises EngineFailed.
        """
        self._start()
        words = self._options.get("UCI_Variant", "").split()
        named = {each for before, each in zip(words, words[1:], strict=False) if before == "var"}
        return frozenset(named or {"chess"})

    def choose(self, seen: Seen, budget: Budget, rng: Random) -> Move:
        """Return the program's move. Raises EngineFailed, and is to be used again then."""
        if rng.random() < SLIPS.get(budget.level, 0):
            return rng.choice(seen.legal)
        self._start()
        try:
            move = self._ask(seen, budget)
        except (OSError, EngineFailed) as error:
            raise self._failed(error) from error
        if move not in seen.legal:
            raise EngineFailed(f"{self._command}: {move} is not legal in {seen.view['fen']}")
        return move

    def close(self) -> None:
        """End the program."""
        process, self._process = self._process, None
        if process:
            with process:  # on leaving, its pipes are closed, and it is waited for
                process.kill()

    def _start(self) -> None:
        if self._process and self._process.poll() is None:
            return
        self.close()
        try:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
            )
            self._read = b""
            self._send("uci")
            for line in self._lines_until("uciok", START_SECONDS):
                if line.startswith("option name "):
                    name, _, kind = line.removeprefix("option name ").partition(" type ")
                    self._options[name] = kind
        except (OSError, EngineFailed) as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> EngineFailed:
        """End the program, and return what to raise."""
        self.close()
        return EngineFailed(f"{self._command}: {error}")

    def _ask(self, seen: Seen, budget: Budget) -> str:
        level = budget.level
        lowest = -20 if "min -20" in self._options.get("Skill Level", "") else 0
        self._set("Skill Level", max(lowest, SKILL[level]))
        self._set("UCI_Variant", seen.game)
        self._set("UCI_Chess960", str(seen.game in SHUFFLES).lower())
        moves = " ".join(str(move) for _, move in seen.moves)
        self._send(f"position fen {seen.initial['fen']}" + (f" moves {moves}" if moves else ""))
        self._send(f"go nodes {NODES[level]} movetime {round(1000 * budget.seconds)}")
        for line in self._lines_until("bestmove", budget.seconds + GRACE_SECONDS):
            if line.startswith("bestmove"):
                return line.split()[1]
        raise EngineFailed("it names no move")

    def _set(self, name: str, value: object) -> None:
        if name in self._options:
            self._send(f"setoption name {name} value {value}")

    def _send(self, line: str) -> None:
        assert self._process and self._process.stdin
        self._process.stdin.write(f"{line}\n".encode())

    def _lines_until(self, last: str, seconds: float) -> Iterator[str]:
        """Yield lines up to one that begins so. Raises EngineFailed if it does not come."""
        assert self._process and self._process.stdout
        deadline = time.monotonic() + seconds
        output = self._process.stdout.fileno()
        while True:
            while b"\n" in self._read:
                line, self._read = self._read.split(b"\n", 1)
                text = line.decode(errors="replace").strip()
                yield text
                if text.startswith(last):
                    return
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([output], [], [], left)[0]:
                raise EngineFailed(f"it has not said {last} within {seconds:.1f} seconds")
            some = os.read(output, 65536)
            if not some:
                raise EngineFailed("it has ended")
            self._read += some
