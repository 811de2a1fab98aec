"""Who meet are asked whether they are there, also where what asks them dies."""

from unittest.mock import Mock

import pytest
from nameko.testing.services import worker_factory

from extensions import request_id
from extensions.errors import StorageAway
from extensions.rpc.ttl_cache import TtlCache
from extensions.settings import Settings
from searcher.exceptions import SearchAlreadyStarted
from searcher.matching import Windows
from searcher.service import SearcherService
from searcher.session_starter import UNFINISHED_AFTER_SECONDS
from tests.unit.searcher.ready_check.conftest import (
    ACCEPTED,
    CALL,
    OPTIONS,
    READY_CHECK,
    SEARCHING,
    Death,
)


class TestProposing:
    def test_both_players_who_meet_are_asked_and_no_session_begins(
        self, start, publisher, sessions
    ):
        assert start("alice") == start("bob") == SEARCHING
        [(one, params), (other, same)] = publisher.told("match_proposed")
        assert {one, other} == {"alice", "bob"} and params == same
        assert isinstance(params.pop("proposal_id"), str)
        assert params == {
            "at": "2023-11-14T22:13:20.000Z", "game": "dobutsu", "options": OPTIONS,
            "seats": 2, "deadline": "2023-11-14T22:13:30.000Z",
        }
        assert sessions.started == {}
        assert publisher.told("opponent_found") == []

    def test_players_who_meet_after_waiting_are_asked_too(self, service, start, publisher, clock):
        start("alice")
        start("bob", rating=1700)
        assert publisher.told("match_proposed") == []
        clock.advance(30)
        service.pair()
        assert len(publisher.told("match_proposed")) == 2

    def test_both_of_a_proposal_search_by_their_status(self, service, start, proposed):
        proposed("alice", "bob")
        start("carol", rating=3000)
        for login in ("alice", "bob"):
            status = service.status(login)
            assert (status["status"], status["searching"]) == ("searching", 3)
            with pytest.raises(SearchAlreadyStarted):
                start(login)

    def test_neither_of_a_proposal_meets_anybody_else(self, service, start, proposed, publisher):
        proposed("alice", "bob")
        start("carol")
        service.pair()
        assert len(publisher.told("match_proposed")) == 2

    def test_a_player_with_a_proposal_is_not_missing(self, service, proposed):
        proposed("alice", "bob")
        assert service.renew({"alice": "connection of alice", "bob": "another one"}) == []

    def test_without_a_ready_check_nobody_is_asked(self, new_store, publisher, sessions, clock):
        service = worker_factory(
            SearcherService, settings=Settings(), store=new_store(Windows(100, 60)),
            publisher=publisher, sessions=sessions, options_cache=TtlCache(10, 10), clock=clock,
        )
        service.start("alice", "dobutsu", {}, 1500)
        assert service.start("bob", "dobutsu", {}, 1500)["status"] == "found"
        assert publisher.told("match_proposed") == []

    def test_a_proposal_that_could_not_be_told_is_not_missed(
        self, service, start, publisher, keep, proposed
    ):
        publisher.away = True
        start("alice")
        assert start("bob") == SEARCHING
        publisher.away = False
        service.pair()
        [(_, params), _] = publisher.told("match_proposed")
        for login in ("alice", "bob"):
            assert service.accept(login, params["proposal_id"]) == ACCEPTED


class TestUnannounced:
    """A proposal is stored, and whoever has stored it dies before anybody is told, or after."""

    @pytest.fixture
    def dying(self, start, publisher, store, monkeypatch):
        """Has alice and bob meet by a searcher that dies before or after the announcement."""

        def meet(told=False):
            dies_in, name = (store.proposals, "note_announced") if told else (publisher, "send")
            start("alice")
            with monkeypatch.context() as patch, request_id.scope(CALL), pytest.raises(Death):
                patch.setattr(dies_in, name, Mock(side_effect=Death))
                start("bob")

        return meet

    def test_a_timer_tells_both_and_they_have_all_the_time_to_accept(
        self, service, dying, publisher, keep
    ):
        dying()
        keep(UNFINISHED_AFTER_SECONDS, "alice", "bob")
        assert publisher.told("match_proposed") == []
        keep(1, "alice", "bob")
        [(_, params), (_, same)] = publisher.told("match_proposed")
        assert params == same and params["deadline"] == "2023-11-14T22:13:34.000Z"
        keep(READY_CHECK - 1, "alice", "bob")
        assert len(publisher.told("match_proposed")) == 2
        for login in ("alice", "bob"):
            assert service.accept(login, params["proposal_id"]) == ACCEPTED

    def test_a_start_is_served_again_as_if_nobody_had_died(self, start, dying, publisher, keep):
        dying()
        with request_id.scope(CALL):
            assert start("bob") == SEARCHING
        keep(UNFINISHED_AFTER_SECONDS + 1, "alice", "bob")
        assert len(publisher.told("match_proposed")) == 2

    def test_a_proposal_told_again_has_the_same_id(self, dying, publisher, keep):
        dying(told=True)
        keep(UNFINISHED_AFTER_SECONDS + 1, "alice", "bob")
        first, again = publisher.sent
        assert first.id == again.id

    def test_a_player_who_has_accepted_was_told(self, service, dying, publisher, keep):
        dying(told=True)
        [(_, params), _] = publisher.told("match_proposed")
        service.accept("alice", params["proposal_id"])
        keep(READY_CHECK, "alice", "bob")
        assert len(publisher.told("match_proposed")) == 2
        assert [login for login, _ in publisher.told("stopped")] == ["bob"]

    def test_a_proposal_not_told_in_time_is_not_missed(
        self, service, start, dying, publisher, clock, lapsed
    ):
        dying()
        clock.advance(READY_CHECK)
        service.sweep()
        [(_, params), _] = publisher.told("match_lapsed")
        assert lapsed(params["proposal_id"]) == {"alice": True, "bob": True}
        for login in ("alice", "bob"):
            service.stop(login)
            assert start(login, rating=5000 if login == "bob" else 1500) == SEARCHING

    def test_the_time_before_it_was_told_does_not_count_as_searched(
        self, service, dying, keep, store
    ):
        dying()
        keep(UNFINISHED_AFTER_SECONDS + 1, "alice", "bob")
        service.stop("alice")
        assert store.search_of("bob").held == UNFINISHED_AFTER_SECONDS + 1

    def test_a_start_succeeds_where_the_telling_could_not_be_noted(
        self, start, store, publisher, monkeypatch
    ):
        away = Mock(side_effect=StorageAway("away"))
        monkeypatch.setattr(store.proposals, "note_announced", away)
        start("alice")
        assert start("bob") == SEARCHING
        assert len(publisher.told("match_proposed")) == 2
