"""Positions of Dobutsu shogi drawn by hand, and what is asked of them."""

import random

import pytest

from arbiter_games.contract import IllegalMove
from arbiter_games.dobutsu import Dobutsu

GAME = Dobutsu()
FIRST, SECOND = 0, 1


def start():
    return GAME.setup(2, {}, random.Random(0))


def state_of(diagram, hands="", turn=FIRST):
    """Return the state of a board drawn from the fourth rank down, capitals for the first side."""
    ranks = [line.replace(" ", "") for line in diagram.strip().splitlines()]
    position = "".join(reversed(ranks)) + hands + str(turn)
    return {"position": position, "ply": 0, "last_move": None, "seen": {position: 1}}


def play(state, *moves):
    for move in moves:
        state = GAME.apply(state, turn_of(state), move)
    return state


def turn_of(state):
    return GAME.view(state, None)["turn"]


def moves_of(state):
    return GAME.legal_moves(state, turn_of(state))


def moves_from(square, state):
    return [move for move in moves_of(state) if move.startswith(square)]


def piece_on(square, state):
    return GAME.view(state, None)["board"].get(square)


def hands(state):
    return GAME.view(state, None)["hands"]


def refusal(state, move, player=None):
    with pytest.raises(IllegalMove) as caught:
        GAME.apply(state, turn_of(state) if player is None else player, move)
    return str(caught.value)
