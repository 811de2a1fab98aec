"""The ready check: both accept in time and play, or nothing has come of it, and who is to blame."""

import random
from dataclasses import replace
from unittest.mock import Mock

import pytest
from nameko.testing.services import worker_factory

from extensions import request_id
from extensions.errors import RateLimited, StorageAway
from extensions.rpc.answer_cache import AnswerCache
from extensions.settings import Settings
from searcher.exceptions import ProposalNotFound, SearchAlreadyStarted, SearchNotStarted
from searcher.matching import Windows
from searcher.proposal_outcomes import ACCEPTED_SECONDS
from searcher.ready_check import FIRST_PAUSE_SECONDS, FORGIVEN_AFTER_SECONDS, MAX_PAUSE_DOUBLINGS
from searcher.service import LEASE_SECONDS, SearcherService
from searcher.session_starter import UNFINISHED_AFTER_SECONDS

READY_CHECK = 10
EXPIRY = 300
OPTIONS = {"clock": None, "rated": True}
SEARCHING = {"status": "searching"}
ACCEPTED = {"status": "accepted"}
IDLE = {"status": "idle"}
CALL = "c0ffeec0ffeec0ff"


class Death(BaseException):
    """What no code is ready for."""


@pytest.fixture
def store(new_store):
    return new_store(Windows(first=100, widening=60), random.Random(1), READY_CHECK)


@pytest.fixture
def service(store, announcer, sessions, clock):
    return worker_factory(
        SearcherService, settings=Settings(search_expiry=EXPIRY), store=store,
        announcer=announcer, sessions=sessions, known_terms=AnswerCache(10, 10), clock=clock,
    )


@pytest.fixture
def start(service):
    """Starts a search, on a connection of the player's."""

    def start(login, rating=1500, connection=True):
        connection_id = f"connection of {login}" if connection else None
        return service.start(login, "dobutsu", {}, rating, None, connection_id)

    return start


@pytest.fixture
def keep(service, clock):
    """Lets time pass, with the timers running and connections kept alive."""

    def keep(seconds, *logins):
        while seconds > 0:
            clock.advance(min(seconds, 1))
            seconds -= 1
            service.renew({login: f"connection of {login}" for login in logins})
            service.sweep()
            service.pair()
            service.finish_unfinished()

    return keep


@pytest.fixture
def proposed(start, announcer):
    """The proposal that two players have met in."""

    def meet(*logins):
        for login in logins:
            start(login)
        return announcer.told("match_proposed")[-1][1]["proposal_id"]

    return meet


@pytest.fixture
def lapsed(announcer):
    """Who was told that a proposal has lapsed, and whether they search."""

    def lapsed(proposal_id):
        return {
            login: params["searching"] for login, params in announcer.told("match_lapsed")
            if params["proposal_id"] == proposal_id
        }

    return lapsed


class TestProposing:
    def test_who_meet_are_both_asked_and_no_session_begins(self, start, announcer, sessions):
        assert start("alice") == start("bob") == SEARCHING
        [(one, params), (other, same)] = announcer.told("match_proposed")
        assert {one, other} == {"alice", "bob"} and params == same
        assert isinstance(params.pop("proposal_id"), str)
        assert params == {
            "at": "2023-11-14T22:13:20.000Z", "game": "dobutsu", "options": OPTIONS,
            "deadline": "2023-11-14T22:13:30.000Z",
        }
        assert sessions.begun == {}
        assert announcer.told("opponent_found") == []

    def test_who_meet_after_waiting_are_asked_too(self, service, start, announcer, clock):
        start("alice")
        start("bob", rating=1700)
        assert announcer.told("match_proposed") == []
        clock.advance(30)
        service.pair()
        assert len(announcer.told("match_proposed")) == 2

    def test_both_of_a_proposal_search_by_their_status(self, service, start, proposed):
        proposed("alice", "bob")
        start("carol", rating=3000)
        for login in ("alice", "bob"):
            status = service.status(login)
            assert (status["status"], status["searching"]) == ("searching", 3)
            with pytest.raises(SearchAlreadyStarted):
                start(login)

    def test_neither_of_a_proposal_meets_anybody_else(self, service, start, proposed, announcer):
        proposed("alice", "bob")
        start("carol")
        service.pair()
        assert len(announcer.told("match_proposed")) == 2

    def test_who_has_a_proposal_is_not_missing(self, service, proposed):
        proposed("alice", "bob")
        assert service.renew({"alice": "connection of alice", "bob": "another one"}) == []

    def test_without_a_ready_check_nobody_is_asked(self, new_store, announcer, sessions, clock):
        service = worker_factory(
            SearcherService, settings=Settings(), store=new_store(Windows(100, 60)),
            announcer=announcer, sessions=sessions, known_terms=AnswerCache(10, 10), clock=clock,
        )
        service.start("alice", "dobutsu", {}, 1500)
        assert service.start("bob", "dobutsu", {}, 1500)["status"] == "found"
        assert announcer.told("match_proposed") == []

    def test_nobody_misses_what_they_could_not_be_told_of(
        self, service, start, announcer, keep, proposed
    ):
        announcer.away = True
        start("alice")
        assert start("bob") == SEARCHING
        announcer.away = False
        service.pair()
        [(_, params), _] = announcer.told("match_proposed")
        for login in ("alice", "bob"):
            assert service.accept(login, params["proposal_id"]) == ACCEPTED


