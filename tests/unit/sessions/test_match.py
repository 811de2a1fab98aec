"""What happens to a session by itself: leaving, coming back, never coming, flags; and its end."""

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
    """Begins a match in which both are there and have moved."""

    def under_way(**terms):
        match = begin(**terms)
        for login in match.players:
            match.connect(login, NOW)
        move(match, "b2b3", "a4a3")
        return match

    return under_way


class TestBeginning:
    def test_it_is_active_at_version_0_and_the_first_one_is_to_move(self, match):
        assert (match.status, match.version, match.result) == ("active", 0, None)
        assert match.to_move == ["alice"]

    def test_a_players_coming_and_going_are_events(self, match):
        [came] = match.connect("alice", NOW + 1)
        [left] = match.disconnect("alice", NOW + 2)
        assert (came.version, came.type, came.data) == (
            1, "session.player_connected", {"login": "alice"}
        )
        assert (left.version, left.type, left.data) == (
            2, "session.player_disconnected", {"login": "alice", "deadline": NOW + 32}
        )

    def test_seats_are_in_the_order_of_moving_and_a_watcher_has_none(self, match):
        assert [match.seat(login) for login in ("alice", "bob", "carol", None)] == [
            0, 1, None, None
        ]


class TestLeaving:
    def test_the_session_ends_against_who_has_moved_when_the_grace_has_run_out(self, under_way):
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

    def test_it_is_aborted_where_who_left_has_not_moved_yet(self, match, move):
        move(match, "b2b3")
        match.connect("bob", NOW)
        match.disconnect("bob", NOW)
        match.expire(NOW + 30)
        assert match.result == result(None, "aborted")

    def test_who_comes_back_within_the_grace_has_lost_nothing(self, under_way):
        match = under_way()
        match.disconnect("bob", NOW)
        assert types(match.connect("bob", NOW + 29)) == ["session.player_connected"]
        assert match.expire(NOW + 1000) == []
        assert match.status == "active"

    def test_each_leaving_has_a_grace_of_its_own(self, under_way):
        match = under_way()
        match.disconnect("bob", NOW)
        match.connect("bob", NOW + 20)
        match.disconnect("bob", NOW + 25)
        assert match.expire(NOW + 54) == []
        assert types(match.expire(NOW + 55)) == ["session.ended"]

    def test_of_two_who_have_left_the_first_one_loses(self, under_way):
        match = under_way()
        match.disconnect("bob", NOW)
        match.disconnect("alice", NOW + 1)
        assert types(match.expire(NOW + 100)) == ["session.ended"]
        assert match.result == result("alice", "abandonment")

    def test_a_grace_of_0_is_an_immediate_end(self, under_way):
        match = under_way(grace=0)
        assert types(match.disconnect("bob", NOW)) == [
            "session.player_disconnected", "session.ended"
        ]
        assert match.result == result("alice", "abandonment")

    def test_a_grace_of_0_aborts_at_once_where_nobody_has_moved(self, begin):
        match = begin(grace=0)
        match.connect("alice", NOW)
        match.disconnect("alice", NOW)
        assert match.result == result(None, "aborted")

    def test_where_it_must_be_claimed_the_session_goes_on(self, under_way):
        match = under_way(leaving="claim")
        match.disconnect("bob", NOW)
        assert match.expire(NOW + 1000) == []
        assert (match.status, match.deadline) == ("active", None)

    def test_where_it_must_be_claimed_an_abort_comes_by_itself_all_the_same(self, begin):
        match = begin(leaving="claim")
        match.connect("alice", NOW)
        match.disconnect("alice", NOW)
        match.expire(NOW + 30)
        assert match.result == result(None, "aborted")


class TestComing:
    def test_without_a_clock_each_has_to_come_in_time(self, match):
        match.connect("alice", NOW)
        assert match.expire(NOW + 29.9) == []
        assert types(match.expire(NOW + 30)) == ["session.ended"]
        assert match.result == result(None, "aborted")

    def test_to_connect_or_to_command_is_to_come(self, match, give):
        match.connect("alice", NOW)
        give(match, "bob", "offer_draw")
        assert match.deadline is None
        assert match.expire(NOW + 1000) == []

    def test_who_has_come_need_not_move(self, match):
        match.connect("alice", NOW)
        match.connect("bob", NOW)
        assert match.expire(NOW + 1_000_000) == []


