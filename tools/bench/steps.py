"""The measurements of one set of engines, in their order: `FULL` and `QUICK`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tools.bench import search
from tools.bench.lists import list_milliseconds
from tools.bench.subject import (
    GAMES,
    GAMES_BESIDE_IDLE,
    MAIN_GAMES,
    PACED_MOVES_PER_SECOND,
    Scale,
    Subject,
)


@dataclass(frozen=True)
class Step:
    """A measurement: its name among the figures, its title, and about how long it takes."""

    name: str
    title: str
    seconds: float
    measure: Callable[[Subject], Any]


def _moves(games: int) -> Step:
    title = f"{games} games at a time" if games > 1 else "one game alone"
    return Step(f"moves_{games}", f"Moves, {title}", 11, lambda subject: subject.moves(games))


STOCK = Step("stock", "Stock Nameko, calls that do nothing", 11, Subject.stock)
PACED = Step("paced", f"{PACED_MOVES_PER_SECOND} moves/s, paced", 19, Subject.paced)
CONNECTIONS = Step("connections", "Connecting idle players", 38, Subject.connections)
BEGINNINGS = Step("beginnings", "Beginning their games", 40, Subject.beginnings)

QUICK = (STOCK, _moves(1), _moves(MAIN_GAMES), PACED, CONNECTIONS, BEGINNINGS)
FULL = (
    Step("idle", "A server without players", 7, Subject.idle),
    STOCK,
    Step("floors", "A message, a commit, an echo, a queue", 9, Subject.floors),
    Step("registrations", "Registrations", 3, Subject.registrations),
    *map(_moves, GAMES),
    Step(
        "short_games", f"Games of 12 moves, {MAIN_GAMES} at a time", 11,
        lambda subject: subject.moves(MAIN_GAMES, short=True),
    ),
    PACED,
    Step("long_game", "The 500th move and the 5th", 12, Subject.long_game),
    Step("profile", "Where the time goes", 12, Subject.profile),
    CONNECTIONS,
    BEGINNINGS,
    Step("memory", "Memory of idle connections", 1, Subject.memory),
    Step("idle_crowd", "CPU of idle connections", 7, Subject.idle_connections),
    Step(
        "moves_beside", f"{GAMES_BESIDE_IDLE} games beside them, and by turns beside nobody", 55,
        Subject.moves_beside,
    ),
    Step(
        "moves_beside_none", f"{GAMES_BESIDE_IDLE} games beside nobody", 0,
        Subject.moves_beside_none,
    ),
    Step("herd", "A gateway is killed, and its players come back", 25, Subject.herd),
)


@dataclass(frozen=True)
class OwnEngine:
    """A measurement that needs no server, but an engine of its own."""

    name: str
    title: str
    seconds: float
    measure: Callable[[bool, Scale], Any]


WITHOUT_SERVER = (
    OwnEngine(
        "lists", "Lists among many rows", 40,
        lambda production, scale: list_milliseconds(production, scale.rows),
    ),
    OwnEngine(
        "searches", "A search among many", 12,
        lambda production, scale: search.addition(production, scale.searches),
    ),
)
