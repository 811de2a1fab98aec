"""Searches that end: stopped, expired or given up by their connections."""

import pytest

from extensions import request_id
from searcher.exceptions import SearchNotStarted
from searcher.service import LEASE_SECONDS
from tests.unit.searcher.service.conftest import OPTIONS, SEARCHING


class TestStop:
    def test_ends_the_search(self, service, start):
        start("alice")
        service.stop("alice")
        assert service.status("alice") == {"status": "idle"}
        assert start("bob") == SEARCHING

    def test_stopping_without_a_search_is_refused(self, service):
        with pytest.raises(SearchNotStarted):
            service.stop("alice")

    def test_a_player_who_has_found_somebody_does_not_search(self, service, start):
        start("alice")
        start("bob")
        with pytest.raises(SearchNotStarted):
            service.stop("alice")

    def test_the_end_of_another_connection_does_not_end_it(self, service, start):
        start("alice", connection="this one")
        with pytest.raises(SearchNotStarted):
            service.stop("alice", "another one")
        assert service.status("alice")["status"] == "searching"

    def test_the_end_of_its_own_connection_ends_it(self, service, start):
        start("alice", connection="this one")
        service.stop("alice", "this one")
        assert service.status("alice") == {"status": "idle"}


class TestWhichSearch:
    """The gateways are told which search has ended, and players are not."""

    def about(self, publisher):
        assert all("search" not in message.params for message in publisher.sent)
        return {message.players[0]: message.body.get("search") for message in publisher.sent}

    @pytest.fixture
    def both(self, start):
        """Has two start a search, each by a call of its own."""

        def both(**of_the_second):
            with request_id.scope("aaaaaaaaaaaaaaaa"):
                start("alice", connection="hers")
            with request_id.scope("bbbbbbbbbbbbbbbb"):
                start("bob", connection="his", **of_the_second)

        return both

    def test_the_search_that_found_somebody_is_named(self, both, publisher):
        both()
        assert self.about(publisher) == {"alice": "aaaaaaaaaaaaaaaa", "bob": "bbbbbbbbbbbbbbbb"}

    def test_the_search_that_was_stopped_is_named(self, service, both, publisher):
        both(rating=5000)
        for login in ("alice", "bob"):
            service.stop(login)
        assert self.about(publisher) == {"alice": "aaaaaaaaaaaaaaaa", "bob": "bbbbbbbbbbbbbbbb"}

    def test_the_search_that_expired_is_named(self, service, both, publisher, clock):
        both(rating=5000, rating_range=5)
        clock.advance(300)
        service.renew({"alice": "hers", "bob": "his"})
        service.sweep()
        assert self.about(publisher) == {"alice": "aaaaaaaaaaaaaaaa", "bob": "bbbbbbbbbbbbbbbb"}

    def test_the_search_that_was_given_up_is_named(self, service, both, sessions, publisher, clock):
        sessions.away = True
        both()
        clock.advance(300)
        service.finish_unfinished()
        assert self.about(publisher) == {"alice": "aaaaaaaaaaaaaaaa", "bob": "bbbbbbbbbbbbbbbb"}

    def test_no_search_is_named_that_no_gateway_started(self, service, start, publisher):
        with pytest.raises(SearchNotStarted):
            service.stop("alice")
        start("bob")
        service.stop("bob")
        assert not [message for message in publisher.sent if "search" in message.body]
        assert len(publisher.sent) == 2


class TestKeptAlive:
    def test_a_search_ends_without_a_word_when_its_gateway_is_lost(
        self, service, start, clock, publisher
    ):
        start("alice", connection="this one")
        clock.advance(LEASE_SECONDS + 1)
        service.sweep()
        assert service.status("alice") == {"status": "idle"}
        assert publisher.heard == []

    def test_no_search_ends_until_a_lease_after_the_broker_is_back(
        self, service, start, clock, publisher, monkeypatch
    ):
        start("alice", connection="this one")
        clock.advance(LEASE_SECONDS + 1)
        for seconds in (0.0, 1.0):
            monkeypatch.setattr(publisher, "connected_seconds", lambda seconds=seconds: seconds)
            service.sweep()
        assert service.status("alice")["status"] == "searching"

    def test_a_gateway_keeps_the_searches_of_its_connections(self, service, start, clock):
        start("alice", connection="this one")
        for _ in range(5):
            clock.advance(LEASE_SECONDS - 1)
            assert service.renew({"alice": "this one"}) == []
            service.sweep()
        assert service.status("alice")["status"] == "searching"

    def test_a_gateway_is_told_what_is_no_longer_searched_for(self, service, start):
        start("alice", connection="this one")
        assert service.renew({"alice": "another one", "bob": "his"}) == ["alice", "bob"]

    def test_without_a_connection_each_status_keeps_it_for_the_grace(self, service, start, clock):
        start("alice")
        for _ in range(3):
            clock.advance(30)
            service.sweep()
            assert service.status("alice")["status"] == "searching"
        clock.advance(31)
        service.sweep()
        assert service.status("alice") == {"status": "idle"}

    def test_a_status_does_not_keep_what_belongs_to_a_connection(self, service, start, clock):
        start("alice", connection="this one")
        clock.advance(LEASE_SECONDS - 1)
        service.status("alice")
        clock.advance(2)
        service.sweep()
        assert service.status("alice") == {"status": "idle"}


class TestExpiry:
    def test_a_search_that_finds_nobody_ends_and_its_player_is_told(
        self, service, start, clock, publisher
    ):
        start("alice", connection="this one")
        clock.advance(300)
        service.renew({"alice": "this one"})
        service.sweep()
        service.sweep()
        assert service.status("alice") == {"status": "idle"}
        assert publisher.heard == [("searcher.expired", ("alice",))]
        assert publisher.sent[0].params == {
            "at": "2023-11-14T22:18:20.000Z", "game": "dobutsu", "options": OPTIONS,
            "waited": 300,
        }

    def test_a_search_goes_on_until_it_expires(self, service, start, clock, publisher):
        start("alice", connection="this one")
        clock.advance(299)
        service.renew({"alice": "this one"})
        service.sweep()
        assert service.status("alice")["status"] == "searching"
        assert publisher.heard == []
