"""Connections that arrive: so many at a time, some wait, and each of the others has a turn."""

import eventlet
import pytest

from gateway.connection import arrivals as module
from gateway.connection.arrivals import Arrival, Arrivals
from gateway.protocol.errors import Unavailable

LIMIT, LINE = 8, 3


class Clock:
    """A time that passes only while somebody sleeps, and what happens meanwhile."""

    def __init__(self):
        self.now, self.sleeps = 1000.0, []
        self.meanwhile = lambda: None

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.sleeps.append(seconds)
        self.now += seconds
        self.meanwhile()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def arrivals(clock, monkeypatch):
    """All places are taken, and nobody may wait for one."""
    monkeypatch.setattr(module, "MAX_ARRIVING", LIMIT)
    monkeypatch.setattr(module, "MAX_WAITING", 0)
    arrivals = Arrivals(clock, clock.sleep)
    for _ in range(LIMIT):
        arrivals.enter(Arrival())
    return arrivals


@pytest.fixture
def line(arrivals, monkeypatch):
    """So many wait for a place: their connections and their greenthreads."""
    monkeypatch.setattr(module, "MAX_WAITING", LINE)
    monkeypatch.setattr(module, "MAX_WAIT_SECONDS", 600)
    connections = [Arrival() for _ in range(LINE)]
    waiting = [eventlet.spawn(arrivals.enter, each) for each in connections]
    eventlet.sleep(0)
    assert not any(each.dead for each in waiting)
    yield list(zip(connections, waiting, strict=True))
    for each in waiting:
        each.kill()


def refusal(arrivals, arrival=None):
    """Return the seconds after which who is refused is to come back."""
    with pytest.raises(Unavailable) as refused:
        arrivals.enter(arrival or Arrival())
    assert refused.value.details["service"] == "broker"
    return refused.value.details["retry_after"]


def test_place_that_was_given_back_is_free(arrivals, clock):
    refusal(arrivals)
    arrivals.leave()
    arrivals.enter(Arrival())
    refusal(arrivals)
    assert clock.sleeps == []


def test_place_goes_to_whoever_has_waited_longest(arrivals, line):
    for _, first in line:
        arrivals.leave()
        with eventlet.Timeout(60):
            first.wait()
        assert sum(not each.dead for _, each in line) == arrivals._waiting


def test_line_is_bounded(arrivals, clock, line):
    refusal(arrivals)
    assert clock.sleeps == []
    arrivals.leave()
    with eventlet.Timeout(60):
        line[0][1].wait()
    last = eventlet.spawn(arrivals.enter, Arrival())
    eventlet.sleep(0)
    assert arrivals._waiting == LINE
    last.kill()


def test_connection_waits_in_one_place_of_the_line(arrivals, line, monkeypatch):
    monkeypatch.setattr(module, "MAX_WAITING", LINE + 1)
    refusal(arrivals, line[0][0])


def test_early_one_does_not_wait_in_line(arrivals, clock, line, monkeypatch):
    arrival = Arrival()
    turn = clock.now + refusal(arrivals, arrival)
    arrivals._sleep = lambda seconds: None
    monkeypatch.setattr(module, "MAX_WAITING", LINE + 1)
    assert refusal(arrivals, arrival) == pytest.approx(turn - clock.now, abs=0.002)


def test_wait_in_line_is_bounded_and_loses_no_place(arrivals, monkeypatch):
    monkeypatch.setattr(module, "MAX_WAITING", LINE)
    monkeypatch.setattr(module, "MAX_WAIT_SECONDS", 0.01)
    refusal(arrivals)
    arrivals.leave()
    arrivals.enter(Arrival())
    assert arrivals._is_full and arrivals._waiting == 0


def test_turns_are_as_far_apart_as_arrivals(arrivals):
    waits = [refusal(arrivals) for _ in range(4)]
    apart = [after - before for before, after in zip(waits, waits[1:], strict=False)]
    assert waits[0] > 0 and apart == pytest.approx([1 / module.FIRST_RATE] * 3, abs=0.0011)


def test_turns_follow_the_rate_of_late(arrivals, clock):
    for _ in range(400):
        arrivals.leave()
        arrivals.enter(Arrival())
    clock.now += module.MEASURE_SECONDS
    waits = [refusal(arrivals) for _ in range(101)]
    assert waits[-1] - waits[0] == pytest.approx(100 / (400 * module.OVERBOOKING), abs=0.0011)


@pytest.mark.parametrize(("arrived", "seconds"), [(0, 1.0), (5, 60.0)])
def test_pauses_say_nothing_of_the_rate(arrivals, clock, arrived, seconds):
    for _ in range(arrived):
        arrivals.leave()
        arrivals.enter(Arrival())
    clock.now += seconds
    waits = [refusal(arrivals) for _ in range(31)]
    assert waits[-1] - waits[0] == pytest.approx(30 / module.FIRST_RATE, abs=0.0011)


def test_early_one_waits_for_its_turn_and_keeps_it(arrivals, clock):
    arrival, began = Arrival(), clock.now
    turn = clock.now + refusal(arrivals, arrival)
    for _ in range(5):
        refusal(arrivals)
    clock.now += 0.001
    refusal(arrivals, arrival)
    assert clock.sleeps == [pytest.approx(turn - began - 0.001, abs=0.001)]


def test_hold_is_bounded_and_leaves_the_turn(arrivals, clock):
    for _ in range(int(10 * module.FIRST_RATE)):
        refusal(arrivals)
    arrival = Arrival()
    first = refusal(arrivals, arrival)
    again = refusal(arrivals, arrival)
    assert clock.sleeps == [module.MAX_HOLD_SECONDS]
    assert again == pytest.approx(first - module.MAX_HOLD_SECONDS, abs=0.002)


def test_early_one_enters_where_a_place_is_free(arrivals, clock):
    arrival = Arrival()
    refusal(arrivals, arrival)
    clock.meanwhile = arrivals.leave
    arrivals.enter(arrival)
    assert len(clock.sleeps) == 1


def test_nobody_is_sent_away_for_long(arrivals):
    for _ in range(int(module.MAX_RETRY_SECONDS * module.FIRST_RATE)):
        refusal(arrivals)
    waits = [refusal(arrivals) for _ in range(100)]
    assert max(waits) <= module.MAX_RETRY_SECONDS + 0.001
    assert min(waits) > module.MAX_RETRY_SECONDS / 2 - 0.001 and len(set(waits)) > 50
