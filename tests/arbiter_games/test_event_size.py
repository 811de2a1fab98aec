"""An event has a size that does not grow with the game, and shows what the whole state would."""

import json
import random

import pytest

from arbiter_games.registry import load_games
from sessions.match import Match
from sessions.settings import SessionSettings
from tests.arbiter_games.playing import begin

GAMES = load_games()
VARIANTS = sorted(GAMES.keys() - {"chess", "dobutsu", "battleship"})
LONGEST = 2_000  # bytes
OPTIONS = {"clock": None, "rated": True}


def event_of_a_move(game, state, seat, move):
    match = Match.begin("s1", game, SessionSettings(), OPTIONS, ["ada", "ben"], False, state, 0.0)
    [event, *_] = match.move(match.players[seat], move, 0.0)
    return event


def long_game(game, plies):
    """Yield (state, seat, move) of a game that is kept from ending while it can be."""
    rng, state = random.Random(1), begin(game)
    for _ in range(plies):
        [seat, *_] = game.to_move(state)
        for move in rng.sample(moves := game.legal_moves(state, seat), len(moves)):
            after = game.apply(state, seat, move)
            if game.outcome(after) is None:
                break
        else:
            return
        yield state, seat, move
        state = after


@pytest.mark.parametrize(("name", "plies"), [("chess", 300), ("battleship", 200)])
def test_the_events_of_a_long_game_stay_small(name, plies):
    game = GAMES[name]
    sizes = [len(json.dumps(event_of_a_move(game, *each).data)) for each in long_game(game, plies)]
    assert len(sizes) > plies / 2
    assert max(sizes) < LONGEST


def test_the_event_of_a_dobutsu_move_does_not_grow_with_the_positions_before_it():
    game = GAMES["dobutsu"]
    state = begin(game)
    many = {**state, "seen": {**state["seen"], **{f"another {each}": 1 for each in range(3_000)}}}
    event = event_of_a_move(game, many, 0, "b2b3")
    assert list(event.data["state"]["seen"].values()) == [1]
    assert len(json.dumps(event.data)) < LONGEST


@pytest.mark.parametrize("name", VARIANTS)
def test_the_event_of_a_variants_move_does_not_grow_with_the_moves_before_it(name):
    game = GAMES[name]
    state = begin(game)
    [seat] = game.to_move(state)
    event = event_of_a_move(game, state, seat, game.legal_moves(state, seat)[0])
    assert not {"since", "moves"} & event.data["state"].keys()
    assert len(json.dumps(event.data)) < LONGEST


def test_a_match_keeps_what_the_next_move_needs():
    game = GAMES["dobutsu"]
    state = begin(game)
    match = Match.begin("s1", game, SessionSettings(), OPTIONS, ["ada", "ben"], False, state, 0.0)
    [event] = match.move("ada", "b2b3", 0.0)
    assert match.state == game.apply(state, 0, "b2b3") and len(match.state["seen"]) == 2
    assert len(event.data["state"]["seen"]) == 1
