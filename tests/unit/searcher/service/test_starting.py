"""Searches that start: answered, refused, and met by rating."""

import pytest

from auth.exceptions import GuestNotAllowed
from extensions import request_id
from searcher.exceptions import SearchAlreadyStarted
from sessions.exceptions import GameNotFound, InvalidOptions
from tests.unit.searcher.service.conftest import OPTIONS, SEARCHING


class TestStart:
    def test_somebody_alone_searches(self, service, start, publisher):
        assert start("alice") == SEARCHING
        assert publisher.heard == []

    def test_a_player_who_meets_somebody_is_told_whom(self, start, sessions):
        start("alice")
        answer = start("bob")
        [key] = sessions.started
        assert answer == {
            "status": "found", "session_id": f"session of {key}", "opponent": "alice",
            "opponents": ["alice"],
        }

    def test_players_who_meet_begin_one_session_with_all_options(self, start, sessions):
        start("alice", rated=False)
        start("bob", rated=False)
        [started] = sessions.started.values()
        assert (started["game"], started["options"], started["private"]) == (
            "dobutsu", {"clock": None, "rated": False}, False
        )
        assert sorted(started["players"]) == ["alice", "bob"]

    def test_both_are_told_of_each_other_and_nobody_else_is(self, start, publisher, sessions):
        start("alice")
        found = start("bob")
        assert sorted(publisher.heard) == [
            ("searcher.opponent_found", ("alice",)), ("searcher.opponent_found", ("bob",))
        ]
        told = {message.players[0]: message.params for message in publisher.sent}
        common = {
            "at": "2023-11-14T22:13:20.000Z", "session_id": found["session_id"],
            "game": "dobutsu", "options": OPTIONS,
        }
        assert told == {
            "alice": {**common, "opponent": "bob", "opponents": ["bob"]},
            "bob": {**common, "opponent": "alice", "opponents": ["alice"]},
        }

    def test_three_who_ask_for_three_seats_begin_one_session(self, start, sessions, publisher):
        start("alice", seats=3)
        assert start("bob", seats=3) == start("dave") == SEARCHING
        found = start("carol", seats=3)
        [started] = sessions.started.values()
        assert sorted(started["players"]) == ["alice", "bob", "carol"]
        assert sorted(["carol", *found["opponents"]]) == ["alice", "bob", "carol"]
        told = dict(publisher.told("opponent_found"))
        first, second, third = started["players"]  # in the order of moving
        assert {login: told[login]["opponents"] for login in told} == {
            first: [second, third], second: [third, first], third: [first, second]
        }
        assert {login: told[login]["opponent"] for login in told} == {
            first: second, second: third, third: first
        }

    def test_guest_searches_for_unrated_games_alone(self, service, refused):
        with refused(GuestNotAllowed):
            service.start("otter", "dobutsu", {}, 1500, guest=True)
        assert service.status("otter") == {"status": "idle"}
        assert service.start("otter", "dobutsu", {"rated": False}, 1500, guest=True) == SEARCHING

    def test_a_second_search_is_refused(self, start, publisher):
        start("alice")
        with pytest.raises(SearchAlreadyStarted):
            start("alice", rated=False)
        assert publisher.heard == []

    def test_a_call_that_is_served_again_starts_no_other_search(self, service, start, clock):
        with request_id.scope("c0ffeec0ffeec0ff"):
            start("alice")
            clock.advance(7)
            assert start("alice") == SEARCHING
        assert service.status("alice")["waited"] == 7
        with request_id.scope("decadedecadedeca"), pytest.raises(SearchAlreadyStarted):
            start("alice")

    def test_a_call_that_is_served_again_is_answered_whom_it_has_met(
        self, start, sessions, publisher
    ):
        start("alice")
        sessions.away = True
        with request_id.scope("c0ffeec0ffeec0ff"):
            assert start("bob") == SEARCHING
            sessions.away = False
            found = start("bob")
        assert found["opponent"] == "alice"
        assert len(sessions.started) == 1 and len(publisher.heard) == 2

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
        self, service, start, clock, publisher
    ):
        start("alice", 1500)
        assert start("bob", 1700) == SEARCHING
        clock.advance(29)
        service.pair()
        assert publisher.heard == []
        clock.advance(1)
        service.pair()
        assert [event for event, _ in publisher.heard] == ["searcher.opponent_found"] * 2

    def test_a_later_player_is_met_by_the_window_of_a_waiting_one(self, start, clock):
        start("alice", 1500)
        clock.advance(30)
        assert start("bob", 1700)["status"] == "found"

    def test_players_beyond_the_range_never_meet(self, service, start, clock, publisher):
        start("alice", 1500, rating_range=50)
        start("bob", 1551)
        clock.advance(299)
        service.pair()
        assert publisher.heard == []
