"""The clocks of a match: time taken off, given back and added; fallen flags."""

import pytest

from sessions.clocks import (
    FLAG_TOLERANCE_SECONDS,
    LAG_QUOTA_SECONDS,
    LAG_REFILL_SECONDS,
    MAX_LAG_SECONDS,
    MAX_TRANSIT_SECONDS,
    Clocks,
)
from sessions.time_controls import time_control

BEGIN = 1000.0
FISCHER = time_control({"initial": 60, "increment": 2})


@pytest.fixture
def clocks():
    """Return clocks of 60 seconds and an increment of 2, of which Alice's runs."""
    full = Clocks.full(["alice", "bob"], FISCHER, BEGIN)
    return full.after_move("bob", BEGIN, ["alice"])


def test_full_clocks_do_not_run():
    full = Clocks.full(["alice", "bob"], FISCHER, BEGIN)
    assert full.remaining(BEGIN + 500) == {"alice": 60, "bob": 60}
    assert full.timeout_at() is None
    assert full.fallen_flag(BEGIN + 500) is None
    assert full.timed_out(BEGIN + 500) is None


def test_no_increment_is_added_before_the_clock_runs():
    full = Clocks.full(["alice", "bob"], FISCHER, BEGIN)
    after = full.after_move("alice", BEGIN + 20, [])
    assert after.remaining(BEGIN + 20) == {"alice": 60, "bob": 60}


def test_only_the_clock_of_the_player_to_move_runs(clocks):
    assert clocks.remaining(BEGIN + 10) == {"alice": 50, "bob": 60}


def test_a_move_costs_its_time_and_adds_the_increment(clocks):
    after = clocks.after_move("alice", BEGIN + 10, ["bob"])
    assert after.remaining(BEGIN + 10) == {"alice": 52, "bob": 60}
    assert after.remaining(BEGIN + 15) == {"alice": 52, "bob": 55}


def test_both_clocks_run_if_both_may_move():
    full = Clocks.full(["alice", "bob"], FISCHER, BEGIN)
    both = full.after_move("bob", BEGIN, ["alice", "bob"])
    assert both.remaining(BEGIN + 10) == {"alice": 50, "bob": 50}
    after = both.after_move("bob", BEGIN + 10, ["alice"])
    assert after.remaining(BEGIN + 10) == {"alice": 50, "bob": 52}


def test_a_flag_falls_when_the_time_is_used_up(clocks):
    assert clocks.fallen_flag(BEGIN + 59.9) is None
    assert clocks.fallen_flag(BEGIN + 60) == "alice"
    assert clocks.remaining(BEGIN + 70)["alice"] == 0


def test_timeout_comes_when_no_move_can_still_be_in_time(clocks):
    assert clocks.timed_out(BEGIN + 60 + MAX_LAG_SECONDS) is None
    at = clocks.timeout_at()
    assert clocks.timed_out(at) == "alice"
    # The timer adds a quarter of a second at most, so players see it within one second.
    assert 60 + MAX_LAG_SECONDS < at - BEGIN < 60.75


def test_timeout_comes_sooner_with_a_spent_lag_quota():
    left, lag = {"alice": 60.0, "bob": 60.0}, {"alice": 0.1, "bob": 1.0}
    spent = Clocks(FISCHER, left, BEGIN, ("alice",), lag)
    assert spent.timeout_at() == pytest.approx(BEGIN + 60 + FLAG_TOLERANCE_SECONDS)


def test_timeout_is_reached_exactly_at_timeout_at():
    for left in (0.1, 0.7, 1.3, 59.9):
        clocks = Clocks(FISCHER, {"alice": left, "bob": left}, 1_700_000_000.123, ("alice",))
        assert clocks.timed_out(clocks.timeout_at()) == "alice"


def test_the_first_of_two_fallen_flags_counts():
    both = Clocks(FISCHER, {"alice": 10.0, "bob": 5.0}, BEGIN, ("alice", "bob"))
    assert both.fallen_flag(BEGIN + 20) == "bob"
    assert both.timed_out(BEGIN + 20) == "bob"


def test_stopped_clocks_do_not_run(clocks):
    assert clocks.stop(BEGIN + 10).remaining(BEGIN + 99) == {"alice": 50, "bob": 60}


def test_postponed_time_costs_nothing(clocks):
    assert clocks.postpone(100).remaining(BEGIN + 110) == {"alice": 50, "bob": 60}


def test_time_since_arrival_at_the_gateway_is_given_back(clocks):
    fair = clocks.compensate("alice", arrived=BEGIN + 9, round_trip=0, now=BEGIN + 10)
    assert fair.remaining(BEGIN + 10)["alice"] == pytest.approx(51)
    assert fair.lag["alice"] == LAG_QUOTA_SECONDS


def test_clock_skew_gives_back_no_more_than_the_limit(clocks):
    fair = clocks.compensate("alice", arrived=BEGIN - 500, round_trip=0, now=BEGIN + 10)
    assert fair.remaining(BEGIN + 10)["alice"] == pytest.approx(50 + MAX_TRANSIT_SECONDS)
    ahead = clocks.compensate("alice", arrived=BEGIN + 500, round_trip=0, now=BEGIN + 10)
    assert ahead.remaining(BEGIN + 10)["alice"] == 50


def test_lag_is_given_back_up_to_its_limit_and_quota(clocks):
    fair = clocks.compensate("alice", arrived=BEGIN + 10, round_trip=0.2, now=BEGIN + 10)
    assert fair.remaining(BEGIN + 10)["alice"] == pytest.approx(50.2)
    far = clocks.compensate("alice", arrived=BEGIN + 10, round_trip=9, now=BEGIN + 10)
    assert far.remaining(BEGIN + 10)["alice"] == pytest.approx(50 + MAX_LAG_SECONDS)
    assert far.lag["alice"] == pytest.approx(LAG_QUOTA_SECONDS - MAX_LAG_SECONDS)


def test_the_lag_quota_runs_out_and_is_refilled(clocks):
    used = clocks
    for _ in range(5):
        used = used.compensate("alice", arrived=BEGIN + 10, round_trip=9, now=BEGIN + 10)
    assert used.lag["alice"] == pytest.approx(0)
    after = used.after_move("alice", BEGIN + 10, ["bob"])
    assert after.lag["alice"] == pytest.approx(LAG_REFILL_SECONDS)


def test_no_more_is_given_back_than_has_passed(clocks):
    fair = clocks.compensate("alice", arrived=BEGIN, round_trip=9, now=BEGIN + 0.1)
    assert fair.remaining(BEGIN + 0.1)["alice"] <= 60


def test_nothing_is_given_back_to_a_player_not_to_move(clocks):
    assert clocks.compensate("bob", arrived=BEGIN, round_trip=9, now=BEGIN + 10) == clocks


def test_a_host_with_a_late_clock_costs_no_time(clocks):
    fair = clocks.compensate("alice", arrived=BEGIN - 5, round_trip=0, now=BEGIN - 5)
    assert fair.remaining(BEGIN)["alice"] == 60
    assert clocks.remaining(BEGIN - 5) == {"alice": 60, "bob": 60}


def test_faked_lag_gains_no_more_than_the_quota_and_its_refill(clocks):
    for number in range(1, 8):
        at = BEGIN + 10 * number
        clocks = clocks.compensate("alice", at, MAX_LAG_SECONDS, at)
        clocks = clocks.after_move("alice", at, ["alice"])
    gained = clocks.remaining(BEGIN + 70)["alice"] - (60 - 70 + 7 * 2)
    assert gained == pytest.approx(LAG_QUOTA_SECONDS + 6 * LAG_REFILL_SECONDS)
