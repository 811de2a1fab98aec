"""A state is rebuilt from what a seat was shown, exactly or by lot."""

from random import Random

import pytest

from arbiter_games.battleship import Battleship
from arbiter_games.contract import Leaving
from arbiter_games.dobutsu import Dobutsu
from bots.engines.rebuild import CannotRebuild, possible_states
from bots.engines.seen import HAS_LEFT, Checkpoint, Seen
from docs.examples.goofspiel import Goofspiel
from docs.examples.pig import Pig
from tests.arbiter_games.testing.games import Countdown, Throws
from tests.unit.bots.seeing import played, seen_by

MOVES = [(0, "b2b3"), (1, "b4b3"), (0, "a1b2"), (1, "C@b4")]


def test_moves_are_replayed_with_what_a_view_leaves_out():
    game = Dobutsu()
    possible = possible_states(game, seen_by(game, 0, MOVES))
    assert possible.known
    assert possible.draw(Random(1)) == played(game, MOVES)[-1]


def test_a_checkpoint_saves_the_moves_before_it():
    class Counting(Dobutsu):
        applied = 0

        def apply(self, state, player, move):
            self.applied += 1
            return super().apply(state, player, move)

    game = Counting()
    checkpoint = Checkpoint(3, played(Dobutsu(), MOVES)[3])
    possible = possible_states(game, seen_by(Dobutsu(), 0, MOVES, checkpoint=checkpoint))
    assert game.applied == 1
    assert possible.checkpoint == Checkpoint(4, played(Dobutsu(), MOVES)[4])


def test_a_checkpoint_of_another_line_is_not_used():
    game = Dobutsu()
    other = Checkpoint(2, played(game, [(0, "b1a2"), (1, "b4a3")])[-1])
    possible = possible_states(game, seen_by(game, 0, MOVES, checkpoint=other))
    assert possible.draw(Random(1)) == played(game, MOVES)[-1]


def test_a_setup_by_lot_is_found_where_it_shows():
    game, moves = Countdown(), [(0, "take 1")]
    for seed in range(4):
        possible = possible_states(game, seen_by(game, 1, moves, seed=seed))
        assert possible.draw(Random(1)) == played(game, moves, seed=seed)[-1]


@pytest.mark.parametrize("seed", range(3))
def test_a_shuffled_variant_is_rebuilt_from_its_first_position(seed):
    module = pytest.importorskip("arbiter_games.variants")
    game = module.Variant("fischerandom")
    moves = [(0, "a2a3"), (1, "h7h6")]
    possible = possible_states(game, seen_by(game, 0, moves, seed=seed))
    rebuilt, true = possible.draw(Random(1)), played(game, moves, seed=seed)[-1]
    assert possible.known
    assert {**rebuilt, "since": None} == {**true, "since": None}  # which names castling otherwise


def test_a_game_with_chance_is_not_replayed():
    game, rolls = Pig(), [(0, "roll")] * 2
    seen = seen_by(game, 0, rolls, players=3, seed=4)
    possible = possible_states(game, seen)
    assert not possible.known
    assert possible.draw(Random(1)) == seen.view


@pytest.mark.parametrize(("game", "moves", "seat"), [
    (Goofspiel(), [(0, "bid 1"), (1, "bid 2"), (0, "bid 3")], 1),
    (Battleship(), [(0, "carrier@a1h"), (1, "cruiser@a1h"), (1, "carrier@j6v")], 0),
])
def test_hidden_moves_are_drawn_and_the_view_is_kept(game, moves, seat):
    seen = seen_by(game, seat, moves)
    possible = possible_states(game, seen)
    states = [possible.draw(Random(seed)) for seed in range(5)]
    assert not possible.known
    assert all(game.view(state, seat) == seen.view for state in states)
    assert len(set(map(str, states))) > 1


class Turns(Countdown):
    """The same for more than two, and from who has left the turn goes on."""

    left = None

    def setup(self, players, options, rng):
        return {"stones": 9, "taken": [], "players": list(range(players))}

    def to_move(self, state):
        return state["players"][:1]

    def apply(self, state, player, move):
        first, *others = state["players"]
        return {**super().apply(state, player, move), "players": [*others, first]}

    def leave(self, state, seat):
        staying = [each for each in state["players"] if each != seat]
        return self.left or {**state, "players": staying}

    def view(self, state, player):
        return state


@pytest.mark.parametrize(("left", "players"), [(None, [0, 1]), (Leaving.BY_LOT, [2, 0, 1])])
def test_a_player_who_has_left_is_left_out(left, players):
    game = Turns()
    game.left = left
    view = {"stones": 6, "taken": [1, 2], "players": players}
    moves = ((0, "take 1"), (1, "take 2"), (2, HAS_LEFT))
    seen = Seen("turns", {}, 3, 0, game.setup(3, {}, None), moves, view, [])
    assert possible_states(game, seen).draw(Random(1)) == view


def test_secrets_without_determinize_are_not_guessed():
    game = Throws()
    with pytest.raises(CannotRebuild):
        possible_states(game, seen_by(game, 0, []))
