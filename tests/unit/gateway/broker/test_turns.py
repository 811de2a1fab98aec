"""Calls to a service take turns by address, so that nobody takes the service from others."""

from functools import partial
from types import SimpleNamespace

import eventlet
import pytest
from eventlet.event import Event

from gateway.broker import turns as module
from gateway.broker.turns import MAX_AT_ONCE, WITHOUT_TURN, Turns
from gateway.protocol.errors import Unavailable
from gateway.protocol.registry import METHODS

TIMEOUT = 30.0
LIST = "sessions.list"


class Calls:
    """Calls that end when they are told to; `served` has their addresses as they began."""

    def __init__(self, turns):
        self.turns, self.served, self.ends, self.refused = turns, [], [], []

    def begin(self, address, method=LIST, number=1):
        threads = [eventlet.spawn(self._serve, address, method) for _ in range(number)]
        eventlet.sleep(0)
        return threads

    def end(self, number=1):
        for _ in range(number):
            self.ends.pop(0).send()
            eventlet.sleep(0)
            eventlet.sleep(0)

    def _serve(self, address, method):
        try:
            with self.turns.turn(method, address):
                self.served.append(address)
                self.ends.append(end := Event())
                end.wait()
        except Unavailable as error:
            self.refused.append(error.details["service"])


class Hub:
    """Timers that ring when they are told to."""

    def __init__(self):
        self._timers = []

    def schedule_call_global(self, _seconds, look):
        timer = SimpleNamespace(called=False, look=look)
        timer.cancel = partial(setattr, timer, "called", True)
        self._timers.append(timer)
        return timer

    def timers(self):
        """Return those that run."""
        return [each for each in self._timers if not each.called]

    def ring(self, timers):
        """Have those of them ring that were not cancelled."""
        for timer in timers:
            if not timer.called:
                timer.called = True
                timer.look()
        eventlet.sleep(0)


@pytest.fixture
def hub(monkeypatch):
    hub = Hub()
    monkeypatch.setattr(module, "get_hub", lambda: hub)
    return hub


@pytest.fixture
def calls():
    return Calls(Turns(TIMEOUT))


def test_a_few_calls_are_under_way_and_the_others_wait(calls):
    calls.begin("a", number=MAX_AT_ONCE + 3)
    assert len(calls.served) == MAX_AT_ONCE
    calls.end(2)
    assert len(calls.served) == MAX_AT_ONCE + 2
    calls.end(MAX_AT_ONCE + 1)
    calls.begin("a", number=MAX_AT_ONCE)
    assert len(calls.ends) == MAX_AT_ONCE


def test_another_address_is_next_however_many_wait(calls):
    calls.begin("a", number=MAX_AT_ONCE + 100)
    calls.begin("b", number=2)
    calls.end(4)
    assert calls.served[MAX_AT_ONCE:] == ["a", "b", "a", "b"]


def test_calls_to_another_service_do_not_wait(calls):
    calls.begin("a", number=MAX_AT_ONCE + 1)
    calls.begin("a", "rooms.list")
    assert len(calls.served) == MAX_AT_ONCE + 1


def test_a_slow_call_makes_room_for_another_once(calls, monkeypatch):
    monkeypatch.setattr(module, "SLOW_SECONDS", 0.01)
    calls.begin("a", number=MAX_AT_ONCE)
    monkeypatch.setattr(module, "SLOW_SECONDS", 60)
    waiting = calls.begin("b", number=MAX_AT_ONCE + 1)
    while len(calls.served) < 2 * MAX_AT_ONCE:
        eventlet.sleep(0.01)
    calls.end(MAX_AT_ONCE)
    assert len(calls.served) == 2 * MAX_AT_ONCE
    calls.end()
    assert len(calls.served) == 2 * MAX_AT_ONCE + 1
    calls.end(MAX_AT_ONCE)
    assert all(each.dead for each in waiting)


def test_slow_calls_of_a_busy_service_make_no_room(calls, hub):
    """More of them would only make each one slower."""
    calls.begin("a", number=3 * MAX_AT_ONCE)
    for _ in range(MAX_AT_ONCE):
        timers = hub.timers()
        calls.end()
        hub.ring(timers)
        assert len(calls.ends) == MAX_AT_ONCE
    hub.ring(hub.timers())
    assert len(calls.ends) == 2 * MAX_AT_ONCE


def test_a_call_whose_turn_does_not_come_is_refused():
    calls = Calls(Turns(0.01))
    calls.begin("a", number=MAX_AT_ONCE)
    [refused] = calls.begin("b")
    refused.wait()
    assert calls.refused == ["sessions"]
    calls.end(MAX_AT_ONCE)
    calls.begin("a", number=MAX_AT_ONCE)
    assert len(calls.ends) == MAX_AT_ONCE


def test_a_turn_of_a_call_that_is_killed_is_not_lost(calls):
    calls.begin("a", number=MAX_AT_ONCE)
    waiting, given = calls.begin("b", number=2)
    waiting.kill()
    calls.ends.pop(0).send()
    eventlet.sleep(0)  # the turn is given, and not taken yet
    given.kill()
    calls.begin("c")
    assert len(calls.ends) == MAX_AT_ONCE


def test_nobody_waits_where_there_are_no_rate_limits():
    calls = Calls(Turns(TIMEOUT, enabled=False))
    calls.begin("a", number=MAX_AT_ONCE + 1)
    assert len(calls.served) == MAX_AT_ONCE + 1


def test_methods_without_a_turn_exist():
    assert WITHOUT_TURN <= METHODS.keys()
