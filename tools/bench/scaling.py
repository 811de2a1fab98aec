"""How many processes and machines so many players take, by what `make bench` has measured.

`python -m tools.bench.scaling PLAYERS...` prints it. The assumptions are constants of this module;
what things cost is in `costs`.
"""

import math
import sys
from dataclasses import dataclass

from tools.bench import data
from tools.bench.batch_simulation import highest_rate
from tools.bench.costs import ByKind, Costs
from tools.launch.settings import PRODUCTION

SECONDS_BETWEEN_MOVES = 10.0  # of one player
PLIES = 60.0  # of a game
CONNECTED_SECONDS = 3_600.0
LOGINS = 0.1  # of connections that begin with a password
BUSY = 0.6  # of a core or machine, so that there is room for bursts and after a failure
CORES = 8  # of a machine for processes of Arbiter
ENGINE_CORES, ENGINE_GIB = 32, 128  # of the largest machine for PostgreSQL or RabbitMQ
WAL_BYTES_OF_MOVE, WAL_BYTES_OF_BEGINNING = 2_500, 12_500  # as in docs/sizing.md
DISK_BYTES_PER_SECOND = 500e6
P99_SECONDS = 0.010
PROCESSES = ("gateway", "sessions", "rooms", "private_rooms", "auth", "accounts", "searcher")
# Of each kind of engine, whose batches decide how much a move costs it.
ENGINES = {"broker": "gateway", "postgres": "sessions", "redis": "searcher"}
AT_LEAST = 2  # processes of a kind, so that one can fail
MAX_CONNECTIONS = 20_000  # of a gateway, by default
MANY_PLAYERS = 1_000_000  # by whose costs ceilings are calculated


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
    moves, rate = players / SECONDS_BETWEEN_MOVES, highest_rate(costs.batch, P99_SECONDS)
    processes = {kind: _processes(costs, kind, players) for kind in PROCESSES}
    gateways = math.ceil(players / MAX_CONNECTIONS) + 1  # where one has died, the others suffice
    processes["gateway"] = max(processes["gateway"], gateways)
    if rate:
        processes["sessions"] = max(processes["sessions"], math.ceil(moves / rate))
    cores = {kind: cores_of(costs, kind, players, processes[kind]) for kind in PROCESSES}
    cores |= {
        kind: cores_of(costs, kind, players, processes[woken_by])
        for kind, woken_by in ENGINES.items()
    }
    own = sum(cores[kind] for kind in PROCESSES)
    return Needs(
        players, moves, cores, processes, max(math.ceil(own / BUSY / CORES), AT_LEAST),
        {kind: math.ceil(cores[kind] / BUSY / ENGINE_CORES) for kind in ("broker", "postgres")},
        players * sum(costs.memory.values()) / 2**20,
        _seconds_to_come_back(costs, players / processes["gateway"], processes["gateway"] - 1),
    )


def work_of(costs: Costs, kind: str, players: float) -> float:
    """Return how many cores it takes to do what so many players cause."""
    moves = players / SECONDS_BETWEEN_MOVES
    rates = (
        (costs.move, moves), (costs.beginning, moves / PLIES),
        (costs.connection, players / CONNECTED_SECONDS),
        (costs.login, LOGINS * players / CONNECTED_SECONDS), (costs.idle, players),
    )
    return sum(rate * cost.get(kind, 0.0) for cost, rate in rates)


def cores_of(costs: Costs, kind: str, players: float, processes: int) -> float:
    """Return how many cores a kind of process takes, with that which comes with each process."""
    return work_of(costs, kind, players) + processes * costs.process.get(kind, 0.0)


def ceilings(costs: Costs) -> list[tuple[str, float]]:
    """Return what cannot be divided among machines, and with how many players it is full."""
    many = needs(costs, MANY_PLAYERS).cores
    one = {kind: max(many[kind] / MANY_PLAYERS, 1e-12) for kind in ENGINES}
    broker_kib = max(costs.memory.get("broker", 0.0), 1e-6)
    wal = (WAL_BYTES_OF_MOVE + WAL_BYTES_OF_BEGINNING / PLIES) / SECONDS_BETWEEN_MOVES
    found = {
        f"CPU of the sessions' PostgreSQL, {ENGINE_CORES} cores":
            BUSY * ENGINE_CORES / one["postgres"],
        f"CPU of one RabbitMQ node, {ENGINE_CORES} cores": BUSY * ENGINE_CORES / one["broker"],
        f"memory of one RabbitMQ node, {ENGINE_GIB} GiB":
            BUSY * ENGINE_GIB * 2**20 / broker_kib,
        "RabbitMQ, if it makes and deletes queues of connections one by one":
            BUSY * CONNECTED_SECONDS / max(costs.queue_seconds, 1e-9),
        f"WAL of the sessions' PostgreSQL, {DISK_BYTES_PER_SECOND / 1e6:.0f} MB/s":
            BUSY * DISK_BYTES_PER_SECOND / wal,
        "Redis, one core": BUSY / one["redis"],
    }
    return sorted(found.items(), key=lambda item: item[1])


def _processes(costs: Costs, kind: str, players: float) -> int:
    """Return how many processes do the work, each of which is busy for a part of its time."""
    free = BUSY - costs.process.get(kind, 0.0)
    return max(math.ceil(work_of(costs, kind, players) / free), AT_LEAST)


def _seconds_to_come_back(costs: Costs, players: float, gateways: int) -> float | None:
    """Return how long the players of a gateway need; the broker makes one queue after another."""
    if not costs.comes_back:
        return None
    return max(players / (costs.comes_back * gateways), players * costs.queue_seconds)


def main() -> None:
    """Print what the numbers of players on the command line take."""
    costs = Costs.of(data.load()[PRODUCTION])
    for players in map(int, sys.argv[1:]):
        print(needs(costs, players))
    for name, most in ceilings(costs):
        print(f"{name}: {most:,.0f} players")


if __name__ == "__main__":
    main()
