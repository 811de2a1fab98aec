"""The goals, and the figures that are held against them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tools.launch.settings import DEFAULT, PRODUCTION

Figures = Mapping[str, Any]  # of a set, by measurement
Measured = Mapping[str, Figures]  # by set

FAILED = "failed"
SETS = (DEFAULT, PRODUCTION)


@dataclass(frozen=True)
class Goal:
    """A figure, and what it is to be at least or at most, by set.

    `measurements` are those that it comes from.
    """

    title: str
    unit: str
    measurements: tuple[str, ...]
    value: Callable[[Figures], float]
    bounds: Mapping[str, float]
    at_least: bool = False
    digits: int = 2

    def figure(self, figures: Figures) -> float | None:
        """Return the figure of a set; None where it was not measured or has failed."""
        if any(problem(figures, name) for name in self.measurements):
            return None
        return self.value(figures)

    def reached(self, set_name: str, figures: Figures) -> float | None:
        """Return how much of the goal is reached, 1 or more where all of it is."""
        figure, bound = self.figure(figures), self.bounds.get(set_name)
        if figure is None or bound is None:
            return None
        if self.at_least:
            return figure / bound
        return bound / max(figure, 1e-6)


def problem(figures: Figures, name: str) -> str | None:
    """Return why a measurement has no figures; None where it has some."""
    if name not in figures:
        return "not measured"
    failed: str | None = figures[name].get(FAILED)
    return failed


def _of(name: str, key: str) -> Callable[[Figures], float]:
    return lambda figures: float(figures[name][key])


def _both(bound: float) -> dict[str, float]:
    return {name: bound for name in SETS}


def _production(bound: float) -> dict[str, float]:
    return {PRODUCTION: bound}


GOALS = (
    Goal(
        "moves/s in 50 games, over empty calls/s of stock Nameko", "", ("moves_50", "stock"),
        lambda each: each["moves_50"]["moves_per_second"] / each["stock"]["calls_per_second"],
        _both(3.0), at_least=True,
    ),
    Goal(
        "CPU of a move in 50 games, all server processes", "ms", ("moves_50",),
        _of("moves_50", "cpu_ms"), {DEFAULT: 0.75, PRODUCTION: 1.0},
    ),
    Goal(
        "CPU of a game's beginning: private room, join, two connects", "ms", ("beginnings",),
        _of("beginnings", "cpu_ms"), {DEFAULT: 12.0, PRODUCTION: 15.0}, digits=1,
    ),
    Goal(
        "200 moves/s paced: until the opponent has it, p50", "ms", ("paced",),
        _of("paced", "opponent_p50_ms"), _production(3.0), digits=1,
    ),
    Goal(
        "200 moves/s paced: until the opponent has it, p99", "ms", ("paced",),
        _of("paced", "opponent_p99_ms"), _production(10.0), digits=1,
    ),
    Goal(
        "200 moves/s paced: CPU of a move", "ms", ("paced",), _of("paced", "cpu_ms"),
        _production(1.5),
    ),
    Goal(
        "one game alone", "moves/s", ("moves_1",), _of("moves_1", "moves_per_second"),
        _production(500.0), at_least=True, digits=0,
    ),
    Goal(
        "moves/s beside 5,000 idle sockets over those beside none", "",
        ("moves_beside", "moves_beside_none"),
        lambda each: (
            each["moves_beside"]["moves_per_second"]
            / each["moves_beside_none"]["moves_per_second"]
        ),
        _both(0.95), at_least=True,
    ),
    Goal(
        "a session's 500th move over its 5th, until the opponent has it", "", ("long_game",),
        lambda each: each["long_game"]["late_ms"] / each["long_game"]["early_ms"], _both(1.1),
    ),
    Goal(
        "memory of an idle socket in an open session, all processes", "KiB", ("memory",),
        _of("memory", "kib"), _both(80.0), digits=0,
    ),
    Goal(
        "players who come back after a gateway's death", "a second", ("herd",),
        _of("herd", "per_second"), _both(500.0), at_least=True, digits=0,
    ),
    Goal(
        "the slowest list among 1,000,000 rows, database time", "ms", ("lists",),
        lambda each: max(each["lists"].values()), _both(5.0),
    ),
    Goal(
        "a search that is added to 10,000", "ms", ("searches",), _of("searches", "add_ms"),
        _both(5.0),
    ),
    Goal(
        "CPU of a server without players", "% of a core", ("idle",),
        lambda each: 100 * each["idle"]["cores"], _production(5.0), digits=1,
    ),
)
