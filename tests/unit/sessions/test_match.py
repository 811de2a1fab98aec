"""What happens in a session without a command: connections, deadlines, flags, the end."""

import pytest

from tests.unit.sessions.conftest import NOW
from tests.unit.sessions.games import HighCard

CLOCK = {"initial": 60, "increment": 2}


def types(happened):
    return [event.type for event in happened]


def result(winner, reason):
    if reason == "aborted":
        return {"winner": None, "reason": reason, "by_player": {}}
    loser = "bob" if winner == "alice" else "alice"
    return {"winner": winner, "reason": reason, "by_player": {winner: 1, loser: 0}}


@pytest.fixture
def under_way(begin, move):
    """Return a function that begins a match in which both have connected and moved."""

    def under_way(**settings):
        match = begin(**settings)
        for login in match.players:
            match.connect(login, NOW)
        move(match, "b2b3", "a4a3")
        return match

    return under_way


class TestBeginning:
    def test_a_new_match_is_active_at_version_0(self, match):
        assert (match.status, match.version, match.result) == ("active", 0, None)
        assert match.to_move == ["alice"]

    def test_connecting_and_disconnecting_are_events(self, match):
        [came] = match.connect("alice", NOW + 1)
        [left] = match.disconnect("alice", NOW + 2)
        assert (came.version, came.type, came.data) == (
            1, "session.player_connected", {"login": "alice"}
        )
        assert (left.version, left.type, left.data) == (
            2, "session.player_disconnected", {"login": "alice", "deadline": NOW + 32}
        )

    def test_seats_follow_the_order_of_moving(self, match):
        assert [match.seat(login) for login in ("alice", "bob", "carol", None)] == [
            0, 1, None, None
        ]


class TestLeaving:
    def test_a_player_who_moved_loses_when_the_grace_ends(self, under_way):
        match = under_way()
        match.disconnect("bob", NOW)
        assert match.expire(NOW + 29.9) == []
        assert match.deadline == NOW + 30
        [ended] = match.expire(NOW + 30)
        assert (ended.type, ended.data) == (
            "session.ended", {"result": result("alice", "abandonment")}
        )
        assert match.result == result("alice", "abandonment")
        assert match.deadline is None

    def test_it_is_aborted_if_the_absent_player_has_not_moved(self, match, move):
        move(match, "b2b3")
        match.connect("bob", NOW)
        match.disconnect("bob", NOW)
        match.expire(NOW + 30)
        assert match.result == result(None, "aborted")

    def test_coming_back_within_the_grace_costs_nothing(self, under_way):
        match = under_way()
        match.disconnect("bob", NOW)
        assert types(match.connect("bob", NOW + 29)) == ["session.player_connected"]
        assert match.expire(NOW + 1000) == []
        assert match.status == "active"

    def test_each_disconnection_has_its_own_grace(self, under_way):
        match = under_way()
        match.disconnect("bob", NOW)
        match.connect("bob", NOW + 20)
        match.disconnect("bob", NOW + 25)
        assert match.expire(NOW + 54) == []
        assert types(match.expire(NOW + 55)) == ["session.ended"]

    def test_of_two_absent_players_the_first_one_loses(self, under_way):
        match = under_way()
        match.disconnect("bob", NOW)
        match.disconnect("alice", NOW + 1)
        assert types(match.expire(NOW + 100)) == ["session.ended"]
        assert match.result == result("alice", "abandonment")

    def test_a_grace_of_0_ends_the_session_at_once(self, under_way):
        match = under_way(grace=0)
        assert types(match.disconnect("bob", NOW)) == [
            "session.player_disconnected", "session.ended"
        ]
        assert match.result == result("alice", "abandonment")

    def test_a_grace_of_0_aborts_if_nobody_has_moved(self, begin):
        match = begin(grace=0)
        match.connect("alice", NOW)
        match.disconnect("alice", NOW)
        assert match.result == result(None, "aborted")

    def test_with_claims_the_session_goes_on(self, under_way):
        match = under_way(leaving="claim")
        match.disconnect("bob", NOW)
        assert match.expire(NOW + 1000) == []
        assert (match.status, match.deadline) == ("active", None)

    def test_with_claims_an_abort_still_comes_by_itself(self, begin):
        match = begin(leaving="claim")
        match.connect("alice", NOW)
        match.disconnect("alice", NOW)
        match.expire(NOW + 30)
        assert match.result == result(None, "aborted")


