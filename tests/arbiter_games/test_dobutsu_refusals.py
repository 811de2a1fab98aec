"""Moves that Dobutsu shogi refuses, and why."""

import pytest

from tests.arbiter_games.dobutsu_positions import SECOND, refusal, start

HOSTILE = [
    None,
    True,
    0,
    -1.5,
    float("nan"),
    [],
    ["b2b3"],
    [[[[]]]] * 100,
    {},
    {"type": "move", "move": "b2b3"},
    {"b2b3": None},
    "",
    " b2b3",
    "b2b3\n",
    "B2B3",
    "b2b3b4",
    "b2-b3",
    "b2b3++",
    "b2b2",
    "d2d3",
    "b0b1",
    "c@a3",
    "C@d1",
    "H@a3",
    "L@a3",
    "@",
    "+",
    "\u0661" * 4,
    "\ud800",
    "b2\udfff",
    "b2b3\x00",
    "b2b3" * 100_000,
    "\U0001f981",
]


class TestRefusals:
    @pytest.mark.parametrize("move", HOSTILE, ids=lambda move: ascii(move)[:20])
    def test_a_hostile_move_is_refused_in_a_printable_sentence(self, move):
        message = refusal(start(), move)
        assert message.endswith(".")
        assert len(message) < 120
        assert message.isascii() and message.isprintable()

    def test_a_nested_value_is_illegal(self):
        move = []
        for _ in range(100_000):
            move = [move]
        assert refusal(start(), move).startswith("an array is not a move")

    @pytest.mark.parametrize("player", [SECOND, 2, -1])
    def test_a_move_out_of_turn_is_refused_with_the_reason(self, player):
        assert refusal(start(), "b2b3", player) == "'b2b3' can't be played: it is not your turn."

    @pytest.mark.parametrize(
        ("move", "reason"),
        [
            ("a2a3", "no piece of yours stands on a2"),
            ("b3b2", "no piece of yours stands on b3"),
            ("b1b2", "a piece of yours stands on b2"),
            ("b1b1", "a piece of yours stands on b1"),
            ("c1c3", "the giraffe can't go from c1 to c3"),
            ("b2a3", "the chick can't go from b2 to a3"),
            ("C@a2", "you have no chick in hand"),
        ],
    )
    def test_the_reason_is_given(self, move, reason):
        assert refusal(start(), move) == f"{move!r} is not legal: {reason}."

    def test_a_refused_move_changes_nothing(self):
        state = start()
        refusal(state, "a1a2")
        assert state == start()
