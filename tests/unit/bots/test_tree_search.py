"""The tree search finds what is to be found, in games of every kind."""

import time
from collections import Counter
from random import Random

import pytest

from bots.contest import Player, play
from bots.engines import move_choice
from bots.engines.evaluation import material
from bots.engines.levels import Budget, budget
from docs.examples.goofspiel import Goofspiel
from docs.examples.pig import Pig
from docs.examples.tictactoe import TicTacToe
from tests.arbiter_games.testing.games import Countdown, Throws
from tests.arbiter_games.testing.test_determinization import Guessing
from tests.unit.bots.seeing import played, seen_by


def spend(playouts):
    """A budget in playouts alone."""
    return Budget(5, playouts, time.monotonic() + 60)


def best(game, seat, moves, playouts=400, **given):
    return move_choice.choose(game, seen_by(game, seat, moves, **given), spend(playouts), Random(1))


def test_a_row_is_completed():
    moves = [(0, "a1"), (1, "a2"), (0, "b1"), (1, "b2")]
    assert best(TicTacToe(), 0, moves).move == "c1"


def test_a_row_is_prevented():
    assert best(TicTacToe(), 1, [(0, "a1"), (1, "b2"), (0, "b1")]).move == "c1"


def test_a_small_game_is_seen_to_its_end():
    assert best(Countdown(), 0, [], stones=5, seed=1).move == "take 2"


def test_points_are_taken_in_a_game_of_chance():
    given = {"players": 3, "goal": 10, "seed": 7}
    rolls = [(0, "roll")] * 3
    assert played(Pig(), rolls, **given)[-1]["pot"] >= 10
    chosen = best(Pig(), 0, rolls, **given)
    assert (chosen.move, chosen.engine, chosen.checkpoint) == ("hold", "tree-search", None)


def test_equal_throws_are_made_by_lot():
    game = Guessing()
    seen = seen_by(game, 0, [])
    made = Counter(
        move_choice.choose(game, seen, spend(150), Random(seed)).move for seed in range(25)
    )
    assert set(made) == {"rock", "paper", "scissors"}


def test_secrets_without_determinize_are_played_at_random():
    chosen = best(Throws(), 0, [])
    assert chosen.engine == move_choice.engine_name(Throws()) == "random"


def test_a_search_answers_when_its_time_is_over():
    class Slow(TicTacToe):
        def apply(self, state, player, move):
            time.sleep(0.002)
            return super().apply(state, player, move)

    seen = seen_by(Slow(), 0, [])
    tree = move_choice.search(Slow(), seen, Budget(5, 10**9, time.monotonic() + 0.05), Random(1))
    assert tree.move in seen.legal


@pytest.mark.parametrize(("game", "levels"), [
    (TicTacToe(), (3, 3)), (Goofspiel(), (2, 1, 2)), (Pig(), (1, 2, 1, 1)), (Throws(), (1, 1)),
])
def test_whole_games_are_played_by_any_number(game, levels):
    winner = play(game, [Player(level) for level in levels], Random(1))
    assert winner is None or winner in range(len(levels))


def test_more_playouts_win_more_games():
    winners = Counter(play(TicTacToe(), [Player(1), Player(4)], Random(seed)) for seed in range(6))
    assert winners[1] > winners[0]


@pytest.mark.parametrize(("fen", "points"), [
    ("4k3/8/8/8/8/8/8/4KQ2 w - - 0 1", 9), ("lk+P/3[Pp] b", -3 + 3),
])
def test_a_fen_is_estimated_by_what_the_first_seat_has_more(fen, points):
    assert material(fen) == points


def test_the_clock_bounds_a_move():
    assert budget(5).seconds > 1.5
    assert budget(5, left=9).seconds < 0.5
    assert budget(5, left=0).seconds <= 0.02
    assert budget(5, left=0.4, increment=0.1).seconds <= 0.04  # most of the increment is saved
    assert budget(1, left=600, increment=5).seconds <= 0.2
