"""Pairs of states that a viewer must not be able to tell apart."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from arbiter_games.contract import Move, State
from arbiter_games.testing.broken_law import brief

# What an author gives to the kit: another state that looks the same to this viewer, or None.
Lookalike: TypeAlias = Callable[[State, int | None, Random], State]


@dataclass(frozen=True)
class LookalikePair:
    """Two states that must look alike to a viewer, and the move of a seat that made each.

    It is one move, in two states, where `lookalike` has made one state of the other. `before` are
    the states that the moves were made in.
    """

    viewer: int | None
    states: tuple[State, State]
    seat: int | None = None
    moves: tuple[Move, Move] = (None, None)
    before: tuple[State, State] = (None, None)

    @property
    def has_one_move(self) -> bool:
        """Whether the same move has made both states."""
        return bool(self.moves[0] == self.moves[1])

    @property
    def viewer_name(self) -> str:
        return "a spectator" if self.viewer is None else f"seat {self.viewer}"

    def __str__(self) -> str:
        if self.has_one_move:
            return "two states of which `lookalike` says that they look alike"
        return f"{brief(self.moves[0])} and {brief(self.moves[1])} of seat {self.seat}, shown alike"
