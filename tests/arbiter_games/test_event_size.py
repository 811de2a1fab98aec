"""What the event of a move keeps of a state has a size that does not grow with the game."""

import json
import random

import pytest

from arbiter_games import dobutsu
from arbiter_games.plugins import load_games
from tests.arbiter_games.playing import begin

GAMES = load_games()
VARIANTS = sorted(GAMES.keys() - {"chess", "dobutsu", "battleship"})
MAX_BYTES = 1_500


def size(game, state):
    return len(json.dumps(game.for_history(state)))


def states_of_a_long_game(game, plies):
    """Yield the states of a random game without moves that end it, as long as there are any."""
    rng, state = random.Random(1), begin(game)
    for _ in range(plies):
        [seat, *_] = game.to_move(state)
        for move in rng.sample(moves := game.legal_moves(state, seat), len(moves)):
            after = game.apply(state, seat, move)
            if game.outcome(after) is None:
                break
        else:
            return
        state = after
        yield state


@pytest.mark.parametrize(("name", "plies"), [("chess", 300), ("battleship", 200)])
def test_a_long_game_keeps_little_of_each_state(name, plies):
    game = GAMES[name]
    sizes = [size(game, state) for state in states_of_a_long_game(game, plies)]
    assert len(sizes) > plies / 2
    assert max(sizes) < MAX_BYTES


def test_dobutsu_keeps_the_count_of_one_position():
    game = GAMES["dobutsu"]
    state = begin(game)
    many = {**state, "seen": {**state["seen"], **{f"another {each}": 1 for each in range(3_000)}}}
    assert list(game.for_history(many)["seen"].values()) == [1]
    assert size(game, many) < MAX_BYTES


def test_the_longest_game_of_dobutsu_has_a_small_state():
    game = GAMES["dobutsu"]
    longest = {f"{'.' * 12}CCGGEE{each:03}": 1 for each in range(dobutsu.MAX_MOVES)}
    state = {**begin(game), "ply": dobutsu.MAX_MOVES - 1, "seen": {dobutsu.START: 1, **longest}}
    after = game.apply(state, 0, "b1a2")
    assert game.outcome(after) is not None
    assert len(json.dumps(after)) < 16_000


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_keeps_no_earlier_moves(name):
    game = GAMES[name]
    state = begin(game)
    [seat] = game.to_move(state)
    after = game.apply(state, seat, game.legal_moves(state, seat)[0])
    assert not {"since", "moves"} & game.for_history(after).keys()
    assert size(game, after) < MAX_BYTES
