"""The kinds of clocks, by worked examples: what each move takes and gives."""

import itertools
import json

import pytest

from sessions.clocks import Clocks
from sessions.time_controls import Byoyomi, time_control

BEGIN, DAY = 1000.0, 86_400
FISCHER = {"initial": 60, "increment": 2}
BYOYOMI = {"initial": 60, "period": 10, "periods": 3}
DELAY = {"initial": 60, "delay": 5}
BRONSTEIN = {"initial": 60, "bronstein": 5}
DAYS = {"days": 1, "vacation": 2}


def alone(clock):
    """Return clocks of Alice and Bob, of which Alice's runs."""
    return Clocks.full(["alice", "bob"], time_control(clock), BEGIN).start(BEGIN, ["alice"])


def played(clock, *seconds):
    """Return Alice's clock after moves that took so many seconds each; Bob moves at once."""
    clocks, now = alone(clock), BEGIN
    for each in seconds:
        now += each
        clocks = clocks.after_move("alice", now, ["bob"]).after_move("bob", now, ["alice"])
    return clocks, now


@pytest.mark.parametrize(("clock", "seconds", "left"), [
    (FISCHER, [], 60), (FISCHER, [10], 52), (FISCHER, [1, 1], 62), (FISCHER, [59, 3], 2),
    (BYOYOMI, [], 90), (BYOYOMI, [20], 70), (BYOYOMI, [60], 30), (BYOYOMI, [65], 30),
    (BYOYOMI, [60, 9, 9, 9], 30), (BYOYOMI, [75], 20), (BYOYOMI, [60, 10], 20),
    (BYOYOMI, [60, 25, 5], 10), (BYOYOMI, [20, 39, 2], 30),
    (DELAY, [], 65), (DELAY, [5], 65), (DELAY, [2], 65), (DELAY, [12], 58), (DELAY, [64, 2], 6),
    (BRONSTEIN, [], 60), (BRONSTEIN, [5], 60), (BRONSTEIN, [2], 60), (BRONSTEIN, [12], 53),
    (DAYS, [], 3 * DAY), (DAYS, [DAY], 3 * DAY), (DAYS, [1.5 * DAY], 2.5 * DAY),
    (DAYS, [2 * DAY, 2 * DAY, DAY], DAY),
], ids=str)
def test_a_move_takes_and_gives_time(clock, seconds, left):
    clocks, now = played(clock, *seconds)
    assert clocks.remaining(now)["alice"] == left
    assert clocks.fallen_flag(now + left - 0.1) is None
    assert clocks.fallen_flag(now + left) == "alice"


@pytest.mark.parametrize(("clock", "seconds", "then", "details"), [
    (BYOYOMI, [], 0, {"main": 60, "period": 10, "periods": 3}),
    (BYOYOMI, [], 59, {"main": 1, "period": 10, "periods": 3}),
    (BYOYOMI, [], 64, {"main": 0, "period": 6, "periods": 3}),
    (BYOYOMI, [], 70, {"main": 0, "period": 10, "periods": 2}),
    (BYOYOMI, [75], 19, {"main": 0, "period": 1, "periods": 1}),
    (BYOYOMI, [75], 99, {"main": 0, "period": 0, "periods": 1}),
    (DELAY, [], 0, {"delay": 5, "main": 60}), (DELAY, [], 3, {"delay": 2, "main": 60}),
    (DELAY, [], 9, {"delay": 0, "main": 56}), (DELAY, [25], 1, {"delay": 4, "main": 40}),
    (DELAY, [64], 9, {"delay": 0, "main": 0}),
    (DAYS, [1.5 * DAY], DAY / 2, {"delay": DAY / 2, "main": 1.5 * DAY}),
], ids=str)
def test_details_are_enough_to_draw_a_clock(clock, seconds, then, details):
    clocks, now = played(clock, *seconds)
    assert clocks.details(now + then)["alice"] == details


@pytest.mark.parametrize("initial", [0, 2.8, 6.3])
def test_whole_periods_count_as_whole_at_any_tenth(initial):
    for tenths, periods in itertools.product(range(10, 100), range(1, 25)):
        control = Byoyomi(initial, tenths / 10, 25)
        used = initial + control.period * (control.periods - periods)
        for left in (control.period * periods, control.full - used):
            assert control.details(left, left)["periods"] == periods
            assert control.after_move(left, 0.0) == pytest.approx(left)


@pytest.mark.parametrize("clock", [FISCHER, BRONSTEIN], ids=str)
def test_one_figure_is_enough_for_other_clocks(clock):
    assert alone(clock).details(BEGIN) is None


def test_a_delay_goes_on_beneath_the_moves_of_others():
    both = Clocks.full(["alice", "bob"], time_control(DELAY), BEGIN).start(BEGIN, ["alice", "bob"])
    after = both.after_move("bob", BEGIN + 3, ["alice"]).after_move("alice", BEGIN + 9, ["bob"])
    assert after.remaining(BEGIN + 9) == {"alice": 61, "bob": 65}


def test_time_given_back_for_lag_uses_up_no_delay():
    fair = alone(DELAY).compensate("alice", arrived=BEGIN + 6, round_trip=0, now=BEGIN + 7)
    assert fair.after_move("alice", BEGIN + 7, ["bob"]).remaining(BEGIN + 7)["alice"] == 64


@pytest.mark.parametrize("clock", [FISCHER, BYOYOMI, DELAY, BRONSTEIN, DAYS], ids=str)
def test_clocks_are_the_same_after_they_were_stored(clock):
    clocks, _ = played(clock, 30)
    stored = json.loads(json.dumps(clocks.to_stored()))
    assert Clocks.of_stored(stored, time_control(clock)) == clocks


def test_clocks_that_release_0_1_0_stored_are_read():
    stored = {
        "left": {"alice": 52.0, "bob": 60}, "increment": 2, "at": BEGIN, "running": ["alice"],
        "lag": {"alice": 1.0, "bob": 1.0},
    }
    clocks = Clocks.of_stored(stored, time_control(FISCHER))
    assert clocks.remaining(BEGIN + 2) == {"alice": 50, "bob": 60}
    assert clocks.to_stored().keys() == stored.keys()
