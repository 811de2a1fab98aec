"""A broker that reads no more: what waits, and what is told of it."""

import eventlet
import pytest
from amqp.serialization import loads

from extensions.amqp import link as module
from extensions.amqp.frames import BASIC_PUBLISH
from extensions.amqp.link import Link
from tests.unit.extensions.amqp.link.broker import HEARTBEAT, until
from tests.unit.fakes import read_frames


class TestBlockedBroker:
    @pytest.fixture
    def block(self, broker, link):
        """Has the broker say that it takes no messages, or that it does again."""
        def block(is_blocked):
            if is_blocked:
                broker.on_blocked("low on memory")
            else:
                broker.on_unblocked()

        return block

    def test_a_blocked_broker_counts_as_out_of_reach(self, link, block):
        block(True)
        assert link.connected_seconds() == 0 and link.is_connected
        block(False)
        assert 0 < link.connected_seconds() < 60

    def test_unread_frames_wait(self, broker, link, block):
        taken = []
        block(True)
        link.write(b"a reply")
        link.post(lambda channel: taken.append("declared"))
        broker.send()
        until(lambda: broker.bytes_recv)
        assert (broker.written, taken) == (b"", [])
        block(False)
        link.call(lambda channel: None, timeout=10)
        assert taken == ["declared"]
        until(lambda: broker.written == b"a reply")

    def test_the_loop_lives_and_does_not_do_its_work(
        self, quick_turns, broker, link, block, monkeypatch
    ):
        done = []
        block(True)
        until(lambda: broker.heartbeats > 3)
        monkeypatch.setattr(link.health, "succeeded", lambda: done.append("work"))
        until(lambda: broker.heartbeats > 6)
        assert not done
        block(False)
        until(lambda: done)

    def test_heartbeats_go_on(self, quick_turns, broker, link, block):
        block(True)
        before = broker.heartbeats
        until(lambda: broker.heartbeats > before + 3)

    def test_users_are_told(self, broker, link, block):
        told = []
        link._channels[0].on_block = told.append
        for is_blocked in (True, False):
            block(is_blocked)
        assert told == [True, False]

    def test_the_next_connection_is_not_blocked_by_it(self, broker, link, block):
        block(True)
        broker.lose()
        until(lambda: broker.connections == 2 and link.is_connected)
        assert not link.is_blocked

    def test_a_blocked_broker_is_left_without_taking_leave(self, broker, link, block):
        block(True)
        link.stop()
        until(lambda: broker.collected)
        assert not broker.taken_leave


def test_a_link_that_publishes_sends_probes_to_learn_of_a_block(broker):
    link = Link("a_loop", "amqp://", HEARTBEAT)
    link.probe("an.exchange")
    running = eventlet.spawn(link.run)
    until(lambda: link.is_connected)
    written = b""
    while not written:
        eventlet.sleep(0.001)
        written = broker.written
    link.stop()
    running.wait()
    method, header = read_frames(written)
    assert loads("ssb", method[1], len(BASIC_PUBLISH))[0] == ["an.exchange", module.PROBE_KEY, 0]