class TestFirstMoves:
    def test_with_a_clock_each_has_so_long_from_when_it_may_move(self, begin, move):
        match = begin(clock=CLOCK)
        assert match.expire(NOW + 29.9) == []
        move(match, "b2b3", after=29)
        assert match.deadline == NOW + 59
        assert match.expire(NOW + 58.9) == []
        match.expire(NOW + 59)
        assert match.result == result(None, "aborted")

    def test_to_come_is_not_enough(self, begin):
        match = begin(clock=CLOCK)
        match.connect("alice", NOW)
        match.connect("bob", NOW)
        match.expire(NOW + 30)
        assert match.result == result(None, "aborted")

    def test_once_both_have_moved_only_the_clocks_count(self, begin, move):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        assert match.first_move_deadlines == {}
        assert match.deadline > NOW + 60


class TestClocks:
    def test_stand_full_until_both_have_moved_and_give_no_increment_for_it(self, begin, move):
        match = begin(clock=CLOCK)
        move(match, "b2b3", after=5)
        move(match, "a4a3", after=9)
        assert match.clocks.remaining(NOW + 9) == {"alice": 60, "bob": 60}
        assert match.clocks.remaining(NOW + 19) == {"alice": 50, "bob": 60}

    def test_then_a_move_stops_ones_own_adds_the_increment_and_starts_the_others(
        self, begin, move, give
    ):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        [event] = give(match, "alice", "move", move="c1c2", after=10).events
        assert event.data["clocks"] == {"alice": 52, "bob": 60}
        assert match.clocks.remaining(NOW + 15) == {"alice": 52, "bob": 55}

    def test_a_flag_that_falls_loses(self, begin, move):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        assert match.expire(NOW + 60) == []
        assert types(match.expire(match.deadline)) == ["session.ended"]
        assert match.result == result("bob", "timeout")
        assert match.clocks.remaining(NOW + 1000) == {"alice": 0, "bob": 60}

    def test_against_who_cannot_win_any_more_it_draws(self, begin, move, monkeypatch):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        monkeypatch.setattr(match.game, "can_win", lambda state, seat: seat != 1)
        match.expire(NOW + 61)
        assert match.result == {
            "winner": None, "reason": "timeout", "by_player": {"alice": 0.5, "bob": 0.5}
        }

    def test_a_flag_comes_before_a_grace_that_has_run_out_as_well(self, begin, move):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        match.disconnect("bob", NOW)
        match.expire(NOW + 100)
        assert match.result["reason"] == "timeout"

    def test_stand_once_the_session_has_ended(self, begin, move, give):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        give(match, "bob", "resign", after=10)
        assert match.clocks.remaining(NOW + 1000) == {"alice": 50, "bob": 60}

    def test_where_both_may_move_both_run(self, begin, give):
        match = begin(HighCard(), clock=CLOCK)
        hands = match.state["hands"]
        give(match, "alice", "move", move=f"play {hands[0][0]}")
        give(match, "bob", "move", move=f"play {hands[1][0]}")
        assert match.clocks.remaining(NOW + 10) == {"alice": 50, "bob": 50}
        give(match, "alice", "move", move=f"play {hands[0][1]}", after=10)
        assert match.clocks.remaining(NOW + 20) == {"alice": 52, "bob": 40}


class TestPostponing:
    def test_moves_everything_that_is_due(self, begin, under_way):
        waiting, clocked, left = begin(), begin(clock=CLOCK), under_way()
        left.disconnect("bob", NOW)
        for match in (waiting, clocked, left):
            match.postpone(100)
            assert match.deadline == NOW + 130
            assert match.expire(NOW + 129.9) == []
            assert types(match.expire(NOW + 130)) == ["session.ended"]

    def test_gives_the_time_back_to_a_running_clock(self, begin, move):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        match.postpone(100)
        assert match.clocks.remaining(NOW + 110) == {"alice": 50, "bob": 60}


class TestEnded:
    def test_nothing_more_happens(self, match, give):
        give(match, "alice", "resign")
        version = match.version
        assert match.connect("alice", NOW) == []
        assert match.disconnect("bob", NOW) == []
        assert match.expire(NOW + 1_000_000) == []
        assert match.version == version
        assert (match.to_move, match.deadline) == ([], None)