class TestUnannounced:
    """A proposal is stored, and whoever has stored it dies before anybody is told, or after."""

    @pytest.fixture
    def dying(self, start, announcer, store, monkeypatch):
        """Has alice and bob meet by a searcher that dies before or after the announcement."""

        def meet(told=False):
            dies_in, name = (store.proposals, "note_announced") if told else (announcer, "send")
            start("alice")
            with monkeypatch.context() as patch, request_id.scope(CALL), pytest.raises(Death):
                patch.setattr(dies_in, name, Mock(side_effect=Death))
                start("bob")

        return meet

    def test_a_timer_tells_both_and_they_have_all_the_time_to_accept(
        self, service, dying, announcer, keep
    ):
        dying()
        keep(UNFINISHED_AFTER_SECONDS, "alice", "bob")
        assert announcer.told("match_proposed") == []
        keep(1, "alice", "bob")
        [(_, params), (_, same)] = announcer.told("match_proposed")
        assert params == same and params["deadline"] == "2023-11-14T22:13:34.000Z"
        keep(READY_CHECK - 1, "alice", "bob")
        assert len(announcer.told("match_proposed")) == 2
        for login in ("alice", "bob"):
            assert service.accept(login, params["proposal_id"]) == ACCEPTED

    def test_its_start_is_served_again_as_if_nobody_had_died(self, start, dying, announcer, keep):
        dying()
        with request_id.scope(CALL):
            assert start("bob") == SEARCHING
        keep(UNFINISHED_AFTER_SECONDS + 1, "alice", "bob")
        assert len(announcer.told("match_proposed")) == 2

    def test_who_may_have_been_told_are_told_by_the_same_id(self, dying, announcer, keep):
        dying(told=True)
        keep(UNFINISHED_AFTER_SECONDS + 1, "alice", "bob")
        first, again = announcer.sent
        assert first.id == again.id

    def test_who_has_accepted_was_told(self, service, dying, announcer, keep):
        dying(told=True)
        [(_, params), _] = announcer.told("match_proposed")
        service.accept("alice", params["proposal_id"])
        keep(READY_CHECK, "alice", "bob")
        assert len(announcer.told("match_proposed")) == 2
        assert [login for login, _ in announcer.told("stopped")] == ["bob"]

    def test_nobody_has_missed_what_was_not_told_in_time(
        self, service, start, dying, announcer, clock, lapsed
    ):
        dying()
        clock.advance(READY_CHECK)
        service.sweep()
        [(_, params), _] = announcer.told("match_lapsed")
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
        self, start, store, announcer, monkeypatch
    ):
        away = Mock(side_effect=StorageAway("away"))
        monkeypatch.setattr(store.proposals, "note_announced", away)
        start("alice")
        assert start("bob") == SEARCHING
        assert len(announcer.told("match_proposed")) == 2


