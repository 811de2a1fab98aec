"""What a seat was shown of a game: all that an engine is given."""

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from arbiter_games.contract import Move, State


class NoMove(Enum):
    """What stands among the moves without being one."""

    HAS_LEFT = "has left"


HAS_LEFT = NoMove.HAS_LEFT


@dataclass(frozen=True)
class Seen:
    """A position as a player knows it: the first view, the moves since, and the present view.

    A move is `(seat, move)`; the move is None where it was not shown, and `HAS_LEFT` where the
    seat's player has left and others play on. `legal` has the player's own moves. `checkpoint` is
    what `possible_states` returned for an earlier position of the game.
    """

    game: str
    options: dict[str, Any]
    players: int
    seat: int
    initial: State
    moves: tuple[tuple[int, Move | None], ...]
    view: State
    legal: list[Move]
    checkpoint: "Checkpoint | None" = field(default=None, compare=False)
    game_version: int = 1


@dataclass(frozen=True)
class Checkpoint:
    """The whole state after a number of moves."""

    moves: int
    state: State


def same(one: Any, other: Any) -> bool:
    """Return whether two values are the same once they are JSON."""
    return one == other or json_text(one) == json_text(other)


def json_text(value: Any) -> str:
    """Return a value as text by which it can be looked up."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
