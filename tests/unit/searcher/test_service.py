"""Searches: begun, paired, expired, kept by their connections; and pairings that got stuck."""

import random

import pytest
from nameko.testing.services import worker_factory

from extensions import request_id
from extensions.rpc.ttl_cache import TtlCache
from extensions.settings import Settings
from searcher.exceptions import SearchAlreadyStarted, SearchNotStarted
from searcher.matching import Windows
from searcher.service import LEASE_SECONDS, SearcherService
from searcher.session_starter import UNFINISHED_AFTER_SECONDS
from sessions.exceptions import GameNotFound, InvalidOptions

SETTINGS = Settings()
OPTIONS = {"clock": None, "rated": True}
SEARCHING = {"status": "searching"}


@pytest.fixture
def store(new_store):
    return new_store(Windows(first=100, widening=60), random.Random(1))


@pytest.fixture
def service(store, announcer, sessions, clock):
    return worker_factory(
        SearcherService, settings=SETTINGS, store=store, announcer=announcer, sessions=sessions,
        options_cache=TtlCache(10, 10), clock=clock,
    )


@pytest.fixture
def start(service):
    """Starts a search for dobutsu as it is played where nothing else is said."""

    def start(login, rating=1500, rating_range=None, connection=None, **options):
        return service.start(login, "dobutsu", options, rating, rating_range, connection)

    return start


class TestStart:
    def test_somebody_alone_searches(self, service, start, announcer):
        assert start("alice") == SEARCHING
        assert announcer.heard == []

    def test_a_player_who_meets_somebody_is_told_whom(self, start, sessions):
        start("alice")
        answer = start("bob")
        [key] = sessions.begun
        assert answer == {
            "status": "found", "session_id": f"session of {key}", "opponent": "alice"
        }

    def test_players_who_meet_begin_one_session_with_all_options(self, start, sessions):
        start("alice", rated=False)
        start("bob", rated=False)
        [begun] = sessions.begun.values()
        assert (begun["game"], begun["options"], begun["private"]) == (
            "dobutsu", {"clock": None, "rated": False}, False
        )
        assert sorted(begun["players"]) == ["alice", "bob"]

    def test_both_are_told_of_each_other_and_nobody_else_is(self, start, announcer, sessions):
        start("alice")
        found = start("bob")
        assert sorted(announcer.heard) == [
            ("searcher.opponent_found", ("alice",)), ("searcher.opponent_found", ("bob",))
        ]
        told = {message.players[0]: message.params for message in announcer.sent}
        common = {
            "at": "2023-11-14T22:13:20.000Z", "session_id": found["session_id"],
            "game": "dobutsu", "options": OPTIONS,
        }
        assert told == {
            "alice": {**common, "opponent": "bob"}, "bob": {**common, "opponent": "alice"}
        }

    def test_a_second_search_is_refused(self, start, announcer):
        start("alice")
        with pytest.raises(SearchAlreadyStarted):
            start("alice", rated=False)
        assert announcer.heard == []

    def test_a_call_that_is_served_again_starts_no_other_search(self, service, start, clock):
        with request_id.scope("c0ffeec0ffeec0ff"):
            start("alice")
            clock.advance(7)
            assert start("alice") == SEARCHING
        assert service.status("alice")["waited"] == 7
        with request_id.scope("decadedecadedeca"), pytest.raises(SearchAlreadyStarted):
            start("alice")

    def test_a_call_that_is_served_again_is_answered_whom_it_has_met(
        self, start, sessions, announcer
    ):
        start("alice")
        sessions.away = True
        with request_id.scope("c0ffeec0ffeec0ff"):
            assert start("bob") == SEARCHING
            sessions.away = False
            found = start("bob")
        assert found["opponent"] == "alice"
        assert len(sessions.begun) == 1 and len(announcer.heard) == 2

    def test_after_a_session_was_found_one_may_search_again(self, start):
        start("alice")
        start("bob")
        assert start("alice") == SEARCHING

    def test_an_unknown_game_is_refused_and_nothing_is_searched(self, service):
        with pytest.raises(GameNotFound):
            service.start("alice", "tafl", {}, 1500)
        assert service.status("alice") == {"status": "idle"}

    def test_unknown_options_are_refused_and_nothing_is_searched(self, service, start):
        with pytest.raises(InvalidOptions):
            start("alice", handicap=1)
        assert service.status("alice") == {"status": "idle"}

    def test_a_game_that_two_can_not_play_is_refused(self, service):
        with pytest.raises(InvalidOptions):
            service.start("alice", "for three", {}, 1500)
        assert service.status("alice") == {"status": "idle"}

    def test_options_are_checked_before_a_second_search_is_refused(self, start):
        start("alice")
        with pytest.raises(InvalidOptions):
            start("alice", handicap=1)

    def test_options_left_out_are_the_same_as_the_defaults(self, start):
        start("alice")
        assert start("bob", rated=True)["status"] == "found"

    def test_searches_for_different_games_do_not_meet(self, start):
        start("alice")
        assert start("bob", rated=False) == SEARCHING


