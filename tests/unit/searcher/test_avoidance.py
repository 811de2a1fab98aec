"""Nobody is paired again with the opponent that one has just aborted against twice."""

from unittest.mock import Mock

import pytest
from nameko.testing.services import worker_factory

from extensions.rpc.ttl_cache import TtlCache
from extensions.settings import Settings
from searcher import aborted_pairs
from searcher.avoidance import KEPT_APART_SECONDS
from searcher.matching import Windows, meet
from searcher.search import Search
from searcher.service import SearcherService
from tests.unit.fakes import Sessions

SEARCHING = {"status": "searching"}


@pytest.fixture
def store(new_store):
    return new_store(Windows(first=100, widening=60))


@pytest.fixture
def service(store, clock):
    return worker_factory(
        SearcherService, settings=Settings(), store=store,
        publisher=Mock(), sessions=Sessions(), options_cache=TtlCache(10, 10), clock=clock,
    )


@pytest.fixture
def end(service):
    """Ends a session, as the session service announces it."""
    numbers = iter(range(1000))

    def end(*players, reason="aborted", session_id=None):
        by_player = {} if reason == "aborted" else dict.fromkeys(players, 0.5)
        params = {
            "session_id": session_id or f"session-{next(numbers)}", "game": "dobutsu",
            "options": {"clock": None, "rated": True}, "players": list(players),
            "result": {"winner": None, "reason": reason, "by_player": by_player},
            "ended_at": 1_700_000_000.0,
        }
        service.note_result({"id": "1", "event": "session.result", "params": params})

    return end


@pytest.fixture
def search(service, clock):
    """Has players search until everybody is within reach; whether any two have met."""

    def search(*logins):
        answers = [service.start(login, "dobutsu", {}, 1500) for login in logins]
        clock.advance(61)
        service.pair()
        met = any(answer["status"] == "found" for answer in answers) or any(
            service.status(login) == {"status": "idle"} for login in logins
        )
        for login in logins:
            if service.status(login) != {"status": "idle"}:
                service.stop(login)
        return met

    return search


def test_after_two_aborted_sessions_two_players_do_not_meet(end, search):
    end("alice", "bob")
    end("bob", "alice")
    assert not search("alice", "bob")


def test_after_one_aborted_session_they_meet(end, search):
    end("alice", "bob")
    assert search("alice", "bob")


def test_players_kept_apart_still_meet_others(end, search):
    end("alice", "bob")
    end("alice", "bob")
    assert search("alice", "carol")
    assert search("bob", "carol")


def test_players_kept_apart_keep_nobody_else_apart(end, service):
    for _ in range(2):
        end("alice", "bob")
    for login in ("alice", "bob"):
        assert service.start(login, "dobutsu", {}, 1500) == SEARCHING
    assert service.start("carol", "dobutsu", {}, 1500)["opponent"] == "alice"
    assert service.start("dave", "dobutsu", {}, 1500)["opponent"] == "bob"


def test_players_kept_apart_are_not_counted_for_each_other(end, service):
    for _ in range(2):
        end("alice", "bob")
    for login in ("alice", "bob"):
        service.start(login, "dobutsu", {}, 1500)
        assert service.status(login)["searching"] == 1


def test_waiting_players_meet_once_they_are_kept_apart_no_more(end, service):
    for _ in range(2):
        end("alice", "bob")
    for login in ("alice", "bob"):
        assert service.start(login, "dobutsu", {}, 1500) == SEARCHING
    service.pair()
    end("alice", "bob", reason="resignation")
    service.pair()
    assert service.status("alice") == service.status("bob") == {"status": "idle"}


@pytest.mark.parametrize("reason", ["lion_caught", "resignation", "abandonment", "agreement"])
def test_a_session_that_was_played_in_between_counts_for_them(end, search, reason):
    end("alice", "bob")
    end("alice", "bob", reason=reason)
    end("alice", "bob")
    assert search("alice", "bob")


def test_after_a_session_that_was_played_they_meet_again(end, search):
    end("alice", "bob")
    end("alice", "bob")
    end("alice", "bob", reason="try")
    assert search("alice", "bob")


def test_a_result_that_is_told_twice_is_one(end, search):
    for _ in range(3):
        end("alice", "bob", session_id="the same")
    assert search("alice", "bob")


def test_aborting_against_different_opponents_keeps_nobody_apart(end, search):
    end("alice", "bob")
    end("alice", "carol")
    assert search("alice", "bob")


def test_sessions_of_more_than_two_keep_nobody_apart(end, search):
    for _ in range(2):
        end("alice", "bob", "carol")
    assert search("alice", "bob")


def test_aborted_sessions_are_forgotten_in_time(end, search, clock):
    end("alice", "bob")
    end("alice", "bob")
    clock.advance(KEPT_APART_SECONDS - 62)
    assert not search("alice", "bob")
    clock.advance(62)
    assert search("alice", "bob")


@pytest.mark.parametrize(
    "message", [None, [], {}, {"params": {"session_id": "one", "players": ["alice", "bob"]}}]
)
def test_a_message_that_is_no_result_is_refused(service, message):
    with pytest.raises(ValueError, match="validation errors"):
        service.note_result(message)


def test_the_oldest_of_too_many_pairs_is_forgotten(store, monkeypatch):
    monkeypatch.setattr(aborted_pairs, "MAX_PAIRS", 3)
    for number in range(4):
        for session_id in ("one", "two"):
            store.aborted.record((f"player-{number}", "bob"), session_id, True, now=number)
    now, met = 100.0, []
    for number in range(2):
        store.add(Search("bob", "dobutsu", {}, 1500, None, now), now)
        met.append(store.add(Search(f"player-{number}", "dobutsu", {}, 1500, None, now), now))
        for login in ("bob", f"player-{number}"):
            store.remove(login)
        if met[-1]:
            store.complete(met[-1].pairing_id)
    assert [each is None for each in met] == [False, True]


def test_players_kept_apart_do_not_meet_in_either_order():
    one, other = (Search(login, "dobutsu", {}, 1500, None, 0.0) for login in ("alice", "bob"))
    apart = {frozenset({"bob", "alice"})}
    for pair in ((one, other), (other, one)):
        assert meet(*pair, 100.0, Windows(100, 60))
        assert not meet(*pair, 100.0, Windows(100, 60), apart)