class TestAccepting:
    def test_when_both_have_their_session_begins_and_both_are_told(
        self, service, proposed, announcer, sessions
    ):
        proposal_id = proposed("alice", "bob")
        assert service.accept("alice", proposal_id) == ACCEPTED
        assert sessions.begun == {}
        assert service.accept("bob", proposal_id) == ACCEPTED
        [begun] = sessions.begun.values()
        assert sorted(begun["players"]) == ["alice", "bob"] and begun["options"] == OPTIONS
        assert {
            login: params["opponent"] for login, params in announcer.told("opponent_found")
        } == {"alice": "bob", "bob": "alice"}
        assert announcer.told("match_lapsed") == []

    def test_after_both_have_accepted_neither_searches(self, service, proposed, keep, announcer):
        proposal_id = proposed("alice", "bob")
        for login in ("alice", "bob"):
            service.accept(login, proposal_id)
        keep(2 * READY_CHECK)
        assert service.status("alice") == service.status("bob") == IDLE
        assert announcer.told("match_lapsed") == []

    def test_accepting_again_changes_nothing(self, service, proposed, sessions):
        proposal_id = proposed("alice", "bob")
        for login in ("alice", "alice", "bob", "bob", "alice"):
            assert service.accept(login, proposal_id) == ACCEPTED
        assert len(sessions.asked) == 1

    def test_one_alone_cannot_accept_for_both(self, service, proposed, sessions):
        proposal_id = proposed("alice", "bob")
        for _ in range(3):
            service.accept("alice", proposal_id)
        assert sessions.begun == {}

    def test_anothers_proposal_is_not_found(self, service, proposed):
        proposal_id = proposed("alice", "bob")
        with pytest.raises(ProposalNotFound) as refusal:
            service.accept("carol", proposal_id)
        assert refusal.value.details == {"proposal_id": proposal_id}

    def test_a_proposal_that_never_was_is_not_found(self, service):
        with pytest.raises(ProposalNotFound):
            service.accept("alice", "made up")

    def test_a_proposal_is_not_found_after_its_deadline(self, service, proposed, clock, sessions):
        proposal_id = proposed("alice", "bob")
        service.accept("alice", proposal_id)
        clock.advance(READY_CHECK)
        with pytest.raises(ProposalNotFound):
            service.accept("bob", proposal_id)
        assert sessions.begun == {}

    def test_a_proposal_that_has_lapsed_is_not_found(self, service, proposed):
        proposal_id = proposed("alice", "bob")
        service.stop("bob")
        with pytest.raises(ProposalNotFound):
            service.accept("alice", proposal_id)

    def test_a_proposal_accepted_long_ago_is_not_found(self, service, proposed, clock):
        first = proposed("alice", "bob")
        for login in ("alice", "bob"):
            service.accept(login, first)
        with pytest.raises(ProposalNotFound):
            service.accept("carol", first)
        clock.advance(ACCEPTED_SECONDS)
        second = proposed("carol", "dave")
        for login in ("carol", "dave"):
            service.accept(login, second)
        with pytest.raises(ProposalNotFound):
            service.accept("alice", first)

    def test_a_session_begins_late_where_its_service_was_away(
        self, service, proposed, sessions, announcer, keep
    ):
        proposal_id = proposed("alice", "bob")
        sessions.away = True
        for login in ("alice", "bob", "bob"):
            assert service.accept(login, proposal_id) == ACCEPTED
        assert service.status("alice")["status"] == "searching"
        sessions.away = False
        keep(UNFINISHED_AFTER_SECONDS + 1)
        assert sorted(login for login, _ in announcer.told("opponent_found")) == ["alice", "bob"]
        assert len(sessions.begun) == 1


