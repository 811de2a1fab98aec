"""Moves as people write them."""

import pytest

from arbiter_games.chess import Chess
from arbiter_games.dobutsu import Dobutsu
from arbiter_games.variants import Variant
from tests.arbiter_games.playing import play


@pytest.mark.parametrize(("game", "moves", "written"), [
    (Chess(), "g1f3", "Nf3"),
    (Chess(), "f2f3 e7e5 g2g4 d8h4", "Qh4#"),
    (Variant("crazyhouse"), "e2e4 d7d5 e4d5 d8d5 P@e4", "P@e4"),
    (Variant("shogi"), "c3c4 g7g6 b2h8+", "Bx22+"),
    (Variant("shogi"), "c3c4 g7g6 b2h8+ g9h8 B@e5", "B*55"),
    (Variant("xiangqi"), "b3e3", "C8=5"),
    (Variant("janggi"), "i4h4", "P79-78"),
    (Dobutsu(), "b2b3", "Cxb3"),
    (Dobutsu(), "b2b3 a4a3 b3b4+", "Cxb4+"),
    (Dobutsu(), "b2b3 b4b3 c1c2 C@b2", "C*b2"),
])
def test_a_move_is_written_as_in_the_literature(game, moves, written):
    *before, move = moves.split()
    state = play(game, " ".join(before))
    kept = game.for_history(state)
    assert game.notation(kept, len(before) % 2, move) == written


def test_the_square_is_named_that_one_of_two_pieces_leaves():
    state = {"position": "G.G.L.....l.0", "ply": 0, "last_move": None, "seen": {}}
    assert Dobutsu().notation(state, 0, "a1b1") == "Ga1b1"
    assert Dobutsu().notation(state, 0, "a1a2") == "Ga2"
