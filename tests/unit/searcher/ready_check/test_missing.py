"""Who misses a proposal is out, and has to pause before the next search."""

import pytest

from extensions import request_id
from extensions.errors import RateLimited
from searcher.ready_check import FIRST_PAUSE_SECONDS, FORGIVEN_AFTER_SECONDS, MAX_PAUSE_DOUBLINGS
from tests.unit.searcher.ready_check.conftest import EXPIRY, IDLE, READY_CHECK, SEARCHING


class TestMissing:
    def test_only_the_player_who_accepted_searches_on(self, service, proposed, lapsed, keep):
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

    def test_both_are_out_where_neither_accepts(self, service, proposed, lapsed, keep):
        proposal_id = proposed("alice", "bob")
        keep(READY_CHECK, "alice", "bob")
        assert lapsed(proposal_id) == {"alice": False, "bob": False}
        assert service.status("alice") == service.status("bob") == IDLE

    def test_players_are_told_once_of_a_lapsed_proposal(self, service, proposed, publisher, keep):
        proposed("alice", "bob")
        keep(3 * READY_CHECK, "alice", "bob")
        assert len(publisher.told("match_lapsed")) == 2

    def test_a_player_who_accepted_goes_to_the_head_of_the_queue(
        self, service, start, proposed, publisher, keep
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
        asked = [login for login, _ in publisher.told("match_proposed")][2:]
        assert sorted(asked) == ["alice", "erin"]

    def test_the_time_of_a_proposal_does_not_count_as_searched(
        self, service, start, publisher, keep, clock
    ):
        start("alice")
        keep(EXPIRY - 5, "alice")
        start("bob")
        [(_, params), _] = publisher.told("match_proposed")
        service.accept("alice", params["proposal_id"])
        keep(READY_CHECK, "alice", "bob")
        assert service.status("alice")["status"] == "searching"
        assert publisher.told("expired") == []
        keep(5, "alice")
        [(login, params)] = publisher.told("expired")
        assert (login, params["waited"]) == ("alice", EXPIRY + READY_CHECK)

    def test_the_gateways_are_told_whose_search_is_out(self, service, proposed, publisher, keep):
        service.accept("alice", proposed("alice", "bob"))
        keep(READY_CHECK, "alice", "bob")
        assert [login for login, _ in publisher.told("stopped")] == ["bob"]

    def test_they_are_told_which_search_it_was_and_players_are_not(
        self, service, start, publisher, clock
    ):
        for login, search_id in (("alice", "aaaaaaaaaaaaaaaa"), ("bob", "bbbbbbbbbbbbbbbb")):
            with request_id.scope(search_id):
                start(login)
        clock.advance(READY_CHECK)
        service.sweep()
        ends = [message for message in publisher.sent if message.event != "searcher.match_proposed"]
        assert sorted((message.players[0], message.body["search"]) for message in ends) == [
            ("alice", "aaaaaaaaaaaaaaaa"), ("alice", "aaaaaaaaaaaaaaaa"),
            ("bob", "bbbbbbbbbbbbbbbb"), ("bob", "bbbbbbbbbbbbbbbb"),
        ]
        assert all("search" not in message.params for message in ends)

    def test_unsent_lapses_are_told_later_and_stops_are_not(
        self, service, proposed, publisher, keep
    ):
        service.accept("alice", proposed("alice", "bob"))
        publisher.away = True
        keep(READY_CHECK, "alice", "bob")
        assert [(message.event, message.players) for message in publisher.kept] == [
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

    def test_a_player_who_missed_a_proposal_pauses_before_searching(
        self, service, start, miss, clock
    ):
        miss(service)
        assert self.pause(start) == FIRST_PAUSE_SECONDS
        clock.advance(FIRST_PAUSE_SECONDS - 0.25)
        assert self.pause(start) == 0.25
        clock.advance(0.25)
        assert start("bob") == SEARCHING

    def test_a_player_who_accepted_may_search_again_at_once(self, service, start, miss):
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
