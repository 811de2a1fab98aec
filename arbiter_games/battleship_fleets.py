"""Fleets of battleship that fit the results of the shots at them."""

import random
from collections.abc import Iterator

Line = tuple[str, ...]
Placements = dict[str, dict[str, Line]]  # by ship and move, the squares


def fitting_fleet(
    ships: list[str], placements: Placements, closed: set[str], hits: set[str],
    rng: random.Random,
) -> dict[str, Line]:
    """Return these ships where they may be, by the move that places each.

    They cover all of `hits`, which sink none of them, and none of the `closed` squares. Assumes
    that there is such a fleet.
    """
    fitting = {
        ship: {
            move: line for move, line in placements[ship].items()
            if closed.isdisjoint(line) and not hits.issuperset(line)
        }
        for ship in ships
    }
    return next(_fleets(fitting, hits, rng))


def _fleets(
    fitting: Placements, hits: set[str], rng: random.Random
) -> Iterator[dict[str, Line]]:
    """Yield fleets, in an order drawn by lot: first what covers a hit, then the other ships."""
    if not fitting:
        if not hits:
            yield {}
        return
    for ship, move, line in _next_ships(fitting, hits, rng):
        others = {
            other: {each: its for each, its in moves.items() if not set(its) & set(line)}
            for other, moves in fitting.items() if other != ship
        }
        if all(others.values()):
            for fleet in _fleets(others, hits - set(line), rng):
                yield {move: line, **fleet}


def _next_ships(
    fitting: Placements, hits: set[str], rng: random.Random
) -> list[tuple[str, str, Line]]:
    """Return what to try next: all that covers one hit, or all places of one ship."""
    if hits:
        hit = min(hits)
        ways = [
            (ship, move, line) for ship, moves in fitting.items()
            for move, line in moves.items() if hit in line
        ]
    else:
        ship = next(iter(fitting))
        ways = [(ship, move, line) for move, line in fitting[ship].items()]
    return rng.sample(ways, len(ways))
