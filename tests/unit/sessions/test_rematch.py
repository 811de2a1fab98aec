"""Playing again: who may ask, when it begins, and when a request lapses."""

import pytest

from sessions import exceptions, rematch
from tests.unit.sessions.arena import give, new_match

BOTH = ["alice", "bob"]


@pytest.fixture
def ended():
    match = new_match()
    give(match, "bob", "resign")
    return match


def test_not_while_the_session_is_played():
    with pytest.raises(exceptions.SessionActive):
        rematch.ask(new_match(), "alice", BOTH)


def test_a_stranger_may_not_ask(ended):
    with pytest.raises(exceptions.NotAPlayer):
        rematch.ask(ended, "carol", BOTH)


def test_not_where_the_other_one_has_gone(ended):
    with pytest.raises(exceptions.CannotRematch):
        rematch.ask(ended, "alice", ["alice", None])
    assert ended.rematch_requests == []


def test_asking_twice_stays_asked(ended):
    assert rematch.ask(ended, "alice", BOTH) == rematch.RematchRequest(new=True, complete=False)
    assert rematch.ask(ended, "alice", BOTH) == rematch.RematchRequest(new=False, complete=False)


def test_it_begins_once_both_have_asked_and_the_other_one_moves_first(ended):
    rematch.ask(ended, "alice", BOTH)
    assert rematch.ask(ended, "bob", BOTH).complete
    assert rematch.players(ended) == ["bob", "alice"]


def test_a_request_lapses_when_either_has_left(ended):
    assert not rematch.withdraw(ended)
    rematch.ask(ended, "alice", BOTH)
    assert rematch.withdraw(ended)
    assert not rematch.ask(ended, "bob", BOTH).complete


def test_a_created_rematch_does_not_lapse(ended):
    ended.rematch_requests, ended.rematch_session_id = BOTH, "s2"
    assert not rematch.withdraw(ended)
    again = rematch.ask(ended, "alice", ["alice"])
    assert again == rematch.RematchRequest(new=False, complete=False)
