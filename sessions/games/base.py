"""The contract between a game and whoever hosts it.

A game is pure: it reads no clock, does no I/O, and takes all its chance from the random source
that it is given. States and moves are plain JSON values, so a host can store them, send them and
take them up again in another process. A player is a seat number, counted from 0.
"""

import random
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, TypeAlias

State: TypeAlias = Any
Move: TypeAlias = Any

LONGEST_SHOWN = 20
TYPE_NAMES = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "an array",
    dict: "an object",
}


class IllegalMove(ValueError):
    """The rules forbid the move: the message is one sentence, for the person who made it."""


@dataclass(frozen=True)
class Outcome:
    """How a game ended: who won (None: a draw) and the game's own word for why."""

    winner: int | None
    reason: str


class Game(ABC):
    """The rules of one game, as functions of a state; an instance remembers nothing.

    `name` is how machines refer to the game, `title` how people do.
    """

    name: str
    title: str
    min_players: int = 2
    max_players: int = 2

    @abstractmethod
    def setup(self, players: int, options: dict[str, Any], rng: random.Random) -> State:
        """Return the first state of a game for so many players, played with these options.

        The same arguments, `rng` in the same condition included, give the same state.
        """

    @abstractmethod
    def to_move(self, state: State) -> list[int]:
        """Return the seats that may move now: at least one until there is an outcome, then none."""

    @abstractmethod
    def legal_moves(self, state: State, player: int) -> list[Move]:
        """Return every move that `apply` accepts of this player, always in the same order.

        The list is empty for who is not to move.
        """

    @abstractmethod
    def apply(self, state: State, player: int, move: Move) -> State:
        """Return the state after the move, and leave the one that was given as it is.

        The move may be any JSON value at all. Raises `IllegalMove`, and nothing else, for one
        that the player may not make now.
        """

    @abstractmethod
    def outcome(self, state: State) -> Outcome | None:
        """Return how the game ended, or None while it is under way."""

    def view(self, state: State, player: int | None) -> State:
        """Return what this player (None: a spectator) may see of the state: by default all of it.

        Every view has `turn`, the seat that moves next (None where all move at once), and `ply`,
        the number of moves made.
        """
        return state


def show(move: Move) -> str:
    """Return a short and printable form of any JSON value, safe to put into a message."""
    if not isinstance(move, str):
        return TYPE_NAMES.get(type(move), "this")
    if len(move) > LONGEST_SHOWN:
        return f"{move[:LONGEST_SHOWN]!a}..."
    return ascii(move)
