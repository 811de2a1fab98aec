"""Variants that the library `chess` plays, compared with `pyffish` in random games.

`python -m tests.arbiter_games.test_variant_libraries 100` plays a hundred games of each variant
from its start, and as many from a position that soon ends.
"""

import random
import sys
from functools import partial

import pytest

from tests.arbiter_games.playing import begin

pytest.importorskip("pyffish", reason="pyffish is built for x86_64 only")
from arbiter_games.chess_positions import LIBRARY as CHESS  # noqa: E402
from arbiter_games.chess_positions import ChessPosition  # noqa: E402
from arbiter_games.chess_variants import VARIANTS  # noqa: E402
from arbiter_games.fairy_positions import LIBRARY as PYFFISH  # noqa: E402
from arbiter_games.fairy_positions import fairy_position  # noqa: E402
from arbiter_games.variants import Variant, variants  # noqa: E402

OFFERED = {variant.name for variant in variants()}
# Positions that soon end, in one way or another.
ENDINGS = {
    "8/P5k1/8/3n4/8/3B4/p5K1/8 w - - 92 80": (
        "normal nocastle fischerandom misere armageddon kingofthehill antichess suicide giveaway"
        " atomic"
    ),
    "8/P5k1/8/3n4/8/3B4/p5K1/8 w - - 2+1 92 80": "3check 5check",
    "8/P5k1/8/3n4/8/3B4/p5K1/8[Qn] w - - 0 80": "crazyhouse loop",
    "8/2K2k2/8/8/8/8/8/QR4nb w - - 92 80": "racingkings",
    "8/6k1/8/8/5b2/8/1P1P3P/8 w - - 92 80": "horde",
}
FIRST = [(name, fen) for fen, names in ENDINGS.items() for name in names.split()]
# Castling as in other variants, no drop, no promotion, nothing, and no move at all.
NEVER = ["e1h1", "e1a1", "p@e4", "P@e9", "@e4", "a7a8", "a7a8k", "0000", "e2", "", "e2e4 ", None, 7]


def by_pyffish(name):
    game = Variant(name)
    game._position = partial(fairy_position, name)
    return game


def at(game, fen):
    position = game._position(game._position(fen).fen_after([]))
    return game._state(position, fen, [], 0)


def chosen(state, legal, rng):
    """Choose often to undo the last move but one, so that positions repeat."""
    last = state["moves"].split()[-2:-1]
    undone = last[0][2:4] + last[0][:2] if last else None
    return undone if undone in legal and rng.random() < 0.4 else rng.choice(sorted(legal))


def compare(name, fen, rng, plies):
    """Play a random game by both libraries, and return the reason of its end, if there is any."""
    games = Variant(name), by_pyffish(name)
    states = [at(game, fen) if fen else begin(game, seed=1) for game in games]
    for _ in range(plies):
        assert states[0] == states[1]
        state, seat = states[0], states[0]["turn"]
        if state["over"]:
            break
        for each in (0, 1):
            assert games[0].can_win(state, each) == games[1].can_win(state, each), state["fen"]
        legal, same = (game.legal_moves(state, seat) for game in games)
        assert len(legal) == len(same) and set(legal) == set(same), state["fen"]
        position = games[0]._position(state["fen"])
        assert all(position.allows(move) for move in rng.sample(legal, min(3, len(legal))))
        assert [move for move in NEVER if position.allows(move)] == [
            move for move in NEVER if move in same
        ]
        move = chosen(state, legal, rng)
        states = [game.apply(each, seat, move) for game, each in zip(games, states, strict=True)]
    return states[0]["over"] and states[0]["over"][1]


def test_all_that_the_library_plays_are_offered_and_compared():
    assert set(VARIANTS) <= OFFERED
    assert sorted(VARIANTS) == sorted(name for name, _ in FIRST)
    for name in VARIANTS:
        assert CHESS.start_fen(name) == PYFFISH.start_fen(name)
        assert CHESS.captures_return(name) == PYFFISH.captures_return(name)
    assert isinstance(Variant("crazyhouse")._position("8/8/8/8/8/8/8/8[] w - - 0 1"), ChessPosition)


@pytest.mark.parametrize("name", VARIANTS)
def test_both_libraries_play_from_the_start_alike(name):
    compare(name, None, random.Random(name), 30)


@pytest.mark.parametrize(("name", "fen"), FIRST)
def test_both_libraries_play_to_the_end_alike(name, fen):
    compare(name, fen, random.Random(name), 40)


if __name__ == "__main__":
    for name, fen in FIRST:
        for seed in range(int(sys.argv[1])):
            rng = random.Random(seed)
            print(name, *(compare(name, each, rng, 400) for each in (None, fen)))