class TestRatings:
    def test_a_distant_player_is_met_once_the_window_has_widened(
        self, service, start, clock, announcer
    ):
        start("alice", 1500)
        assert start("bob", 1700) == SEARCHING
        clock.advance(29)
        service.pair()
        assert announcer.heard == []
        clock.advance(1)
        service.pair()
        assert [event for event, _ in announcer.heard] == ["searcher.opponent_found"] * 2

    def test_a_later_player_is_met_by_the_window_of_a_waiting_one(self, start, clock):
        start("alice", 1500)
        clock.advance(30)
        assert start("bob", 1700)["status"] == "found"

    def test_players_beyond_the_range_never_meet(self, service, start, clock, announcer):
        start("alice", 1500, rating_range=50)
        start("bob", 1551)
        clock.advance(299)
        service.pair()
        assert announcer.heard == []


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

    def about(self, announcer):
        assert all("search" not in message.params for message in announcer.sent)
        return {message.players[0]: message.body.get("search") for message in announcer.sent}

    @pytest.fixture
    def both(self, start):
        """Has two start a search, each by a call of its own."""

        def both(**of_the_second):
            with request_id.scope("aaaaaaaaaaaaaaaa"):
                start("alice", connection="hers")
            with request_id.scope("bbbbbbbbbbbbbbbb"):
                start("bob", connection="his", **of_the_second)

        return both

    def test_the_search_that_found_somebody_is_named(self, both, announcer):
        both()
        assert self.about(announcer) == {"alice": "aaaaaaaaaaaaaaaa", "bob": "bbbbbbbbbbbbbbbb"}

    def test_the_search_that_was_stopped_is_named(self, service, both, announcer):
        both(rating=5000)
        for login in ("alice", "bob"):
            service.stop(login)
        assert self.about(announcer) == {"alice": "aaaaaaaaaaaaaaaa", "bob": "bbbbbbbbbbbbbbbb"}

    def test_the_search_that_expired_is_named(self, service, both, announcer, clock):
        both(rating=5000, rating_range=5)
        clock.advance(300)
        service.renew({"alice": "hers", "bob": "his"})
        service.sweep()
        assert self.about(announcer) == {"alice": "aaaaaaaaaaaaaaaa", "bob": "bbbbbbbbbbbbbbbb"}

    def test_the_search_that_was_given_up_is_named(self, service, both, sessions, announcer, clock):
        sessions.away = True
        both()
        clock.advance(300)
        service.finish_unfinished()
        assert self.about(announcer) == {"alice": "aaaaaaaaaaaaaaaa", "bob": "bbbbbbbbbbbbbbbb"}

    def test_no_search_is_named_that_no_gateway_started(self, service, start, announcer):
        with pytest.raises(SearchNotStarted):
            service.stop("alice")
        start("bob")
        service.stop("bob")
        assert not [message for message in announcer.sent if "search" in message.body]
        assert len(announcer.sent) == 2


class TestStatus:
    def test_a_player_who_does_not_search_is_idle(self, service):
        assert service.status("alice") == {"status": "idle"}

    def test_tells_what_is_searched_for_how_long_and_by_how_many(self, service, start, clock):
        start("alice")
        start("bob", 3000)
        start("carol", rated=False)
        clock.advance(7)
        assert service.status("alice") == {
            "status": "searching", "game": "dobutsu", "options": OPTIONS, "waited": 7,
            "searching": 2, "estimate": None,
        }

    def test_the_window_widens_until_anybody_will_do(self, service, start, clock):
        start("alice")
        assert service.window("alice") == {"window": 100}
        clock.advance(30)
        assert service.window("alice") == {"window": 200}
        clock.advance(30)
        assert service.window("alice") == {"window": None}

    def test_the_window_never_goes_beyond_ones_own_limit(self, service, start, clock):
        start("alice", rating_range=150)
        assert service.window("alice") == {"window": 100}
        clock.advance(60)
        assert service.window("alice") == {"window": 150}

    def test_a_player_who_does_not_search_has_no_window(self, service):
        assert service.window("alice") == {"window": None}

    def test_estimates_by_what_the_last_searches_took(self, service, start, clock):
        start("alice")
        clock.advance(10)
        start("bob")
        start("carol")
        assert service.status("carol")["estimate"] == 5


