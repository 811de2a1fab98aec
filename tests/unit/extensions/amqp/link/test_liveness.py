"""Heartbeats of a link, and how long its broker is known to be there."""

from types import SimpleNamespace

import pytest

from extensions.amqp import link as module
from extensions.amqp.link import Link
from tests.unit.extensions.amqp.link.broker import HEARTBEAT


class TestSilence:
    """The broker sends a sign of life every 5 seconds, where it lives."""

    @pytest.fixture
    def now(self, monkeypatch):
        now = [1000.0]
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
        return now

    @pytest.fixture
    def link(self, broker):
        return Link("a_loop", "amqp://", HEARTBEAT)

    @pytest.fixture
    def elapse(self, now, link, broker):
        link._connect()

        def elapse(seconds, silent=False):
            for _ in range(seconds):
                now[0] += 1
                if not silent:
                    broker.send()
                link._receive(is_readable=True)

        return elapse

    def test_a_broker_that_says_something_now_and_then_is_there(self, link, elapse):
        for _ in range(3):
            elapse(9, silent=True)
            assert link.connected_seconds() > 0
            elapse(1)
        assert link.connected_seconds() == 30

    def test_a_silent_broker_is_not_and_is_back_when_it_speaks(self, link, elapse):
        elapse(100)
        elapse(11, silent=True)
        assert link.connected_seconds() == 0 and link.silent_seconds() == 11
        elapse(5)
        assert link.connected_seconds() == 4

    def test_a_broker_whose_connection_is_lost_is_not(self, link, elapse):
        elapse(1)
        link._disconnect()
        assert link.connected_seconds() == 0


def test_heartbeats_are_sent_by_the_clock_under_constant_traffic(broker, monkeypatch):
    now = [0.0]

    def clock():
        now[0] += 0.01
        return now[0]

    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=clock))
    link = Link("a_loop", "amqp://", HEARTBEAT)
    link.open_channel(lambda channel: broker.send())

    def answer(frame):  # there is always something to receive
        broker.bytes_recv += 1
        broker.send() if broker.bytes_recv < 1000 else link.stop()

    monkeypatch.setattr(broker, "on_inbound_frame", answer)
    link.run()
    checks = now[0] / module.MAX_TURN_SECONDS
    assert checks - 2 < broker.heartbeats < checks + 2


def test_input_that_came_in_a_stall_is_taken_before_a_tick(broker, monkeypatch):
    now, ticks = [0.0], []
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    link = Link("a_loop", "amqp://", HEARTBEAT)

    def tick(channel):
        ticks.append(broker.bytes_recv)
        if len(ticks) == 3:
            link.stop()

    def stall(seconds, sock):
        now[0] += seconds
        broker.send()
        return False  # the timer has ended the wait first

    link.open_channel(lambda channel: None, tick)
    monkeypatch.setattr(link._waiter, "wait", stall)
    link.run()
    assert ticks == [0, 1, 2]
