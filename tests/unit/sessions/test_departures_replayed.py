"""A stored session that a player has left is replayed by the installed rules."""

import random

import pytest

from arbiter_games.contract import Leaving
from docs.examples.pig import Pig
from extensions.settings import Settings
from sessions import departures
from sessions.game_registry import GameRegistry
from sessions.match import Match, initial_state
from sessions.rules_replay import DIFFERS, SAME, check
from tests.unit.sessions.conftest import NOW
from tests.unit.sessions.games import LastOne
from tests.unit.sessions.test_rules_check import record

FOUR = ["ann", "bob", "cat", "dan"]
OPTIONS = {"clock": None, "rated": True, "goal": 30}


def left_by_bob(game):
    """Return the record of a game of four by lot, in which bob resigns."""
    state = initial_state(game, 4, OPTIONS, "seed")
    match = Match.start("s1", game, Settings(), OPTIONS, FOUR, False, state, NOW, "seed")
    happened = match.move("ann", match.game.legal_moves(state, 0)[0], NOW)
    happened += departures.leave(match, "bob", "resignation", NOW)
    rng = random.Random(1)
    while match.status == "active":
        [login] = match.to_move
        legal = match.game.legal_moves(match.state, match.players.index(login))
        happened += match.move(login, rng.choice(legal), NOW)
        happened += departures.go_on(match, NOW)
    return record(match, happened)


class Staying(Pig):
    """Rules of the same version, in which a player who leaves is not taken out."""

    def leave(self, state, seat):
        return Leaving.BY_LOT


class Ending(Pig):
    def leave(self, state, seat):
        return Leaving.END


@pytest.mark.parametrize(("game", "installed", "what"), [
    (Pig(), Pig(), None), (LastOne(), LastOne(), None),
    (Pig(), Staying(), "stored and replayed differ at ['out']"),
    (Pig(), Ending(), "the game ends when a player leaves"),
])
def test_a_player_leaves_in_the_replay_too(game, installed, what):
    found = check(left_by_bob(game), GameRegistry({game.name: installed}))
    if what is None:
        assert (found.kind, found.what) == (SAME, "")
    else:
        assert found.kind == DIFFERS
        assert found.what.startswith(f"version 2: {what}")