class TestKeptAlive:
    def test_a_search_ends_without_a_word_when_its_gateway_is_lost(
        self, service, start, clock, announcer
    ):
        start("alice", connection="this one")
        clock.advance(LEASE_SECONDS + 1)
        service.sweep()
        assert service.status("alice") == {"status": "idle"}
        assert announcer.heard == []

    def test_no_search_ends_until_a_lease_after_the_broker_is_back(
        self, service, start, clock, announcer, monkeypatch
    ):
        start("alice", connection="this one")
        clock.advance(LEASE_SECONDS + 1)
        for seconds in (0.0, 1.0):
            monkeypatch.setattr(announcer, "connected_seconds", lambda seconds=seconds: seconds)
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
        self, service, start, clock, announcer
    ):
        start("alice", connection="this one")
        clock.advance(300)
        service.renew({"alice": "this one"})
        service.sweep()
        service.sweep()
        assert service.status("alice") == {"status": "idle"}
        assert announcer.heard == [("searcher.expired", ("alice",))]
        assert announcer.sent[0].params == {
            "at": "2023-11-14T22:18:20.000Z", "game": "dobutsu", "options": OPTIONS,
            "waited": 300,
        }

    def test_a_search_goes_on_until_it_expires(self, service, start, clock, announcer):
        start("alice", connection="this one")
        clock.advance(299)
        service.renew({"alice": "this one"})
        service.sweep()
        assert service.status("alice")["status"] == "searching"
        assert announcer.heard == []


class TestUnfinished:
    """A pairing without a session: the session service was away, or the broker was."""

    @pytest.fixture
    def paired(self, start, sessions):
        sessions.away = True
        start("alice")
        assert start("bob") == SEARCHING

    def test_both_still_search_by_their_status(self, service, paired, start, announcer):
        for login in ("alice", "bob"):
            assert service.status(login)["status"] == "searching"
            with pytest.raises(SearchAlreadyStarted):
                start(login)
        assert announcer.heard == []

    def test_their_session_begins_when_the_session_service_is_back(
        self, service, paired, sessions, clock, announcer
    ):
        sessions.away = False
        clock.advance(UNFINISHED_AFTER_SECONDS + 1)
        service.finish_unfinished()
        service.finish_unfinished()
        assert len(sessions.asked) == 1
        assert [event for event, _ in announcer.heard] == ["searcher.opponent_found"] * 2
        assert service.status("alice") == {"status": "idle"}

    def test_one_that_is_just_being_begun_is_left_alone(self, service, paired, sessions):
        sessions.away = False
        service.finish_unfinished()
        assert sessions.begun == {}

    def test_after_an_outage_both_are_told_of_the_same_session(
        self, service, start, sessions, clock, announcer
    ):
        announcer.away = True
        start("alice")
        assert start("bob") == SEARCHING
        announcer.away = False
        clock.advance(UNFINISHED_AFTER_SECONDS + 1)
        service.finish_unfinished()
        assert len(sessions.begun) == 1
        assert [event for event, _ in announcer.heard] == ["searcher.opponent_found"] * 2

    def test_messages_sent_twice_have_the_same_ids(self, start, sessions, announcer):
        start("alice")
        start("bob")
        first = [message.id for message in announcer.sent]
        assert len(set(first)) == 2
        [key] = sessions.begun
        assert all(notice_id.startswith(key) for notice_id in first)

    def test_one_whose_session_cannot_begin_holds_up_no_other(
        self, service, paired, start, sessions, clock
    ):
        start("carol")
        start("dave")
        sessions.away = False
        for failing in ("alice", "dave"):
            sessions.fails_for = {failing}
            clock.advance(UNFINISHED_AFTER_SECONDS + 1)
            service.finish_unfinished()
        assert service.status("alice") == service.status("carol") == {"status": "idle"}

    def test_a_pair_of_the_timer_that_fails_holds_up_no_other(
        self, service, start, sessions, clock, announcer
    ):
        for login, rating in [("alice", 1500), ("bob", 1700), ("carol", 5000), ("dave", 5200)]:
            start(login, rating)
        sessions.fails_for = {"alice"}
        clock.advance(59)
        service.pair()
        assert sorted(players for _, players in announcer.heard) == [("carol",), ("dave",)]
        assert service.status("alice")["status"] == "searching"


def test_a_ping_is_answered_with_the_problems(service):
    assert service.ping()["problems"] is service.problems.return_value