class TestJoining:
    def test_without_a_clock_each_player_must_join_in_time(self, match):
        match.connect("alice", NOW)
        assert match.expire(NOW + 29.9) == []
        assert types(match.expire(NOW + 30)) == ["session.ended"]
        assert match.result == result(None, "aborted")

    def test_connecting_or_a_command_counts_as_joining(self, match, give):
        match.connect("alice", NOW)
        give(match, "bob", "offer_draw")
        assert match.deadline is None
        assert match.expire(NOW + 1000) == []

    def test_joined_players_need_not_move(self, match):
        match.connect("alice", NOW)
        match.connect("bob", NOW)
        assert match.expire(NOW + 1_000_000) == []


class TestFirstMoves:
    def test_with_a_clock_the_deadline_begins_with_the_turn(self, begin, move):
        match = begin(clock=CLOCK)
        assert match.expire(NOW + 29.9) == []
        move(match, "b2b3", after=29)
        assert match.deadline == NOW + 59
        assert match.expire(NOW + 58.9) == []
        match.expire(NOW + 59)
        assert match.result == result(None, "aborted")

    def test_with_a_clock_joining_is_not_enough(self, begin):
        match = begin(clock=CLOCK)
        match.connect("alice", NOW)
        match.connect("bob", NOW)
        match.expire(NOW + 30)
        assert match.result == result(None, "aborted")

    def test_after_both_first_moves_only_the_clocks_count(self, begin, move):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        assert match.first_move_deadlines == {}
        assert match.deadline > NOW + 60


class TestClocks:
    def test_clocks_stay_full_until_both_have_moved(self, begin, move):
        match = begin(clock=CLOCK)
        move(match, "b2b3", after=5)
        move(match, "a4a3", after=9)
        assert match.clocks.remaining(NOW + 9) == {"alice": 60, "bob": 60}
        assert match.clocks.remaining(NOW + 19) == {"alice": 50, "bob": 60}

    def test_a_move_stops_one_clock_and_starts_the_other(self, begin, move, give):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        [event] = give(match, "alice", "move", move="c1c2", after=10).events
        assert event.data["clocks"] == {"alice": 52, "bob": 60}
        assert match.clocks.remaining(NOW + 15) == {"alice": 52, "bob": 55}

    def test_a_fallen_flag_loses(self, begin, move):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        assert match.expire(NOW + 60) == []
        assert types(match.expire(match.deadline)) == ["session.ended"]
        assert match.result == result("bob", "timeout")
        assert match.clocks.remaining(NOW + 1000) == {"alice": 0, "bob": 60}

    def test_a_fallen_flag_draws_if_no_opponent_can_win(self, begin, move, monkeypatch):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        monkeypatch.setattr(match.game, "can_win", lambda state, seat: seat != 1)
        match.expire(NOW + 61)
        assert match.result == {
            "winner": None, "reason": "timeout", "by_player": {"alice": 0.5, "bob": 0.5}
        }

    def test_a_fallen_flag_comes_before_an_ended_grace(self, begin, move):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        match.disconnect("bob", NOW)
        match.expire(NOW + 100)
        assert match.result["reason"] == "timeout"

    def test_clocks_stop_at_the_end(self, begin, move, give):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        give(match, "bob", "resign", after=10)
        assert match.clocks.remaining(NOW + 1000) == {"alice": 50, "bob": 60}

    def test_both_clocks_run_if_both_may_move(self, begin, give):
        match = begin(HighCard(), clock=CLOCK)
        hands = match.state["hands"]
        give(match, "alice", "move", move=f"play {hands[0][0]}")
        give(match, "bob", "move", move=f"play {hands[1][0]}")
        assert match.clocks.remaining(NOW + 10) == {"alice": 50, "bob": 50}
        give(match, "alice", "move", move=f"play {hands[0][1]}", after=10)
        assert match.clocks.remaining(NOW + 20) == {"alice": 52, "bob": 40}


class TestPostpone:
    def test_all_deadlines_are_postponed(self, begin, under_way):
        waiting, clocked, left = begin(), begin(clock=CLOCK), under_way()
        left.disconnect("bob", NOW)
        for match in (waiting, clocked, left):
            match.postpone(100)
            assert match.deadline == NOW + 130
            assert match.expire(NOW + 129.9) == []
            assert types(match.expire(NOW + 130)) == ["session.ended"]

    def test_a_running_clock_gets_the_time_back(self, begin, move):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        match.postpone(100)
        assert match.clocks.remaining(NOW + 110) == {"alice": 50, "bob": 60}


class TestEnded:
    def test_nothing_happens_after_the_end(self, match, give):
        give(match, "alice", "resign")
        version = match.version
        assert match.connect("alice", NOW) == []
        assert match.disconnect("bob", NOW) == []
        assert match.expire(NOW + 1_000_000) == []
        assert match.version == version
        assert (match.to_move, match.deadline) == ([], None)
