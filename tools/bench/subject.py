"""The server of one set of engines, and each thing that can be measured of it."""

import os
import signal
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.bench.engine_floors import engine_floors
from tools.bench.figures import Herd, Idle, Memory, Moves, PerUnit, Profile
from tools.bench.floors import Floor
from tools.bench.in_turn import games_in_turn
from tools.bench.loads import LastingLoad
from tools.bench.meter import Meter
from tools.bench.process_stats import Pids, cpu_seconds, kind, proportional_kib
from tools.bench.profiles import module_microseconds, toggle
from tools.bench.server import Bench, own_server
from tools.bench.stock_nameko import calls_per_second_of_own_service
from tools.errors import ToolError
from tools.launch.settings import DEFAULT, PRODUCTION

GAMES = (1, 10, 50, 200)
MAIN_GAMES = 50
PACED_GAMES = PACED_MOVES_PER_SECOND = 200
LONG_GAMES = 4
GAMES_BESIDE_IDLE = 10
SLICES = 7  # of the usual time, of each of two servers by turns
IDLE_PLAYERS = 5_000
LIST_ROWS = 1_000_000
SEARCHES = 10_000
REGISTRATIONS = 20
TIMEOUT_SECONDS = 90.0  # of a measurement by a load process
IDLE_LOAD_TIMEOUT_SECONDS = 150.0
PLAYERS = 2 * max(GAMES)


def environment_of(production: bool) -> dict[str, str]:
    """Return the settings of a server with the engines of this set."""
    return {"BACKENDS": PRODUCTION if production else DEFAULT}


@dataclass(frozen=True)
class Scale:
    """How long to measure, and among how many: smaller for a trial."""

    seconds: float = 7.0
    idle_players: int = IDLE_PLAYERS
    rows: int = LIST_ROWS
    searches: int = SEARCHES


class Subject:
    """The server of one set, and what the measurements of it share."""

    def __init__(self, production: bool, scale: Scale, profiles: Path, holding: ExitStack) -> None:
        self.production, self.scale, self.profiles = production, scale, profiles
        self._environment = environment_of(production)
        self._holding = holding
        self._idle_load: LastingLoad | None = None
        self._memory_before: dict[str, float] = {}
        self._moves_beside_none: Moves | None = None
        self._start()

    def stock(self) -> dict[str, float]:
        """Measure empty calls of stock Nameko on the same broker."""
        uri = self.bench.stack.settings["AMQP_URI"]
        self.bench.settle()
        return {"calls_per_second": calls_per_second_of_own_service(uri, self.scale.seconds / 2)}

    def floors(self) -> dict[str, Floor]:
        """Measure what a move takes of the engines where nothing else is done."""
        stack = self.bench.stack
        return engine_floors(
            stack.settings, stack.folder, self.bench.pids(), self.production,
            PACED_MOVES_PER_SECOND,
        )

    def idle(self) -> Idle:
        """Measure a server without players."""
        meter = Meter(self.bench.pids())
        time.sleep(self.scale.seconds)
        usage = meter.usage()
        return {
            "cores": usage["server_seconds"] / usage["seconds"],
            "cores_by_kind": {
                name: each / usage["seconds"] for name, each in usage["by_kind"].items()
            },
            "others_cores": usage["others_cores"],
        }

    def registrations(self) -> PerUnit:
        """Measure registrations."""
        answer: PerUnit = self._load("registrations", number=REGISTRATIONS)
        return answer

    def moves(self, games: int, **options: Any) -> Any:
        """Measure moves in so many games at a time."""
        return self._load("moves", games=games, seconds=self.scale.seconds, **options)

    def paced(self) -> Any:
        """Measure moves at a rate that leaves the server time."""
        return self._load(
            "moves", games=PACED_GAMES, seconds=2 * self.scale.seconds,
            moves_per_second=PACED_MOVES_PER_SECOND,
        )

    def long_game(self) -> Any:
        """Measure the early and the late moves of long games."""
        return self._load("long_game", games=LONG_GAMES)

    def profile(self) -> Profile:
        """Measure where each Python process spends its time while games are played."""
        toggle(self.bench.pids())
        try:
            played = self.moves(MAIN_GAMES)
        finally:
            toggle(self.bench.pids())
        return module_microseconds(self.profiles, played["cpu_ms_by_kind"])

    def connections(self) -> PerUnit:
        """Measure connecting thousands of players to a new server."""
        self._holding.close()
        self._start()
        self.bench.settle()
        self._memory_before = proportional_kib(self.bench.pids())
        load = self._holding.enter_context(self.bench.idle_load(PLAYERS))
        answer: PerUnit = load.ask("connect", timeout=IDLE_LOAD_TIMEOUT_SECONDS)
        self._idle_load = load
        return answer

    def beginnings(self) -> PerUnit:
        """Measure the beginnings of thousands of games."""
        load = self._require_idle_load()
        answer: PerUnit = load.ask("begin", timeout=IDLE_LOAD_TIMEOUT_SECONDS)
        return answer

    def memory(self) -> Memory:
        """Measure the memory of thousands of idle connections in open sessions."""
        self._require_idle_load()
        time.sleep(1)
        now, before = proportional_kib(self.bench.pids()), self._memory_before
        each = {
            name: (kib - before.get(name, 0.0)) / self.scale.idle_players
            for name, kib in now.items()
        }
        return {"kib": sum(each.values()), "kib_by_kind": each}

    def idle_connections(self) -> Idle:
        """Measure a server whose thousands of players do nothing."""
        self._require_idle_load()
        return self.idle()

    def moves_beside(self) -> Moves:
        """Measure moves beside thousands of idle connections, by turns with a server without."""
        helpers = {"idle_load": self._require_idle_load().pid}
        with own_server(self._environment, self.profiles) as other:
            beside, self._moves_beside_none = games_in_turn(
                (self.bench, Bench(other, PLAYERS)), helpers, GAMES_BESIDE_IDLE,
                self.scale.seconds / SLICES,
            )
        return beside

    def moves_beside_none(self) -> Moves:
        """Return what was measured by turns with `moves_beside`."""
        if self._moves_beside_none is None:
            raise ToolError("Moves beside idle players were not measured.")
        return self._moves_beside_none

    def herd(self) -> Herd:
        """Kill a gateway, and measure how fast its players come back to their games."""
        load, pids = self._require_idle_load(), self._server_pids()
        killed = next(name for name in pids if kind(name) == "gateway")
        load.ask("arm", timeout=TIMEOUT_SECONDS)
        before = cpu_seconds({name: pid for name, pid in pids.items() if name != killed})
        os.kill(pids[killed], signal.SIGKILL)
        answer: Herd = load.ask("herd", time.time(), timeout=IDLE_LOAD_TIMEOUT_SECONDS)
        answer["cpu_ms_by_kind"] = {
            name: 1000 * (spent - before.get(name, 0.0)) / answer["back"]
            for name, spent in cpu_seconds(self._server_pids()).items()
        }
        return answer

    def _start(self) -> None:
        stack = self._holding.enter_context(own_server(self._environment, self.profiles))
        self.bench = Bench(stack, PLAYERS + self.scale.idle_players)

    def _server_pids(self) -> Pids:
        """Return the processes without the supervisor, which counts those that have ended."""
        return self.bench.stack.supervisor.pids()

    def _require_idle_load(self) -> LastingLoad:
        if self._idle_load is None:
            raise ToolError("Nobody is idle.")
        return self._idle_load

    def _load(self, name: str, **options: Any) -> Any:
        return self.bench.measure(name, TIMEOUT_SECONDS, **options)
