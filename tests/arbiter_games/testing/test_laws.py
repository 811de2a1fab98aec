"""A small game is broken in each way, and the kit says which law was broken."""

import pytest

from arbiter_games.contract import Game, Outcome
from arbiter_games.testing import BrokenLaw, assert_game_conforms, conformance
from tests.arbiter_games.testing import (
    broken_data,
    broken_leaving,
    broken_moves,
    broken_views,
    planted,
)
from tests.arbiter_games.testing.games import (
    Countdown,
    Throws,
    WithLists,
    WithNothing,
    WithNumbers,
    WithObjects,
)


def test_a_sound_game_conforms():
    assert_game_conforms(Countdown())
    assert_game_conforms(Countdown(), options={"stones": 9}, examples=5)
    assert_game_conforms(Throws())


@pytest.mark.parametrize("game", [WithNumbers, WithLists, WithObjects, WithNothing])
def test_moves_may_be_any_json(game):
    assert_game_conforms(game(), examples=5)


def verdict(game, examples=5, **arguments):
    """Return the law that the kit finds broken."""
    with pytest.raises(BrokenLaw) as caught:
        assert_game_conforms(game, examples=examples, **arguments)
    return caught.value.law


BROKEN = [
    *broken_data.BROKEN, *broken_leaving.BROKEN, *broken_moves.BROKEN, *broken_views.BROKEN
]
LAWS = {law for _, law, *_ in (*BROKEN, *planted.PLANTED)}


@pytest.mark.parametrize(("broken", "law"), BROKEN)
def test_the_law_that_is_broken_is_named(broken, law):
    assert verdict(broken(), max_moves=60) == law


def test_a_failure_tells_the_moves_that_lead_there(without_time_limit):
    with pytest.raises(AssertionError) as caught:
        assert_game_conforms(broken_moves.Fussy())
    first, evidence, story = str(caught.value).splitlines()
    assert first == "countdown breaks a law: every legal move is accepted"
    assert evidence.strip() == (
        "legal_moves lists \"take 2\" for seat 0, and apply refused it: 'more' can't be played."
    )
    assert story.strip() == (
        'After setup(2, {"clock": null, "rated": true, "stones": 6}, random.Random(0)).'
    )


def test_the_same_games_are_played_every_time(without_time_limit):
    class Late(Countdown):
        def apply(self, state, player, move):
            if len(state["taken"]) == 4 and move == "take 1":
                raise RuntimeError
            return super().apply(state, player, move)

    told = []
    for _ in range(2):
        with pytest.raises(BrokenLaw) as caught:
            assert_game_conforms(Late())
        told.append(str(caught.value))
    assert told[0] == told[1]
    assert told[0].count("plays") == 4


def test_after_a_failure_a_slow_game_is_not_played_much_longer(monkeypatch):
    class Slow(Countdown):
        started = []

        def setup(self, *arguments):
            self.started.append(arguments)
            return super().setup(*arguments)

        def outcome(self, state):
            even = sum(state["taken"]) % 2 == 0
            return super().outcome(state) and Outcome(None, "" if even else "odd")

    monkeypatch.setattr(conformance, "SHRINK_SECONDS", 0)
    assert verdict(Slow(), examples=50) == broken_views.OUTCOME
    assert len(Slow.started) < 10


def test_more_players_than_two_are_played_with():
    class ForThree(Countdown):
        max_players = 3
        asked = set()

        def setup(self, players, options, rng):
            self.asked.add(players)
            return {**super().setup(players, options, rng), "players": players}

        def to_move(self, state):
            return [len(state["taken"]) % state["players"]] if state["stones"] else []

        def apply(self, state, player, move):
            return {**state, **super().apply(state, player, move)}

        def outcome(self, state):
            last = (len(state["taken"]) - 1) % state["players"]
            return None if state["stones"] else Outcome(last, "last_stone")

        def view(self, state, player):
            turn = len(state["taken"]) % state["players"]
            return {**state, "turn": turn, "ply": len(state["taken"])}

    assert_game_conforms(ForThree())
    assert ForThree.asked == {2, 3}


def test_an_abstract_game_is_a_type_error():
    class Bare(Game):
        pass

    with pytest.raises(TypeError):
        assert_game_conforms(Bare())
