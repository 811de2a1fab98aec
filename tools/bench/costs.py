"""What each thing costs that players do, as `make bench` has measured on production's set."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.bench.batch_simulation import Batch
from tools.bench.goals import Figures, problem

MEASUREMENTS = (
    "moves_1", "moves_50", "moves_200", "paced", "beginnings", "connections", "registrations",
    "memory", "idle", "idle_crowd", "floors",
)
IDLE_PLAYERS = 5_000  # of `idle_crowd`

ByKind = dict[str, float]


@dataclass(frozen=True)
class Costs:
    """CPU in seconds by kind of process, and memory in KiB by kind for a connection.

    A move costs less the more there are in a second, as more share a batch. In a second, a process
    takes `process`, however many moves it serves, and `move` for each of them.
    """

    process: ByKind
    move: ByKind
    beginning: ByKind
    connection: ByKind
    login: ByKind
    idle: ByKind  # a connection, each second
    memory: ByKind
    batch: Batch
    queue_seconds: float  # of the broker, to make and delete a connection's queue
    comes_back: float | None  # players a second, on the machine that was measured

    @classmethod
    def of(cls, figures: Figures, idle_players: int = IDLE_PLAYERS) -> "Costs":
        """Return what production's set has measured; raises LookupError where a part is missing."""
        for name in MEASUREMENTS:
            if reason := problem(figures, name):
                raise LookupError(f"{name}: {reason}")
        beginning = _seconds(figures["beginnings"]["cpu_ms_by_kind"])
        occupied, empty = (figures[each]["cores_by_kind"] for each in ("idle_crowd", "idle"))
        floors = figures["floors"]
        process, move = _line(figures["paced"], figures["moves_50"], beginning)
        return cls(
            process=process, move=move, beginning=beginning,
            connection=_seconds(figures["connections"]["cpu_ms_by_kind"]),
            login=_seconds(figures["registrations"]["cpu_ms_by_kind"]),
            idle={
                kind: max(each - empty.get(kind, 0.0), 0.0) / idle_players
                for kind, each in occupied.items()
            },
            memory=figures["memory"]["kib_by_kind"], batch=_batch(figures),
            queue_seconds=(floors["queue"]["microseconds"] + floors["queue_end"]["microseconds"])
            / 1e6,
            comes_back=None if problem(figures, "herd") else figures["herd"]["per_second"],
        )


def _line(
    few: Mapping[str, Any], many: Mapping[str, Any], beginning: ByKind
) -> tuple[ByKind, ByKind]:
    """Return what a process takes a second and for each move: a line through two rates."""
    process, move = {}, {}
    rates = [each["moves_per_second"] for each in (few, many)]
    costs = [_without(each, beginning) for each in (few, many)]
    for kind in costs[1]:
        low, high = (rate * cost.get(kind, 0.0) for rate, cost in zip(rates, costs, strict=True))
        slope = (high - low) / (rates[1] - rates[0]) if rates[1] > rates[0] else 0.0
        move[kind] = min(max(slope, 0.0), high / rates[1])
        process[kind] = max(high - rates[1] * move[kind], 0.0)
    return process, move


def _batch(figures: Figures) -> Batch:
    alone, many = (
        figures[each]["cpu_ms_by_kind"]["sessions"] / 1000 for each in ("moves_1", "moves_200")
    )
    commit = figures["floors"]["commit"]["microseconds"] / 1e6
    return Batch(max(alone - many, 0.0) + commit, many)


def _without(moves: Mapping[str, Any], beginning: ByKind) -> ByKind:
    """Return what a move costs without its part of the beginnings of games."""
    share = moves["games_per_second"] / moves["moves_per_second"]
    return {
        kind: max(each - share * beginning.get(kind, 0.0), 0.0)
        for kind, each in _seconds(moves["cpu_ms_by_kind"]).items()
    }


def _seconds(milliseconds: Mapping[str, float]) -> ByKind:
    return {kind: each / 1000 for kind, each in milliseconds.items()}
