"""What happens in a session by itself: deadlines, clocks, and the end of both."""

from sessions import attendance, deadlines
from tests.unit.sessions.conftest import NOW, result, types
from tests.unit.sessions.games import HighCard

CLOCK = {"initial": 60, "increment": 2}
DAY = 86_400


class TestJoining:
    def test_without_a_clock_each_player_must_join_in_time(self, match):
        attendance.connect(match, "alice", NOW)
        assert deadlines.expire(match, NOW + 29.9) == []
        assert types(deadlines.expire(match, NOW + 30)) == ["session.ended"]
        assert match.result == result(None, "aborted")

    def test_connecting_or_a_command_counts_as_joining(self, match, give):
        attendance.connect(match, "alice", NOW)
        give(match, "bob", "offer_draw")
        assert deadlines.next_deadline(match) is None
        assert deadlines.expire(match, NOW + 1000) == []

    def test_joined_players_need_not_move(self, match):
        attendance.connect(match, "alice", NOW)
        attendance.connect(match, "bob", NOW)
        assert deadlines.expire(match, NOW + 1_000_000) == []


class TestFirstMoves:
    def test_with_a_clock_the_deadline_begins_with_the_turn(self, begin, move):
        match = begin(clock=CLOCK)
        assert deadlines.expire(match, NOW + 29.9) == []
        move(match, "b2b3", after=29)
        assert deadlines.next_deadline(match) == NOW + 59
        assert deadlines.expire(match, NOW + 58.9) == []
        deadlines.expire(match, NOW + 59)
        assert match.result == result(None, "aborted")

    def test_with_a_clock_joining_is_not_enough(self, begin):
        match = begin(clock=CLOCK)
        attendance.connect(match, "alice", NOW)
        attendance.connect(match, "bob", NOW)
        deadlines.expire(match, NOW + 30)
        assert match.result == result(None, "aborted")

    def test_after_both_first_moves_only_the_clocks_count(self, begin, move):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        assert match.first_move_deadlines == {}
        assert deadlines.next_deadline(match) > NOW + 60


class TestDays:
    def test_the_clock_runs_from_the_beginning(self, begin, move):
        match = begin(clock={"days": 2, "vacation": 0})
        assert match.clocks.remaining(NOW + DAY) == {"alice": DAY, "bob": 2 * DAY}
        move(match, "b2b3", after=DAY)
        assert match.clocks.remaining(NOW + 2 * DAY) == {"alice": 2 * DAY, "bob": DAY}

    def test_a_slow_move_costs_vacation(self, begin, move):
        match = begin(clock={"days": 2, "vacation": 3})
        move(match, "b2b3", after=4 * DAY)
        event = move_event(match, "a4a3", 5 * DAY)
        assert event.data["clocks"] == {"alice": 3 * DAY, "bob": 5 * DAY}
        assert event.data["clock_details"] == {
            "alice": {"delay": 2 * DAY, "main": DAY}, "bob": {"delay": 2 * DAY, "main": 3 * DAY},
        }

    def test_nobody_is_watched(self, begin):
        match = begin(clock={"days": 2, "vacation": 0})
        [event] = attendance.disconnect(match, "alice", NOW)
        assert event.data == {"login": "alice", "deadline": None}
        assert deadlines.next_deadline(match) > NOW + 2 * DAY

    def test_a_first_move_never_made_does_not_count(self, begin):
        match = begin(clock={"days": 2, "vacation": 0})
        deadlines.expire(match, NOW + 2 * DAY + 1)
        assert match.result == result(None, "aborted")

    def test_a_player_loses_whose_days_are_over_later(self, begin, move):
        match = begin(clock={"days": 2, "vacation": 0})
        move(match, "b2b3", "a4a3", after=DAY)
        deadlines.expire(match, NOW + 3 * DAY + 1)
        assert match.result == result("bob", "timeout")

    def test_an_outage_costs_no_time(self, begin):
        match = begin(clock={"days": 2, "vacation": 0})
        deadlines.postpone(match, DAY)
        assert match.clocks.remaining(NOW + DAY)["alice"] == 2 * DAY


def move_event(match, move, after):
    """Return the event of a move by the player to move, some seconds after the beginning."""
    return match.move(match.to_move[0], move, NOW + after)[0]


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
        assert deadlines.expire(match, NOW + 60) == []
        assert types(deadlines.expire(match, deadlines.next_deadline(match))) == ["session.ended"]
        assert match.result == result("bob", "timeout")
        assert match.clocks.remaining(NOW + 1000) == {"alice": 0, "bob": 60}

    def test_a_fallen_flag_draws_if_no_opponent_can_win(self, begin, move, monkeypatch):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        monkeypatch.setattr(match.game, "can_win", lambda state, seat: seat != 1)
        deadlines.expire(match, NOW + 61)
        assert match.result == {
            "winner": None, "reason": "timeout", "by_player": {"alice": 0.5, "bob": 0.5}
        }

    def test_a_fallen_flag_comes_before_an_ended_grace(self, begin, move):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        attendance.disconnect(match, "bob", NOW)
        deadlines.expire(match, NOW + 100)
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
    def test_all_deadlines_are_postponed(self, begin, both_moved):
        waiting, clocked, left = begin(), begin(clock=CLOCK), both_moved()
        attendance.disconnect(left, "bob", NOW)
        for match in (waiting, clocked, left):
            deadlines.postpone(match, 100)
            assert deadlines.next_deadline(match) == NOW + 130
            assert deadlines.expire(match, NOW + 129.9) == []
            assert types(deadlines.expire(match, NOW + 130)) == ["session.ended"]

    def test_a_running_clock_gets_the_time_back(self, begin, move):
        match = begin(clock=CLOCK)
        move(match, "b2b3", "a4a3")
        deadlines.postpone(match, 100)
        assert match.clocks.remaining(NOW + 110) == {"alice": 50, "bob": 60}


class TestEnded:
    def test_nothing_happens_after_the_end(self, match, give):
        give(match, "alice", "resign")
        version = match.version
        assert attendance.connect(match, "alice", NOW) == []
        assert attendance.disconnect(match, "bob", NOW) == []
        assert deadlines.expire(match, NOW + 1_000_000) == []
        assert match.version == version
        assert (match.to_move, deadlines.next_deadline(match)) == ([], None)
