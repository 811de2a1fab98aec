"""The engine for Dobutsu shogi knows the rules, finds wins, and beats itself at lower depth."""

from random import Random

import pytest

from arbiter_games.dobutsu import Dobutsu
from bots.contest import Player, play
from bots.engines import dobutsu_board as board
from bots.engines.levels import budget
from bots.engines.move_choice import choose
from tests.unit.bots.seeing import played, seen_by

GAME = Dobutsu()


@pytest.mark.parametrize("seed", range(12))
def test_positions_moves_and_ends_are_those_of_the_game(seed):
    rng, moves = Random(seed), []
    while True:
        state = played(GAME, moves)[-1]
        position = board.history(GAME.view(GAME.setup(2, {}, rng), 0), moves)[-1]
        outcome = GAME.outcome(state)
        if outcome:
            break
        seat = GAME.to_move(state)[0]
        assert position == board.position(GAME.view(state, seat))
        written = [board.written(position, move, seat) for move in board.moves(position)]
        assert sorted(written) == sorted(GAME.legal_moves(state, seat))
        moves.append((seat, rng.choice(written)))
    if outcome.reason == "try":
        assert board.end(position) == (1 if outcome.winner == GAME.view(state, 0)["turn"] else -1)


def test_the_lion_is_caught():
    seen = seen_by(GAME, 0, [(0, "b2b3"), (1, "a4a3")])
    assert choose(GAME, seen, budget(1), Random(1)).move == "b3b4+"


@pytest.mark.parametrize("seed", range(2))
def test_the_second_player_beats_itself_at_lower_depth(seed):
    assert play(GAME, [Player(1), Player(4)], Random(seed)) == 1
