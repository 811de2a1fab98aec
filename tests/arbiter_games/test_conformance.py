"""Every game of this package conforms, by itself and in the session service."""

import pytest

from arbiter_games.battleship import Battleship
from arbiter_games.plugins import load_games
from arbiter_games.testing import assert_game_conforms
from tests.arbiter_games.hosting import in_session_service  # noqa: F401
from tests.arbiter_games.lookalikes import other_place

pytestmark = pytest.mark.usefixtures("in_session_service")

GAMES = load_games()
# Not all variants: their library takes a millisecond for each call.
SAMPLE = ["kyotoshogi", "clobber"]


@pytest.mark.parametrize(("name", "examples"), [("dobutsu", 20), ("chess", 4)])
def test_a_game_conforms(name, examples):
    assert_game_conforms(GAMES[name], examples=examples)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SAMPLE if name in GAMES])
def test_a_variant_conforms(name):
    assert_game_conforms(GAMES[name], examples=1)


def test_battleship_conforms():
    assert_game_conforms(Battleship(), lookalike=other_place, examples=5)
