"""Perft: the number of move sequences of a length, the usual check of move generators.

Fairy-Stockfish counts the same up to the depth where a lion can be left on its last rank: from the
first position, 71677 at depth 6, but 643982 at depth 7, of which 8865 follow such a lion.
"""

import random

import pytest

from arbiter_games.dobutsu import Dobutsu

GAME = Dobutsu()

SET_UP = ""
BOTH_WITH_HENS = (
    "b1a2 b4c3 a2b1 b3b2 a1b2 c3b3 C@a3 C@a2 c1c2 b3b4 b2c3 a2a1+ c2c1 b4b3 b1c2 "
    "b3b4 a3a4+ b4c3 G@b3 a1a2 b3b2 E@b1 c2b1 a2b2 a4b4 c3c2 b1a2 c2b3"
)
THREE_IN_HAND = (
    "b1a2 b3b2 a2b3 b4a3 c1b1 C@a2 b3c2 a4b4 c2c1 a3a4 c1c2 b4b3 c2c1 a4b4 c1b2 "
    "b4c3 C@a3 c3c2 b2c1 b3c3 a3a4+ a2a1+ a4a3 c2b3 b1b2 b3b2 c1c2 G@b1"
)

COUNTS = {
    SET_UP: [4, 17, 123, 976, 8122, 71677, 635117],
    BOTH_WITH_HENS: [16, 231, 2768, 34886],
    THREE_IN_HAND: [9, 122, 1016, 11124],
}


def position_after(line):
    state = GAME.setup(2, {}, random.Random(0))
    for move in line.split():
        state = GAME.apply(state, *GAME.to_move(state), move)
    return state


def perft(state, depth):
    players = GAME.to_move(state)
    moves = GAME.legal_moves(state, *players) if players else []
    if depth == 1:
        return len(moves)
    return sum(perft(GAME.apply(state, *players, move), depth - 1) for move in moves)


def oracle_perft(pyffish, path, depth):
    moves = pyffish.legal_moves("dobutsu", pyffish.start_fen("dobutsu"), path)
    if depth == 1:
        return len(moves)
    return sum(oracle_perft(pyffish, [*path, move], depth - 1) for move in moves)


@pytest.mark.parametrize(("line", "counts"), COUNTS.items())
def test_the_counts(line, counts):
    state = position_after(line)
    assert [perft(state, depth) for depth in range(1, len(counts) + 1)] == counts


@pytest.mark.parametrize(
    ("line", "deepest"), [(SET_UP, 4), (BOTH_WITH_HENS, 3), (THREE_IN_HAND, 3)]
)
def test_the_oracle_counts_the_same(line, deepest):
    pyffish = pytest.importorskip("pyffish", reason="pyffish is built for x86_64 only")
    counts = [oracle_perft(pyffish, line.split(), depth) for depth in range(1, deepest + 1)]
    assert counts == COUNTS[line][:deepest]
