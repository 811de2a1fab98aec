"""Every game here keeps the contract, as the kit for game authors checks it."""

import time

import pytest

from arbiter_games.battleship import Battleship
from arbiter_games.registry import load_games
from arbiter_games.testing import assert_game_conforms
from tests.arbiter_games.twins import other_place

GAMES = load_games()
# Played in a sample, since their library takes a millisecond for each question.
SAMPLE = ["kyotoshogi", "clobber"]


@pytest.mark.parametrize(("name", "examples"), [("dobutsu", 20), ("chess", 4)])
def test_a_game_conforms(name, examples):
    assert_game_conforms(GAMES[name], examples=examples)


@pytest.mark.parametrize("name", [name for name in SAMPLE if name in GAMES])
def test_a_variant_conforms(name):
    assert_game_conforms(GAMES[name], examples=1)


def test_battleship_conforms():
    assert_game_conforms(Battleship(), twin=other_place, examples=5)


def test_all_games_are_found_soon():
    begun = time.monotonic()
    load_games()
    assert time.monotonic() - begun < 1
