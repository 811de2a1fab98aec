"""Every game that is installed keeps the contract, in games played at random."""

import copy
import json
import random

import pytest

from sessions.games import Game, IllegalMove, load_games

GAMES = load_games()
SEEDS = range(8)
LONGEST_GAME = 2000
HOSTILE = [
    None,
    True,
    -1,
    2.5,
    float("inf"),
    [],
    [[None]],
    {},
    {"move": {}},
    "",
    " ",
    "\n",
    "\x00",
    "\ud800",
    "\u0661\u0662",
    "a" * 100_000,
]


@pytest.fixture(params=list(GAMES))
def game(request):
    return GAMES[request.param]


@pytest.fixture(params=SEEDS)
def states(game, request):
    """The states of one game, from the first to the one in which nobody is to move."""
    return play(game, game.min_players, request.param)


def play(game, players, seed):
    """Play at random, on copies: what a method did to its argument is not in the states."""
    rng = random.Random(seed)
    state = game.setup(players, {}, rng)
    states = [copy.deepcopy(state)]
    while game.to_move(state):
        assert len(states) < LONGEST_GAME, "the game goes on for ever"
        player = rng.choice(game.to_move(state))
        state = game.apply(state, player, rng.choice(game.legal_moves(state, player)))
        states.append(copy.deepcopy(state))
    return states


def some(states):
    """Return enough of the states for a test whose time grows with the number of legal moves."""
    return states[:: 1 + len(states) // 50]


def through_json(value):
    return json.loads(json.dumps(value, allow_nan=False))


def moves(game, state):
    """Return each seat and move that is legal now."""
    return [(seat, move) for seat in game.to_move(state) for move in game.legal_moves(state, seat)]


def test_it_says_what_it_is(game):
    assert game.name and isinstance(game.name, str)
    assert game.title and isinstance(game.title, str)
    assert 1 <= game.min_players <= game.max_players


def test_it_ends_with_any_number_of_players_that_it_takes(game):
    for players in range(game.min_players, game.max_players + 1):
        outcome = game.outcome(play(game, players, seed=0)[-1])
        assert outcome.winner is None or outcome.winner in range(players)
        assert outcome.reason and isinstance(outcome.reason, str)


def test_the_same_chance_gives_the_same_game(game):
    assert play(game, game.min_players, seed=1) == play(game, game.min_players, seed=1)


def test_somebody_can_move_until_there_is_an_outcome(game, states):
    for state in states[:-1]:
        assert game.outcome(state) is None
        assert all(game.legal_moves(state, seat) for seat in game.to_move(state))
    assert game.outcome(states[-1]) is not None


def test_states_moves_and_views_survive_json(game, states):
    for state in states:
        assert through_json(state) == state
        legal = [move for _, move in moves(game, state)]
        assert through_json(legal) == legal
        for viewer in (None, *range(game.min_players)):
            view = game.view(state, viewer)
            assert through_json(view) == view


def test_views_tell_the_turn_and_the_ply(game, states):
    for ply, state in enumerate(states):
        view = game.view(state, None)
        assert view["ply"] == ply
        assert view["turn"] is None or view["turn"] in range(game.min_players)


def test_a_view_is_the_whole_state_where_the_game_does_not_say_otherwise(game, states):
    assert Game.view(game, states[0], None) == states[0]


def test_legal_moves_are_accepted_and_change_no_state_but_the_new_one(game, states):
    for state in some(states):
        before = copy.deepcopy(state)
        for seat, move in moves(game, state):
            assert game.apply(state, seat, move) != before
            game.view(state, seat)
        assert state == before


def test_legal_moves_come_once_and_in_one_order(game, states):
    for state in some(states):
        for seat in game.to_move(state):
            legal = game.legal_moves(state, seat)
            assert legal == game.legal_moves(through_json(state), seat)
            assert all(legal.count(move) == 1 for move in legal)


def test_who_is_not_to_move_has_no_moves_and_makes_none(game, states):
    first_moves = [move for _, move in moves(game, states[0])]
    for state in [*some(states), states[-1]]:
        for stranger in {*range(-1, game.max_players + 1)} - {*game.to_move(state)}:
            assert game.legal_moves(state, stranger) == []
            for move in [*first_moves, *(move for _, move in moves(game, state)), *HOSTILE]:
                assert_illegal(game, state, stranger, move)


def test_nobody_makes_an_illegal_move(game, states):
    made = [move for state in states for _, move in moves(game, state)]
    for state in some(states):
        before = copy.deepcopy(state)
        for seat in game.to_move(state):
            legal = game.legal_moves(state, seat)
            for move in [*HOSTILE, *made[:100]]:
                if move not in legal:
                    assert_illegal(game, state, seat, move)
        assert state == before


def assert_illegal(game, state, seat, move):
    """Assert that the move is refused with one line that can be sent to its maker."""
    with pytest.raises(IllegalMove) as caught:
        game.apply(state, seat, move)
    (line,) = str(caught.value).splitlines()
    assert line.encode()