class TestMissing:
    def test_who_accepted_searches_on_and_who_did_not_is_out(
        self, service, proposed, lapsed, keep
    ):
        proposal_id = proposed("alice", "bob")
        service.accept("alice", proposal_id)
        keep(READY_CHECK, "alice", "bob")
        assert lapsed(proposal_id) == {"alice": True, "bob": False}
        assert service.status("alice")["status"] == "searching"
        assert service.status("bob") == IDLE

    def test_a_proposal_does_not_lapse_before_its_deadline(self, service, proposed, lapsed, keep):
        proposal_id = proposed("alice", "bob")
        keep(READY_CHECK - 1, "alice", "bob")
        assert lapsed(proposal_id) == {}

    def test_where_neither_accepts_both_are_out(self, service, proposed, lapsed, keep):
        proposal_id = proposed("alice", "bob")
        keep(READY_CHECK, "alice", "bob")
        assert lapsed(proposal_id) == {"alice": False, "bob": False}
        assert service.status("alice") == service.status("bob") == IDLE

    def test_of_what_has_lapsed_players_are_told_once(self, service, proposed, announcer, keep):
        proposed("alice", "bob")
        keep(3 * READY_CHECK, "alice", "bob")
        assert len(announcer.told("match_lapsed")) == 2

    def test_who_accepted_goes_back_to_the_head_of_the_queue(
        self, service, start, proposed, announcer, keep
    ):
        proposal_id = proposed("alice", "bob")
        service.accept("alice", proposal_id)
        keep(1, "alice", "bob")
        start("carol", rating=1700)
        keep(1, "alice", "bob", "carol")
        start("dave", rating=1850)
        keep(READY_CHECK - 2, "alice", "bob", "carol", "dave")
        assert service.status("alice")["waited"] == READY_CHECK
        start("erin", rating=1600)
        asked = [login for login, _ in announcer.told("match_proposed")][2:]
        assert sorted(asked) == ["alice", "erin"]

    def test_the_time_of_a_proposal_does_not_count_as_searched(
        self, service, start, announcer, keep, clock
    ):
        start("alice")
        keep(EXPIRY - 5, "alice")
        start("bob")
        [(_, params), _] = announcer.told("match_proposed")
        service.accept("alice", params["proposal_id"])
        keep(READY_CHECK, "alice", "bob")
        assert service.status("alice")["status"] == "searching"
        assert announcer.told("expired") == []
        keep(5, "alice")
        [(login, params)] = announcer.told("expired")
        assert (login, params["waited"]) == ("alice", EXPIRY + READY_CHECK)

    def test_the_gateways_are_told_whose_search_is_out(
        self, service, proposed, announcer, keep
    ):
        service.accept("alice", proposed("alice", "bob"))
        keep(READY_CHECK, "alice", "bob")
        assert [login for login, _ in announcer.told("stopped")] == ["bob"]

    def test_they_are_told_which_search_it_was_and_players_are_not(
        self, service, start, announcer, clock
    ):
        for login, search_id in (("alice", "aaaaaaaaaaaaaaaa"), ("bob", "bbbbbbbbbbbbbbbb")):
            with request_id.scope(search_id):
                start(login)
        clock.advance(READY_CHECK)
        service.sweep()
        ends = [message for message in announcer.sent if message.event != "searcher.match_proposed"]
        assert sorted((message.players[0], message.body["search"]) for message in ends) == [
            ("alice", "aaaaaaaaaaaaaaaa"), ("alice", "aaaaaaaaaaaaaaaa"),
            ("bob", "bbbbbbbbbbbbbbbb"), ("bob", "bbbbbbbbbbbbbbbb"),
        ]
        assert all("search" not in message.params for message in ends)

    def test_what_could_not_be_told_is_told_later_but_for_stops(
        self, service, proposed, announcer, keep
    ):
        service.accept("alice", proposed("alice", "bob"))
        announcer.away = True
        keep(READY_CHECK, "alice", "bob")
        assert [(message.event, message.players) for message in announcer.kept] == [
            ("searcher.match_lapsed", ("alice",)), ("searcher.match_lapsed", ("bob",))
        ]


class TestPause:
    @pytest.fixture
    def miss(self, start, proposed, keep, clock):
        """Has bob miss a proposal that the other one accepts."""

        def miss(service, other="alice"):
            service.accept(other, proposed(other, "bob"))
            keep(READY_CHECK, other, "bob")
            service.stop(other)

        return miss

    def pause(self, start):
        with pytest.raises(RateLimited) as refusal:
            start("bob")
        return refusal.value.details["retry_after"]

    def test_who_has_missed_one_may_not_search_for_a_while(self, service, start, miss, clock):
        miss(service)
        assert self.pause(start) == FIRST_PAUSE_SECONDS
        clock.advance(FIRST_PAUSE_SECONDS - 0.25)
        assert self.pause(start) == 0.25
        clock.advance(0.25)
        assert start("bob") == SEARCHING

    def test_who_has_accepted_may_search_again_at_once(self, service, start, miss):
        miss(service)
        assert start("alice") == SEARCHING

    def test_the_pause_doubles_with_each_one_missed_up_to_a_bound(
        self, service, start, miss, clock
    ):
        pauses = []
        for _ in range(MAX_PAUSE_DOUBLINGS + 3):
            miss(service)
            pauses.append(self.pause(start))
            clock.advance(pauses[-1])
        expected = [FIRST_PAUSE_SECONDS * 2**number for number in range(MAX_PAUSE_DOUBLINGS + 1)]
        assert pauses == [*expected, expected[-1], expected[-1]]

    def test_a_miss_is_forgiven_in_time(self, service, start, miss, clock):
        miss(service)
        miss_again_after = FIRST_PAUSE_SECONDS + FORGIVEN_AFTER_SECONDS
        clock.advance(miss_again_after)
        miss(service)
        assert self.pause(start) == FIRST_PAUSE_SECONDS

    def test_a_miss_is_not_forgiven_before_its_time(self, service, start, miss, clock):
        miss(service)
        clock.advance(FIRST_PAUSE_SECONDS + FORGIVEN_AFTER_SECONDS - READY_CHECK - 1)
        miss(service)
        assert self.pause(start) == 2 * FIRST_PAUSE_SECONDS


