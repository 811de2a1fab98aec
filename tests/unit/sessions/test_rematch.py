"""Requests for a rematch: who may ask, when they are complete, when they are withdrawn."""

import random

import pytest

from docs.examples.pig import Pig
from extensions.settings import Settings
from sessions import exceptions, rematch
from sessions.match import Match
from tests.unit.sessions.conftest import NOW

BOTH = ["alice", "bob"]


@pytest.fixture
def ended(match, give):
    give(match, "bob", "resign")
    return match


def test_an_active_session_has_no_rematch(match):
    with pytest.raises(exceptions.SessionActive):
        rematch.ask(match, "alice", BOTH)


def test_only_players_may_ask(ended):
    with pytest.raises(exceptions.NotAPlayer):
        rematch.ask(ended, "carol", BOTH)


def test_an_absent_opponent_prevents_it(ended):
    with pytest.raises(exceptions.CannotRematch):
        rematch.ask(ended, "alice", ["alice", None])
    assert ended.rematch_requests == []


def test_asking_twice_changes_nothing(ended):
    assert rematch.ask(ended, "alice", BOTH) == rematch.RematchRequest(new=True, complete=False)
    assert rematch.ask(ended, "alice", BOTH) == rematch.RematchRequest(new=False, complete=False)


def test_a_rematch_is_complete_once_both_have_asked(ended):
    rematch.ask(ended, "alice", BOTH)
    assert rematch.ask(ended, "bob", BOTH).complete
    assert rematch.players(ended) == ["bob", "alice"]


def test_requests_are_withdrawn_when_a_player_leaves(ended):
    assert not rematch.withdraw(ended, "bob", ["alice"])
    rematch.ask(ended, "alice", BOTH)
    assert rematch.withdraw(ended, "bob", ["alice"])
    assert not rematch.ask(ended, "bob", BOTH).complete


def test_a_created_rematch_is_not_withdrawn(ended):
    ended.rematch_requests, ended.rematch_session_id = BOTH, "s2"
    assert not rematch.withdraw(ended, "bob", ["alice"])
    again = rematch.ask(ended, "alice", ["alice"])
    assert again == rematch.RematchRequest(new=False, complete=False)


def test_with_days_a_request_stands_whoever_is_away(begin, give):
    match = begin(clock={"days": 1, "vacation": 0})
    give(match, "bob", "resign")
    assert rematch.ask(match, "alice", ["alice"]).new
    assert not rematch.withdraw(match, "bob", ["alice"])
    assert rematch.ask(match, "bob", ["bob"]).complete


class TestMany:
    """Four play, of whom some resign before two finish."""

    @pytest.fixture
    def play(self, give):
        def play(*leavers, game=None, **options):
            game, players = game or Pig(), ["ann", "bob", "cat", "dan"]
            options = {"clock": None, "rated": False, "goal": 1, **options}
            state = game.setup(4, options, random.Random(1))
            match = Match.start("s1", game, Settings(), options, players, False, state, NOW, "seed")
            for login in players:
                match.move(login, "hold", NOW)
            for login in leavers:
                give(match, login, "resign")
            while match.status != "ended":
                [login] = match.to_move
                match.move(login, "roll", NOW)
                if match.status != "ended" and match.to_move == [login]:
                    match.move(login, "hold", NOW)
            return match

        return play

    def test_a_rematch_is_played_without_those_out_and_gone(self, play):
        match = play("bob", "dan")
        assert not rematch.ask(match, "ann", ["ann", "cat"]).complete
        assert rematch.ask(match, "cat", ["ann", "cat"]).complete
        assert rematch.players(match) == ["cat", "ann"]

    def test_a_player_who_is_out_and_still_there_is_waited_for(self, play):
        match, present = play("bob", "dan"), ["ann", "bob", "cat"]
        for login in ("ann", "cat"):
            assert not rematch.ask(match, login, present).complete
        assert rematch.ask(match, "bob", present).complete
        assert rematch.players(match) == ["bob", "cat", "ann"]

    @pytest.mark.parametrize(("leaver", "asked", "lapses"), [
        ("bob", ["ann"], False),
        ("bob", ["ann", "bob"], True),
        ("bob", ["ann", "cat"], True),
        ("cat", ["ann"], True),
    ], ids=["out", "out-but-asked", "the-last-awaited", "in-to-the-end"])
    def test_a_request_stands_while_others_can_complete_it(self, play, leaver, asked, lapses):
        match, present = play("bob", "dan"), ["ann", "bob", "cat"]
        for login in asked:
            rematch.ask(match, login, present)
        present.remove(leaver)
        assert rematch.withdraw(match, leaver, present) is lapses

    def test_a_player_who_was_in_to_the_end_is_needed(self, play):
        with pytest.raises(exceptions.CannotRematch) as refusal:
            rematch.ask(play("bob"), "ann", ["ann", "dan"])
        assert refusal.value.details == {"login": "cat"}

    def test_all_are_needed_where_the_game_is_for_no_fewer(self, play):
        game = Pig()
        game.min_players = 3
        with pytest.raises(exceptions.CannotRematch) as refusal:
            rematch.ask(play("bob", "dan", game=game), "ann", ["ann", "cat"])
        assert refusal.value.details == {"login": "bob"}

    def test_all_are_needed_in_a_game_that_went_on_from_another(self, play):
        match = play("bob", **{"from": {"session_id": "s0", "version": 1}})
        with pytest.raises(exceptions.CannotRematch):
            rematch.ask(match, "ann", ["ann", "cat", "dan"])

    def test_with_days_a_player_who_has_left_is_not_waited_for(self, play):
        match = play("bob", "dan", clock={"days": 1, "vacation": 0})
        assert not rematch.ask(match, "ann", []).complete
        assert rematch.ask(match, "cat", []).complete
        assert rematch.players(match) == ["cat", "ann"]
