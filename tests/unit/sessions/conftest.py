"""The vocabulary of the session tests: matches of Alice and Bob, and what they do in them."""

import random

import pytest

from sessions.commands import Order, decide
from sessions.games.dobutsu import Dobutsu
from sessions.match import Match, Terms
from tests.unit.sessions.games import HighCard

NOW = 1_700_000_000.0
CATCHING_THE_LION = ["b2b3", "a4a3", "b3b4+"]  # ends the game: Alice takes Bob's lion


@pytest.fixture
def begin():
    """Begins a match of Alice, who moves first in dobutsu, and Bob."""

    def begin(game=None, clock=None, leaving="auto", grace=30.0, first_move=30.0):
        game = game or Dobutsu()
        state = game.setup(2, {}, random.Random(1))
        options = {"clock": clock, "rated": True}
        terms = Terms(grace, first_move, leaving)
        return Match.begin("s1", game, terms, options, ["alice", "bob"], False, state, NOW)

    return begin


@pytest.fixture
def match(begin):
    return begin()


@pytest.fixture
def high_card(begin):
    """A match of a game in which both may move at once."""
    return begin(HighCard())


@pytest.fixture
def give():
    """Gives a player's command to a match, so many seconds after its beginning."""

    def give(match, login, kind, version=None, after=0.0, **rest):
        order = Order(login, {"type": kind, **rest}, version)
        return decide(match, order, NOW + after)

    return give


@pytest.fixture
def move(give):
    """Makes moves, each of who is to move."""

    def move(match, *moves, after=0.0):
        for each in moves:
            give(match, match.to_move[0], "move", move=each, after=after)

    return move
