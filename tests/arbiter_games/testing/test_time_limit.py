"""The time that the kit gives to a call of a game."""

import signal
import sys
import time

import pytest

from arbiter_games.testing import BrokenLaw, time_limit
from arbiter_games.testing.time_limit import TookTooLong


@pytest.fixture
def rings():
    """The times that somebody else's timer has rung; it is taken away at the end."""
    rings = []
    before = signal.signal(signal.SIGALRM, lambda *_: rings.append(1))
    yield rings
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def limit_to(monkeypatch):
    """Return a function that sets the seconds that a call has, computing or waiting."""

    def limit_to(seconds):
        timers = [(timer, number, seconds) for timer, number, _ in time_limit.TIMERS]
        monkeypatch.setattr(time_limit, "TIMERS", timers)

    return limit_to


def test_a_call_that_does_not_end_is_ended(limit_to):
    limit_to(0.05)
    with pytest.raises(TookTooLong), time_limit.watched(), time_limit.time_limit():
        while True:
            pass


def test_c_code_within_a_call_counts_as_long_as_it_takes(monkeypatch):
    """All rings during such a call are one."""
    seconds = iter([0.0, 0.6, 1.2])
    monkeypatch.setattr(time_limit.time, "thread_time", lambda: next(seconds))
    limit = time_limit.TimeLimit()
    with limit:
        limit.ring(signal.SIGVTALRM, None)
        limit.ring(signal.SIGVTALRM, None)
        with pytest.raises(TookTooLong):
            limit.ring(signal.SIGVTALRM, None)


def test_many_short_calls_are_not_ended(limit_to):
    limit_to(0.2)
    ends = time.monotonic() + 0.6
    with time_limit.watched():
        while time.monotonic() < ends:
            with time_limit.time_limit():
                pass


def test_code_between_two_calls_is_not_ended(limit_to):
    limit_to(0.1)
    ends = time.monotonic() + 0.6
    with time_limit.watched():
        with time_limit.time_limit():
            pass
        while time.monotonic() < ends:
            pass


def test_a_call_that_is_ending_is_not_ended():
    """Else it would still be under way for the next ring, in whatever code that meets."""
    limit = time_limit.TimeLimit()
    frames = []

    def trace(frame, event, argument):
        if frame.f_code is time_limit.TimeLimit.__exit__.__code__:
            frames.append(frame)
            for _ in range(1000):
                limit.ring(signal.SIGALRM, frame)

    with limit:
        sys.settrace(trace)
    sys.settrace(None)
    assert frames


def test_a_timer_of_somebody_else_rings_on_after_a_call(rings):
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    with time_limit.watched(), time_limit.time_limit():
        pass
    while len(rings) < 2:
        signal.pause()


def test_calls_that_are_slow_on_average_are_named():
    pace = time_limit.Pace()
    pace.count(4.9)
    with pytest.raises(BrokenLaw, match="calls take 2.50 s on average"):
        pace.count(0.1 + 1e-9)


def test_many_quick_calls_and_a_slow_one_are_let_pass():
    pace = time_limit.Pace()
    for _ in range(1000):
        pace.count(0.02)
    pace.count(0.9)
