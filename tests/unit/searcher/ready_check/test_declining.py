"""A proposal is declined or withdrawn, and everybody is told."""

from dataclasses import replace

import pytest

from extensions.errors import RateLimited
from searcher.exceptions import SearchNotStarted
from searcher.service import LEASE_SECONDS
from tests.unit.searcher.ready_check.conftest import ACCEPTED, EXPIRY, IDLE, READY_CHECK, SEARCHING


class TestDeclining:
    def test_stopping_declines_and_the_other_player_searches_on(
        self, service, proposed, lapsed, sessions
    ):
        proposal_id = proposed("alice", "bob")
        service.stop("bob")
        assert lapsed(proposal_id) == {"alice": True, "bob": False}
        assert service.status("alice")["status"] == "searching"
        assert service.status("bob") == IDLE
        assert sessions.started == {}

    def test_a_player_who_has_accepted_may_still_decline(self, service, proposed, lapsed):
        proposal_id = proposed("alice", "bob")
        service.accept("bob", proposal_id)
        service.stop("bob")
        assert lapsed(proposal_id) == {"alice": True, "bob": False}

    def test_a_player_who_declines_has_no_pause(self, service, start, proposed):
        proposed("alice", "bob")
        service.stop("bob")
        assert start("bob") == SEARCHING

    def test_a_proposal_is_declined_once(self, service, proposed):
        proposed("alice", "bob")
        service.stop("bob")
        with pytest.raises(SearchNotStarted):
            service.stop("bob")

    def test_a_player_whose_connection_goes_declines(self, service, proposed, lapsed):
        proposal_id = proposed("alice", "bob")
        service.stop("bob", "connection of bob")
        assert lapsed(proposal_id) == {"alice": True, "bob": False}

    def test_the_end_of_another_connection_does_not_decline(self, service, proposed, lapsed):
        proposal_id = proposed("alice", "bob")
        with pytest.raises(SearchNotStarted):
            service.stop("bob", "another one")
        assert lapsed(proposal_id) == {}
        assert service.accept("bob", proposal_id) == ACCEPTED

    def test_a_player_whose_gateway_is_lost_is_out_without_a_pause(
        self, service, start, clock, lapsed, publisher, store
    ):
        start("alice")
        clock.advance(LEASE_SECONDS - 1)
        service.renew({"alice": "connection of alice"})
        service.start("bob", "dobutsu", {}, 1500, None, "connection of bob")
        [(_, params), _] = publisher.told("match_proposed")
        store.renew({"bob": "connection of bob"}, clock() + 2)
        clock.advance(3)
        service.sweep()
        assert lapsed(params["proposal_id"]) == {"alice": True, "bob": False}
        assert start("bob") == SEARCHING

    def test_a_player_gone_after_accepting_is_out_without_a_pause(
        self, service, start, proposed, store, clock, lapsed
    ):
        proposal_id = proposed("alice", "bob")
        service.accept("alice", proposal_id)
        store.renew({"alice": "connection of alice"}, clock() + READY_CHECK - 0.5)
        clock.advance(READY_CHECK)
        service.sweep()
        assert lapsed(proposal_id) == {"alice": False, "bob": False}
        assert start("alice") == SEARCHING
        with pytest.raises(RateLimited):
            start("bob")

    def test_without_a_connection_each_status_keeps_a_proposal(
        self, service, start, publisher, clock, lapsed, keep
    ):
        service.settings = replace(service.settings, grace=2)
        start("alice", connection=False)
        start("bob")
        [(_, params), _] = publisher.told("match_proposed")
        for _ in range(READY_CHECK - 1):
            assert service.status("alice")["status"] == "searching"
            keep(1, "bob")
        assert lapsed(params["proposal_id"]) == {}
        assert service.accept("alice", params["proposal_id"]) == ACCEPTED


class TestStopped:
    """What the gateways are told, who keep searches alive that nobody has stopped."""

    def test_a_stop_is_told(self, service, start, publisher):
        start("alice")
        service.stop("alice")
        assert [login for login, _ in publisher.told("stopped")] == ["alice"]

    def test_a_stop_is_told_where_there_was_no_search(self, service, publisher):
        with pytest.raises(SearchNotStarted):
            service.stop("alice")
        assert [login for login, _ in publisher.told("stopped")] == ["alice"]

    def test_the_end_of_a_connection_is_not_told(self, service, start, publisher):
        start("alice")
        service.stop("alice", "connection of alice")
        assert publisher.told("stopped") == []

    def test_a_stop_that_cannot_be_told_still_ends_the_search(self, service, start, publisher):
        start("alice")
        publisher.away = True
        service.stop("alice")
        assert service.status("alice") == IDLE
        assert publisher.kept == []


class TestNeverInSilence:
    def test_a_search_expires_only_when_its_player_can_be_told(
        self, service, start, publisher, keep
    ):
        start("alice")
        publisher.away = True
        keep(EXPIRY + 2, "alice")
        assert service.status("alice")["status"] == "searching"
        publisher.away = False
        keep(1, "alice")
        assert [login for login, _ in publisher.told("expired")] == ["alice"]
        assert service.status("alice") == IDLE

    def test_a_player_not_told_of_the_end_may_still_find_somebody(
        self, service, start, publisher, keep
    ):
        start("alice")
        publisher.away = True
        keep(EXPIRY + 2, "alice")
        publisher.away = False
        start("bob")
        assert len(publisher.told("match_proposed")) == 2

    def test_a_pairing_whose_session_never_begins_is_given_up(
        self, service, proposed, publisher, sessions, keep, start
    ):
        proposal_id = proposed("alice", "bob")
        sessions.fails_for = {"alice"}
        for login in ("alice", "bob"):
            service.accept(login, proposal_id)
        keep(EXPIRY - 1)
        assert service.status("alice")["waited"] == EXPIRY - 1
        assert publisher.told("expired") == []
        keep(2)
        assert sorted(login for login, _ in publisher.told("expired")) == ["alice", "bob"]
        assert publisher.told("expired")[0][1]["waited"] == EXPIRY
        assert start("alice") == SEARCHING
