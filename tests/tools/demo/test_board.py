"""The board of the demo as text: pieces, hands, turns and moves."""

import random

import pytest

from arbiter_games.plugins import load_games
from tools.demo.board import Style, describe_move, draw

DOBUTSU = load_games()["dobutsu"]
PLAYERS = ["ada", "ben"]
START = """\
     ▼ ben, in hand: nothing
           a            b            c
     ┌────────────┬────────────┬────────────┐
   4 │ ▼ giraffe  │ ▼ lion     │ ▼ elephant │
     ├────────────┼────────────┼────────────┤
   3 │            │ ▼ chick    │            │
     ├────────────┼────────────┼────────────┤
   2 │            │ ▲ chick    │            │
     ├────────────┼────────────┼────────────┤
   1 │ ▲ elephant │ ▲ lion     │ ▲ giraffe  │
     └────────────┴────────────┴────────────┘
     ▲ ada, in hand: nothing  <- to move"""


def positions(*moves):
    """Return the views of a game before each of the moves and after the last one."""
    state = DOBUTSU.setup(2, {}, random.Random(1))
    views = [DOBUTSU.view(state, None)]
    for number, move in enumerate(moves):
        state = DOBUTSU.apply(state, number % 2, move)
        views.append(DOBUTSU.view(state, None))
    return views


def drawn(view, **style):
    return "\n".join(draw(view, PLAYERS, Style(**style)))


def described(*moves):
    """Return the description of the last of the moves."""
    *_, before, after = positions(*moves)
    return describe_move(before, moves[-1], after)


def test_the_first_position_is_drawn():
    assert drawn(positions()[0]) == START


def test_a_piece_that_has_moved_has_a_star():
    lines = drawn(positions("b2b3")[-1]).splitlines()
    assert lines[5] == "   3 │            │*▲ chick    │            │"
    assert drawn(positions("b2b3")[-1]).count("*") == 1


def test_hands_and_the_turn_are_beside_the_names():
    lines = drawn(positions("b2b3", "b4b3", "c1c2")[-1]).splitlines()
    assert lines[0] == "     ▼ ben, in hand: chick  <- to move"
    assert lines[-1] == "     ▲ ada, in hand: chick"


def test_two_of_a_kind_in_hand_are_counted():
    view = {**positions()[0], "hands": [["chick", "chick", "giraffe"], []]}
    assert drawn(view).splitlines()[-1] == (
        "     ▲ ada, in hand: chick x2, giraffe  <- to move"
    )


def test_nobody_is_to_move_when_the_game_is_over():
    assert "to move" not in "\n".join(draw(positions()[0], PLAYERS, Style(), over=True))


def test_a_dropped_piece_has_the_star():
    view = positions("b2b3", "b4b3", "C@a2")[-1]
    assert "   2 │*▲ chick    │            │            │" in drawn(view)


def test_without_box_characters_the_board_is_ascii():
    board = drawn(positions()[0], ascii=True)
    assert board.isascii()
    assert "   4 | v giraffe  | v lion     | v elephant |" in board
    assert "+------------+" in board and "^ ada" in board


def test_colours_do_not_change_the_text():
    import re

    coloured = drawn(positions("b2b3")[-1], colours=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == drawn(positions("b2b3")[-1])


@pytest.mark.parametrize(
    "moves, sentence",
    [
        (["b2b3"], "The chick takes the chick."),
        (["c1c2"], "The giraffe moves."),
        (["c1c2", "b3b2", "b1a2", "b2b1+"], "The chick moves and becomes a hen."),
        (["c1c2", "b3b2", "c2c3", "b2b1+"], "The chick takes the lion and becomes a hen."),
        (["b2b3", "b4b3", "C@a2"], "A chick comes back into play."),
    ],
)
def test_a_move_is_described(moves, sentence):
    assert described(*moves) == sentence


def test_every_position_fits_into_eighty_columns():
    rng = random.Random(7)
    names = ["ada-0123456789abcdef", "ben-0123456789abcdef"]
    for _ in range(50):
        state = DOBUTSU.setup(2, {}, rng)
        while to_move := DOBUTSU.to_move(state):
            lines = draw(DOBUTSU.view(state, None), names, Style())
            assert max(map(len, lines)) <= 80 and len({len(line) for line in lines[2:-1]}) == 1
            move = rng.choice(DOBUTSU.legal_moves(state, to_move[0]))
            state = DOBUTSU.apply(state, to_move[0], move)
