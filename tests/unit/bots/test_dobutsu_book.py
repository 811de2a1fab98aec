"""The second player wins Dobutsu shogi from the start by the book, whatever the first does."""

from functools import cache
from math import inf
from random import Random

import pytest

from arbiter_games.dobutsu import Dobutsu
from bots.contest import Player, play
from bots.engines import dobutsu
from bots.engines import dobutsu_board as board
from bots.engines import dobutsu_book as book
from bots.engines.levels import Budget
from bots.engines.move_choice import Chosen

GAME = Dobutsu()
START = board.position(GAME.view(GAME.setup(2, {}, Random(1)), 0))
PLIES = 78  # Tanaka, "Analysis of the game Dobutsu shogi", 2009
PLIES_LEFT = 7  # where the book ends, at most


@cache
def most_plies(position):
    """Return the plies that the first player, who is to move, can last, and has not won by then."""
    most = 0
    for move in board.moves(position):
        after = board.made(position, move)
        if end := board.end(after):
            assert end > 0
            continue
        plies, reply = PLIES_LEFT, book.reply(after)
        if reply is not None:
            assert reply in board.moves(after)
            following = board.made(after, reply)
            plies = 1 + most_plies(min(following, book.mirror(following)))
        most = max(most, 1 + plies)
    return max(most, 2)


def by_book(game, seen, budget, rng):
    """Choose as level 5 does, however slow the machine is."""
    return Chosen(dobutsu.choose(game, seen, Budget(5, 0, inf), rng), "alpha-beta")


def by_search(game, seen, budget, rng):
    search = dobutsu.AlphaBeta(budget, board.history(seen.initial, seen.moves))
    return Chosen(board.written(search.position, search.best(60, rng), seen.seat), "alpha-beta")


def by_lot(game, seen, budget, rng):
    return Chosen(rng.choice(seen.legal), "random")


def test_the_book_answers_all_moves_and_wins_in_78_plies():
    assert most_plies(START) == PLIES


@pytest.mark.parametrize("seed", range(40))
def test_the_second_player_wins_against_moves_by_lot(seed):
    assert play(GAME, [Player(1, by_lot), Player(5, by_book)], Random(seed)) == 1


@pytest.mark.parametrize("seed", range(3))
def test_the_second_player_wins_against_a_search_of_level_5(seed):
    assert play(GAME, [Player(5, by_search, hurry=40), Player(5, by_book)], Random(seed)) == 1


def test_a_mirror_image_has_the_same_reply():
    positions = list(book.replies())[::5000]
    assert [book.reply(book.mirror(each)) for each in positions] == [
        book.mirror_move(book.reply(each)) if each != book.mirror(each) else book.reply(each)
        for each in positions
    ]


def test_a_position_that_stood_twice_is_not_entered_again():
    position = next(iter(book.replies()))
    drawn = board.made(position, book.reply(position))
    budget = Budget(5, 0, inf)
    assert dobutsu.AlphaBeta(budget, [drawn, position]).known() == book.reply(position)
    assert dobutsu.AlphaBeta(budget, [drawn, drawn, position]).known() is None
