"""What tests of games share: set a game up, and make moves."""

import random

import pytest

from arbiter_games.contract import IllegalMove


def begin(game, seed=0):
    return game.setup(2, {"clock": None, "rated": True}, random.Random(seed))


def play(game, moves, state=None):
    """Make moves, given as a list or in one string, each by the seat to move."""
    state = begin(game) if state is None else state
    for move in moves.split() if isinstance(moves, str) else moves:
        state = game.apply(state, game.to_move(state)[0], move)
    return state


def at_random(game, seed, choose=None):
    """Yield the states of a game with random moves, or those of `choose(game, state, rng)`."""
    rng = random.Random(seed)
    state = begin(game, seed)
    while True:
        yield state
        to_move = game.to_move(state)
        if not to_move:
            return
        seat = rng.choice(to_move)
        move = choose and choose(game, state, rng)
        state = game.apply(state, seat, move or rng.choice(game.legal_moves(state, seat)))


def refusal(game, state, seat, move):
    """Return the sentence with which a move is refused."""
    with pytest.raises(IllegalMove) as caught:
        game.apply(state, seat, move)
    return str(caught.value)
