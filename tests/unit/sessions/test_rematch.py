"""Requests for a rematch: who may ask, when they are complete, when they are withdrawn."""

import pytest

from sessions import exceptions, rematch

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
    assert not rematch.withdraw(ended)
    rematch.ask(ended, "alice", BOTH)
    assert rematch.withdraw(ended)
    assert not rematch.ask(ended, "bob", BOTH).complete


def test_a_created_rematch_is_not_withdrawn(ended):
    ended.rematch_requests, ended.rematch_session_id = BOTH, "s2"
    assert not rematch.withdraw(ended)
    again = rematch.ask(ended, "alice", ["alice"])
    assert again == rematch.RematchRequest(new=False, complete=False)


def test_with_days_a_request_stands_whoever_is_away(begin, give):
    match = begin(clock={"days": 1, "vacation": 0})
    give(match, "bob", "resign")
    assert rematch.ask(match, "alice", ["alice"]).new
    assert not rematch.withdraw(match)
    assert rematch.ask(match, "bob", ["bob"]).complete