class TestDeclining:
    def test_to_stop_is_to_decline_and_the_other_one_searches_on(
        self, service, proposed, lapsed, sessions
    ):
        proposal_id = proposed("alice", "bob")
        service.stop("bob")
        assert lapsed(proposal_id) == {"alice": True, "bob": False}
        assert service.status("alice")["status"] == "searching"
        assert service.status("bob") == IDLE
        assert sessions.begun == {}

    def test_who_has_accepted_may_still_decline(self, service, proposed, lapsed):
        proposal_id = proposed("alice", "bob")
        service.accept("bob", proposal_id)
        service.stop("bob")
        assert lapsed(proposal_id) == {"alice": True, "bob": False}

    def test_who_declines_keeps_nobody_waiting_and_has_no_pause(self, service, start, proposed):
        proposed("alice", "bob")
        service.stop("bob")
        assert start("bob") == SEARCHING

    def test_it_is_declined_once(self, service, proposed):
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
        self, service, start, clock, lapsed, announcer, store
    ):
        start("alice")
        clock.advance(LEASE_SECONDS - 1)
        service.renew({"alice": "connection of alice"})
        service.start("bob", "dobutsu", {}, 1500, None, "connection of bob")
        [(_, params), _] = announcer.told("match_proposed")
        store.renew({"bob": "connection of bob"}, clock() + 2)
        clock.advance(3)
        service.sweep()
        assert lapsed(params["proposal_id"]) == {"alice": True, "bob": False}
        assert start("bob") == SEARCHING

    def test_who_has_accepted_and_is_gone_is_out_without_a_pause(
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
        self, service, start, announcer, clock, lapsed, keep
    ):
        service.settings = replace(service.settings, grace=2)
        start("alice", connection=False)
        start("bob")
        [(_, params), _] = announcer.told("match_proposed")
        for _ in range(READY_CHECK - 1):
            assert service.status("alice")["status"] == "searching"
            keep(1, "bob")
        assert lapsed(params["proposal_id"]) == {}
        assert service.accept("alice", params["proposal_id"]) == ACCEPTED


class TestStopped:
    """What the gateways are told, who keep searches alive that nobody has stopped."""

    def test_a_stop_is_told(self, service, start, announcer):
        start("alice")
        service.stop("alice")
        assert [login for login, _ in announcer.told("stopped")] == ["alice"]

    def test_a_stop_is_told_where_there_was_no_search(self, service, announcer):
        with pytest.raises(SearchNotStarted):
            service.stop("alice")
        assert [login for login, _ in announcer.told("stopped")] == ["alice"]

    def test_the_end_of_a_connection_is_not_told(self, service, start, announcer):
        start("alice")
        service.stop("alice", "connection of alice")
        assert announcer.told("stopped") == []

    def test_a_stop_that_cannot_be_told_still_ends_the_search(self, service, start, announcer):
        start("alice")
        announcer.away = True
        service.stop("alice")
        assert service.status("alice") == IDLE
        assert announcer.kept == []


class TestNeverInSilence:
    def test_a_search_expires_only_when_its_player_can_be_told(
        self, service, start, announcer, keep
    ):
        start("alice")
        announcer.away = True
        keep(EXPIRY + 2, "alice")
        assert service.status("alice")["status"] == "searching"
        announcer.away = False
        keep(1, "alice")
        assert [login for login, _ in announcer.told("expired")] == ["alice"]
        assert service.status("alice") == IDLE

    def test_who_cannot_be_told_of_the_end_may_still_find_somebody(
        self, service, start, announcer, keep
    ):
        start("alice")
        announcer.away = True
        keep(EXPIRY + 2, "alice")
        announcer.away = False
        start("bob")
        assert len(announcer.told("match_proposed")) == 2

    def test_a_pairing_whose_session_never_begins_is_given_up(
        self, service, proposed, announcer, sessions, keep, start
    ):
        proposal_id = proposed("alice", "bob")
        sessions.fails_for = {"alice"}
        for login in ("alice", "bob"):
            service.accept(login, proposal_id)
        keep(EXPIRY - 1)
        assert service.status("alice")["waited"] == EXPIRY - 1
        assert announcer.told("expired") == []
        keep(2)
        assert sorted(login for login, _ in announcer.told("expired")) == ["alice", "bob"]
        assert announcer.told("expired")[0][1]["waited"] == EXPIRY
        assert start("alice") == SEARCHING
