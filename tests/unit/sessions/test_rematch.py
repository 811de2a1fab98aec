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
    assert ended.rematch == {}


def test_asking_twice_stays_asked(ended):
    assert rematch.ask(ended, "alice", BOTH) == rematch.Asked(new=True, ready=False)
    assert rematch.ask(ended, "alice", BOTH) == rematch.Asked(new=False, ready=False)
    assert rematch.answer(ended) == {"status": "asked"}


def test_it_begins_once_both_have_asked_and_the_other_one_moves_first(ended):
    rematch.ask(ended, "alice", BOTH)
    assert rematch.ask(ended, "bob", BOTH).ready
    assert rematch.players(ended) == ["bob", "alice"]


def test_a_request_lapses_when_either_has_left(ended):
    assert not rematch.lapse(ended)
    rematch.ask(ended, "alice", BOTH)
    assert rematch.lapse(ended)
    assert not rematch.ask(ended, "bob", BOTH).ready


def test_what_has_been_created_does_not_lapse_and_is_told_again(ended):
    ended.rematch = {"asked": BOTH, "session_id": "s2"}
    assert not rematch.lapse(ended)
    assert rematch.ask(ended, "alice", ["alice"]) == rematch.Asked(new=False, ready=False)
    assert rematch.answer(ended) == {"status": "created", "session_id": "s2"}
