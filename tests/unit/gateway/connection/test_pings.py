"""The pings of all connections: each once every interval, by one timer of the hub."""

import eventlet
import pytest
from eventlet.hubs import get_hub
from eventlet.queue import Queue

from gateway.connection import pings as module
from gateway.connection.pings import Pings

TIMEOUT_SECONDS = 5


@pytest.fixture
def pings(monkeypatch):
    monkeypatch.setattr(module, "TURN_SECONDS", 0.001)
    pings = Pings(0.02)
    yield pings
    pings._due.clear()  # or they would go on during other tests


@pytest.fixture
def called():
    return Queue()


def test_ping_is_called_once_every_interval(pings, called):
    pings.add(lambda: called.put("a"))
    pings.add(lambda: called.put("b"))
    with eventlet.Timeout(TIMEOUT_SECONDS):
        assert [called.get() for _ in range(6)] == ["a", "b"] * 3


def test_removed_ping_is_called_no_more(pings, called):
    pings.add(removed := lambda: called.put("removed"))
    pings.add(lambda: called.put("kept"))
    pings.remove(removed)
    pings.remove(removed)
    with eventlet.Timeout(TIMEOUT_SECONDS):
        assert [called.get() for _ in range(3)] == ["kept"] * 3


def test_failing_ping_keeps_no_other_from_its_turn(pings, called, caplog):
    def fail():
        raise ValueError("a fault")

    pings.add(fail)
    pings.add(lambda: called.put("a"))
    with eventlet.Timeout(TIMEOUT_SECONDS):
        assert [called.get() for _ in range(2)] == ["a", "a"]
    assert "a fault" in caplog.text


def test_thousands_of_pings_take_one_timer_of_the_hub(called):
    pings, before = Pings(20.0), get_hub().get_timers_count()
    kept = [lambda number=number: called.put(number) for number in range(1000)]
    for each in kept:
        pings.add(each)
    assert get_hub().get_timers_count() == before + 1
    for each in kept:
        pings.remove(each)


def test_hub_has_no_timer_once_nobody_is_left(pings, called):
    before = get_hub().get_timers_count()
    pings.add(ping := lambda: called.put("a"))
    with eventlet.Timeout(TIMEOUT_SECONDS):
        called.get()
        pings.remove(ping)
        while pings._is_scheduled:
            eventlet.sleep(0)
    assert get_hub().get_timers_count() <= before and called.empty()
