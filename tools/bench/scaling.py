"""How many processes and machines so many players take, by what `make bench` has measured.

`python -m tools.bench.scaling PLAYERS...` prints it. The assumptions are constants of this module.
"""

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from tools.bench import data
from tools.bench.batch_simulation import Batch, highest_rate
from tools.bench.goals import Figures, problem
from tools.launch.settings import PRODUCTION

MEASUREMENTS = (
    "moves_1", "moves_50", "moves_200", "beginnings", "connections", "registrations", "memory",
    "idle", "idle_crowd", "floors",
)
SECONDS_BETWEEN_MOVES = 10.0  # of one player
PLIES = 60.0  # of a game
CONNECTED_SECONDS = 3_600.0
LOGINS = 0.1  # of connections that begin with a password
BUSY = 0.6  # of a core or machine, so that there is room for bursts and after a failure
CORES = 8  # of a machine for processes of Arbiter
ENGINE_CORES, ENGINE_GIB = 32, 128  # of the largest machine for PostgreSQL or RabbitMQ
WAL_BYTES = 4_000  # a move, as in docs/sizing.md
DISK_BYTES_PER_SECOND = 500e6
P99_SECONDS = 0.010
PROCESSES = ("gateway", "sessions", "rooms", "private_rooms", "auth", "accounts", "searcher")
ENGINES = ("broker", "postgres", "redis")
AT_LEAST = 2  # processes of a kind, so that one can fail

ByKind = dict[str, float]


@dataclass(frozen=True)
class Costs:
    """CPU in seconds by kind of process, and memory in KiB by kind for a connection."""

    move: ByKind
    beginning: ByKind
    connection: ByKind
    login: ByKind
    idle: ByKind  # a connection, each second
    memory: ByKind
    batch: Batch
    comes_back: float | None  # players a second, on the machine that was measured

    @classmethod
    def of(cls, figures: Figures, idle_players: int = 5_000) -> "Costs":
        """Return what production's set has measured; raises LookupError where a part is missing."""
        for name in MEASUREMENTS:
            if reason := problem(figures, name):
                raise LookupError(f"{name}: {reason}")
        beginning = _seconds(figures["beginnings"]["cpu_ms_by_kind"])
        occupied, empty = (figures[each]["cores_by_kind"] for each in ("idle_crowd", "idle"))
        alone, many = (
            figures[each]["cpu_ms_by_kind"]["sessions"] / 1000 for each in ("moves_1", "moves_200")
        )
        commit = figures["floors"]["commit"]["microseconds"] / 1e6
        return cls(
            move=_without(figures["moves_50"], beginning), beginning=beginning,
            connection=_seconds(figures["connections"]["cpu_ms_by_kind"]),
            login=_seconds(figures["registrations"]["cpu_ms_by_kind"]),
            idle={
                kind: max(each - empty.get(kind, 0.0), 0.0) / idle_players
                for kind, each in occupied.items()
            },
            memory=figures["memory"]["kib_by_kind"],
            batch=Batch(max(alone - many, 0.0) + commit, many),
            comes_back=None if problem(figures, "herd") else figures["herd"]["per_second"],
        )


@dataclass(frozen=True)
class Needs:
    """What so many players take."""

    players: int
    moves_per_second: float
    cores: ByKind
    processes: dict[str, int]
    machines: int
    engine_machines: dict[str, int]
    connections_gib: float
    seconds_to_come_back: float | None  # after one gateway's death


def needs(costs: Costs, players: int) -> Needs:
    """Return what so many players at once take."""
    cores = {kind: cores_of(costs, kind, players) for kind in (*PROCESSES, *ENGINES)}
    moves, rate = players / SECONDS_BETWEEN_MOVES, highest_rate(costs.batch, P99_SECONDS)
    processes = {kind: max(math.ceil(cores[kind] / BUSY), AT_LEAST) for kind in PROCESSES}
    if rate:
        processes["sessions"] = max(processes["sessions"], math.ceil(moves / rate))
    own = sum(cores[kind] for kind in PROCESSES)
    gateways = processes["gateway"]
    return Needs(
        players, moves, cores, processes, max(math.ceil(own / BUSY / CORES), AT_LEAST),
        {kind: math.ceil(cores[kind] / BUSY / ENGINE_CORES) for kind in ("broker", "postgres")},
        players * sum(costs.memory.values()) / 2**20,
        players / gateways / (costs.comes_back * (gateways - 1)) if costs.comes_back else None,
    )


def cores_of(costs: Costs, kind: str, players: float) -> float:
    """Return how many cores a kind of process takes with so many players."""
    moves = players / SECONDS_BETWEEN_MOVES
    rates = (
        (costs.move, moves), (costs.beginning, moves / PLIES),
        (costs.connection, players / CONNECTED_SECONDS),
        (costs.login, LOGINS * players / CONNECTED_SECONDS), (costs.idle, players),
    )
    return sum(rate * cost.get(kind, 0.0) for cost, rate in rates)


def ceilings(costs: Costs) -> list[tuple[str, float]]:
    """Return what cannot be divided among machines, and with how many players it is full."""
    one = {kind: cores_of(costs, kind, 1.0) for kind in ENGINES}
    broker_kib = max(costs.memory.get("broker", 0.0), 1e-6)
    found = {
        f"CPU of the sessions' PostgreSQL, {ENGINE_CORES} cores":
            BUSY * ENGINE_CORES / max(one["postgres"], 1e-12),
        f"CPU of one RabbitMQ node, {ENGINE_CORES} cores":
            BUSY * ENGINE_CORES / max(one["broker"], 1e-12),
        f"memory of one RabbitMQ node, {ENGINE_GIB} GiB":
            BUSY * ENGINE_GIB * 2**20 / broker_kib,
        f"WAL of the sessions' PostgreSQL, {DISK_BYTES_PER_SECOND / 1e6:.0f} MB/s":
            BUSY * DISK_BYTES_PER_SECOND / WAL_BYTES * SECONDS_BETWEEN_MOVES,
        "Redis, one core": BUSY / max(one["redis"], 1e-12),
    }
    return sorted(found.items(), key=lambda item: item[1])


def _seconds(milliseconds: Mapping[str, float]) -> ByKind:
    return {kind: each / 1000 for kind, each in milliseconds.items()}


def _without(moves: Mapping[str, float | Mapping[str, float]], beginning: ByKind) -> ByKind:
    """Return what a move costs without its part of the beginnings of games."""
    by_kind, games = moves["cpu_ms_by_kind"], moves["games_per_second"]
    rate = moves["moves_per_second"]
    assert isinstance(by_kind, Mapping) and isinstance(games, float) and isinstance(rate, float)
    share = games / rate
    return {
        kind: max(each - share * beginning.get(kind, 0.0), 0.0)
        for kind, each in _seconds(by_kind).items()
    }


def main() -> None:
    """Print what the numbers of players on the command line take."""
    costs = Costs.of(data.load()[PRODUCTION])
    for players in map(int, sys.argv[1:]):
        print(needs(costs, players))
    for name, most in ceilings(costs):
        print(f"{name}: {most:,.0f} players")


if __name__ == "__main__":
    main()
