"""A game as the kit plays it: the moves so far, and what may be said of the position."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from arbiter_games.contract import IllegalMove, Outcome
from arbiter_games.testing.failure import BrokenLaw, brief
from arbiter_games.testing.watched import Watched

TOLD = 40


@dataclass
class Line:
    """One game under way: `moves` lead from `begun` to `state`."""

    game: Watched
    players: int
    options: dict[str, Any]
    seed: int
    begun: Any = None
    state: Any = None
    moves: list[tuple[int, Any]] = field(default_factory=list)

    def begin(self) -> None:
        self.begun = self.state = self.game.setup(self.players, self.options, Random(self.seed))

    @property
    def seats(self) -> range:
        return range(self.players)

    @property
    def viewers(self) -> tuple[int | None, ...]:
        return (None, *self.seats)

    @property
    def to_move(self) -> list[int]:
        return self.game.to_move(self.state)

    @property
    def outcome(self) -> Outcome | None:
        return self.game.outcome(self.state)

    def play(self, seat: int, move: Any) -> None:
        """Make a legal move."""
        self.state = after(self.game, self.state, seat, move)
        self.moves.append((seat, move))

    def story(self) -> str:
        """Tell how to get here."""
        told = [f"{seat} plays {brief(move)}" for seat, move in self.moves[-TOLD:]]
        left_out = len(self.moves) - len(told)
        beginning = f"setup({self.players}, {brief(self.options)}, random.Random({self.seed}))"
        return ", ".join([
            f"After {beginning}", *([f"{left_out} moves"] if left_out else []), *told
        ]) + "."


def after(game: Watched, state: Any, seat: int, move: Any) -> Any:
    """Return the state after a move that `legal_moves` lists."""
    try:
        return game.apply(state, seat, move)
    except IllegalMove as error:
        raise BrokenLaw(
            "every legal move is accepted",
            f"legal_moves lists {brief(move)} for seat {seat}, and apply refused it: {error}",
        ) from None
