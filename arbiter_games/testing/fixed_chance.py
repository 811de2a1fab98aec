"""Games with chance, as games that draw it from the number of moves made.

So the laws of all games can be checked of them: the same is drawn whatever secrets are in the
state.
"""

from random import Random
from typing import Any, cast

from arbiter_games.contract import Game, Move, State


class DrawnChance:
    """What is mixed in: `apply` of three parameters. A class has one seed, and so all copies."""

    chance_seed = 0


def with_drawn_chance(game: Game) -> Game:
    """Return a game with chance as one whose moves draw it by themselves; others as they are."""
    if not game.chance:
        return game

    plain_apply: Any = type(game).apply

    def apply(
        self: Game, state: State, player: int, move: Move, chance: Random | None = None
    ) -> State:
        if chance is None:  # else the game calls it, as to replay what it exports
            view = self.view(state, None)
            ply = view.get("ply") if isinstance(view, dict) else None
            chance = Random(f"{drawn.chance_seed} {ply}")
        return plain_apply(self, state, player, move, chance)

    own: dict[str, Any] = {"apply": apply, "chance": False}
    drawn: Any = type(type(game).__name__, (DrawnChance, type(game)), own)
    copied = drawn.__new__(drawn)
    copied.__dict__.update(vars(game))
    return cast(Game, copied)


def begin(game: Game, seed: int) -> None:
    """Draw the chance of a game, and of all its copies, from another seed."""
    if isinstance(game, DrawnChance):
        type(game).chance_seed = seed
