"""One game as the kit plays it: the moves so far, and the position that they led to."""

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from arbiter_games.contract import IllegalMove, Move, Outcome, State
from arbiter_games.testing.broken_law import BrokenLaw, brief
from arbiter_games.testing.checked_game import CheckedGame

MAX_TOLD_MOVES = 40


@dataclass
class Playthrough:
    """One game under way: `moves`, each of a seat, lead from `setup` to `state`."""

    game: CheckedGame
    players: int
    options: dict[str, Any]
    seed: int
    setup: State = None
    state: State = None
    moves: list[tuple[int, Move]] = field(default_factory=list)

    def begin(self) -> None:
        """Set the game up."""
        self.setup = self.state = self.game.setup(self.players, self.options, Random(self.seed))

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

    def play(self, seat: int, move: Move) -> None:
        """Make a legal move."""
        self.state = after(self.game, self.state, seat, move)
        self.moves.append((seat, move))

    def at(self, state: State) -> "Playthrough":
        """Return the game with another state in place of the present one."""
        return replace(self, state=state)

    def story(self) -> str:
        """Return the calls and moves that lead to this position, as a sentence."""
        told = [f"{seat} plays {brief(move)}" for seat, move in self.moves[-MAX_TOLD_MOVES:]]
        left_out = len(self.moves) - len(told)
        setup = f"setup({self.players}, {brief(self.options)}, random.Random({self.seed}))"
        return ", ".join([
            f"After {setup}", *([f"{left_out} moves"] if left_out else []), *told
        ]) + "."


def after(game: CheckedGame, state: State, seat: int, move: Move) -> State:
    """Return the state after a move that `legal_moves` lists; raise BrokenLaw if it is refused."""
    try:
        return game.apply(state, seat, move)
    except IllegalMove as error:
        raise BrokenLaw(
            "every legal move is accepted",
            f"legal_moves lists {brief(move)} for seat {seat}, and apply refused it: {error}",
        ) from None
