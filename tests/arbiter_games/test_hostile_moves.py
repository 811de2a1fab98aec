"""Every game refuses values that are no legal moves, with a reason."""

from random import Random

import pytest

from arbiter_games.contract import IllegalMove
from arbiter_games.plugins import load_games
from arbiter_games.testing.json_values import HOSTILE, near_misses
from tests.arbiter_games.playing import begin

GAMES = load_games()
PLIES = 4
MOVES = 2
# Moves in other notations, and of other programs and games.
FOREIGN = (
    *"e2e2 a1a1q e1e1+ e5e5 0000 -- @@@@ z9z9 a0a1 a1a0 i9i9 e2e4k e7e8p e7e8K e7e8=Q".split(),
    *"O-O O-O-O 0-0 o-o-o e1h1 e8a8 K@e4 P@e4 p@e4 P@P@ @e4 P@ PP@e4 P@e9 P*e4 +P@e4 P@e4+".split(),
    *"Nf3 Pe4 exd5 e4+ 7g7f ７六歩 e2-e4 e2,e4 , a1,a1a1 a1a1,a1a1 a1a1,a1a1,a1a1".split(),
    *"carrier@ carrier@k1h carrier@a11v carrier@a0h carrier@a1 @a1h carrier@a1hh a1h".split(),
    "", "E2E4", "е2е4", "e\u0301e4", "e2e4\u200b", "\ufeffe2e4", "%s%n", "__class__", "None",
)


def tried(game, rng):
    """Yield states near the beginning, a seat that is to move, and values to refuse."""
    state = begin(game)
    for _ in range(PLIES):
        if game.outcome(state):
            return
        seat = rng.choice(game.to_move(state))
        legal = game.legal_moves(state, seat)
        chosen = rng.sample(legal, min(MOVES, len(legal)))
        almost = [each for move in chosen for each in near_misses(move)]
        yield state, seat, [each for each in (*FOREIGN, *HOSTILE, *almost) if each not in legal]
        state = game.apply(state, seat, rng.choice(legal))


@pytest.mark.parametrize("name", sorted(GAMES))
def test_an_illegal_value_is_refused_in_one_sentence(name):
    game = GAMES[name]
    for state, seat, moves in tried(game, Random(name)):
        for move in moves:
            with pytest.raises(IllegalMove) as caught:
                game.apply(state, seat, move)
            assert str(caught.value).isprintable() and len(str(caught.value)) < 200
