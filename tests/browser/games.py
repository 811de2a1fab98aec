"""Games to be played in browsers, found by playing at random."""

import random
from functools import cache

from arbiter_games.contract import Outcome
from arbiter_games.dobutsu import Dobutsu


@cache
def whole_game(longest: int = 16) -> tuple[tuple[str, ...], str, int]:
    """Return the moves of a short game with drops, its reason and its winner."""
    for seed in range(5000):
        moves, outcome = _at_random(seed, longest)
        won = outcome and outcome.winner is not None
        if won and any("@" in move for move in moves) and len(moves) >= 8:
            return tuple(moves), outcome.reason, outcome.winner
    raise AssertionError("no such game was found")


def _at_random(seed: int, longest: int) -> tuple[list[str], Outcome | None]:
    game, rng = Dobutsu(), random.Random(seed)
    state, moves = game.setup(2, {}, rng), []
    while not (outcome := game.outcome(state)) and len(moves) < longest:
        [seat] = game.to_move(state)
        moves.append(rng.choice(game.legal_moves(state, seat)))
        state = game.apply(state, seat, moves[-1])
    return moves, outcome
