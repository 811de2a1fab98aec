"""Frames that are written to a link: in order, whole, and on one connection only."""

import time
from types import SimpleNamespace

import eventlet
import pytest
from eventlet.hubs import get_hub

from extensions.amqp import frame_writer
from extensions.amqp import link as module
from extensions.amqp.link import Link
from tests.unit.extensions.amqp.link.broker import HEARTBEAT, until


class TestWriting:
    def test_writes_of_one_turn_are_sent_together(self, broker, link):
        until(lambda: link.is_connected)
        for frames in (b"one", b"two"):
            link.write(frames)
        eventlet.sleep(0.01)
        assert broker.written == b"onetwo"

    def test_the_last_frames_of_a_turn_are_sent_in_it(self, broker, link):
        until(lambda: link._waiter.is_waiting)
        link.write(b"event")
        link.write(b"reply", at_once=True)
        assert broker.written == b"eventreply"

    def test_more_than_the_socket_takes_is_sent_in_order(self, broker, link):
        frames = [b"%d;" % each * 100_000 for each in range(10)]
        for each in frames:
            link.write(each)
            eventlet.sleep(0)
        received = b""
        while len(received) < sum(map(len, frames)):
            eventlet.sleep(0)
            received += broker.written
        assert received == b"".join(frames)

    @pytest.mark.parametrize("is_blocked", [False, True])
    def test_nothing_is_written_into_a_frame_that_is_sent_in_part(
        self, broker, link, monkeypatch, is_blocked
    ):
        until(lambda: link._waiter.is_waiting)
        monkeypatch.setattr(frame_writer, "_send_now", lambda sock, data: sock.send(data[:2]))
        monkeypatch.setattr(broker, "heartbeat_check", lambda: broker.write(b"heartbeat"))
        at = time.monotonic() + 2 * module.MAX_TURN_SECONDS  # the next turn sends a heartbeat
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: at))
        link.write(b"frame")
        link.post(lambda channel: broker.write(b"declare"))
        if is_blocked:
            get_hub().schedule_call_global(0, broker.on_blocked, "low on memory")
        written = b""
        while b"heartbeat" not in written:
            eventlet.sleep(0.001)
            written += broker.written
        assert written.startswith(b"frame")

    def test_writes_for_a_lost_connection_are_lost_with_it(self, broker, link, seen):
        until(lambda: link.is_connected)
        broker.is_away = True
        broker.lose()
        until(lambda: ConnectionRefusedError in seen)
        link.write(b"late")
        until(lambda: seen.count(ConnectionRefusedError) > 2)
        broker.is_away = False
        until(lambda: link.is_connected)
        link.write(b"new")
        eventlet.sleep(0.01)
        assert broker.written == b"new"

    def test_writes_between_two_connections_are_on_neither(self, broker, link, seen):
        broker.is_away = True
        broker.lose()
        until(lambda: not link.is_connected)
        broker.is_away = False
        link.write(b"an ack of what came before")
        until(lambda: link.is_connected)
        link.write(b"new")
        eventlet.sleep(0.01)
        assert broker.written == b"new"

    def test_a_lost_channel_is_no_channel_of_anybody(self, broker):
        link = Link("a_loop", "amqp://", HEARTBEAT)
        channel = link.open_channel(lambda channel: None)
        link._connect()
        assert channel.channel is not None
        link._disconnect()
        assert channel.channel is None
