"""Games of a former version go on by `upgrade`, or the kit says where they do not."""

import pytest

from arbiter_games.contract import chance_of
from arbiter_games.testing import BrokenLaw, assert_game_conforms
from arbiter_games.testing.upgrades import LAW, require_upgrades
from docs.examples.pig import Pig
from docs.examples.tictactoe import TicTacToe


class Second(TicTacToe):
    """Version 2, whose states have another name for the squares taken."""

    version = 2

    def upgrade(self, state, from_version):
        return {"squares": state["taken"]}

    def setup(self, players, options, rng):
        return {"squares": []}

    def apply(self, state, player, move):
        after = super().apply({"taken": state["squares"]}, player, move)
        return {"squares": after["taken"]}


def reader(name):
    """Return a method of tic-tac-toe that takes states of both versions."""
    def read(self, state, *rest):
        taken = state["taken"] if "taken" in state else state["squares"]
        return getattr(TicTacToe, name)(self, {"taken": taken}, *rest)

    return read


for name in ("to_move", "legal_moves", "outcome", "view"):
    setattr(Second, name, reader(name))


class TakesNoneOfTheEnd(Second):
    def upgrade(self, state, from_version):
        return None if len(state["taken"]) > 4 else super().upgrade(state, from_version)


class ForgetsMoves(Second):
    def upgrade(self, state, from_version):
        return {"squares": state["taken"][:3]}


class TakesTheOldState(Second):
    def upgrade(self, state, from_version):
        return {"boxes": state["taken"]}


class SecondPig(Pig):
    version = 2
    min_players = 3

    def upgrade(self, state, from_version):
        return state


class HasAllInAgain(SecondPig):
    def upgrade(self, state, from_version):
        return {**state, "out": [], "turn": state["out"][0] if state["out"] else state["turn"]}


class FirstPig(Pig):
    min_players = 3


@pytest.mark.parametrize(("game", "former"), [(Second, TicTacToe), (SecondPig, FirstPig)])
def test_a_sound_upgrade_conforms(game, former):
    require_upgrades(game(), former(), max_moves=400)


@pytest.mark.parametrize(("game", "former"), [
    (TakesNoneOfTheEnd, TicTacToe), (ForgetsMoves, TicTacToe), (TakesTheOldState, TicTacToe),
    (HasAllInAgain, FirstPig), (Second, Second),
])
def test_an_upgrade_that_loses_something_is_named(game, former):
    with pytest.raises(BrokenLaw) as caught:
        require_upgrades(game(), former(), max_moves=400)
    assert caught.value.law == LAW, caught.value


def test_the_former_rules_are_given_to_the_kit():
    with pytest.raises(BrokenLaw) as caught:
        assert_game_conforms(ForgetsMoves(), former=TicTacToe(), examples=1)
    assert caught.value.law == LAW
    assert "By version 1: After setup" in str(caught.value)


def test_an_export_may_draw_the_chance_of_moves_again():
    class Replayed(Pig):
        def export(self, record):
            state = record.setup
            for (seat, move), version in zip(record.moves, record.versions, strict=True):
                if not record.left:
                    state = self.apply(state, seat, move, chance_of(record.seed, version))
            return "text", f"The last die is {state['die']}."

    assert_game_conforms(Replayed(), examples=3)
