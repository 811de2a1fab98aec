"""A link connects, delivers what comes, connects again when it is lost, and closes."""

from functools import partial

import eventlet

from extensions.amqp import link as module
from extensions.amqp.link import Link
from tests.unit.extensions.amqp.link.broker import HEARTBEAT, until


class TestConnection:
    def test_a_lost_connection_is_told_and_made_again(self, broker, link, seen):
        broker.lose()
        until(lambda: seen == [1, ConnectionResetError, 2])
        assert broker.collected == 1

    def test_connecting_is_tried_until_the_broker_is_there(self, broker, link, seen):
        until(lambda: link.is_connected)
        broker.is_away = True
        broker.lose()
        until(lambda: seen.count(ConnectionRefusedError) >= 3)
        broker.is_away = False
        until(lambda: link.is_connected)

    def test_a_wake_cuts_the_reconnect_pause_short(self, broker, link, monkeypatch):
        until(lambda: link.is_connected)
        monkeypatch.setattr(module, "MAX_RECONNECT_PAUSE_SECONDS", 60.0)
        broker.is_away = True
        broker.lose()
        until(lambda: not link.is_connected)
        eventlet.sleep(0.1)  # by now the pause is long
        broker.is_away = False
        link.call(lambda channel: None, timeout=10)

    def test_a_new_connection_has_time_limits_everywhere(self, broker, link):
        until(lambda: link.is_connected)
        assert broker.sock.gettimeout() == 2 * HEARTBEAT
        assert broker.heartbeat == HEARTBEAT

    def test_many_deliveries_do_not_keep_others_from_running(self, broker, link, monkeypatch):
        monkeypatch.setattr(module, "MAX_DELIVERIES_PER_TURN", 2)
        until(lambda: link.is_connected)
        broker.deliver(*[b"%d" % each for each in range(100)])
        while not broker.consumed:
            eventlet.sleep(0)
        assert len(broker.consumed) < 100
        until(lambda: len(broker.consumed) == 100)
        assert broker.consumed == [b"%d" % each for each in range(100)]

    def test_input_during_an_action_is_delivered_at_once(self, broker, link, monkeypatch):
        monkeypatch.setattr(link, "_turn_seconds", 60.0)
        link.call(lambda channel: None, timeout=10)  # the next turn would be in a minute

        def wait_for_answer(channel):
            broker.deliver(b"{}")
            broker.send()
            broker.read_frame()

        link.call(wait_for_answer, timeout=10)
        until(lambda: broker.consumed)

    def test_a_delivery_without_a_consumer_is_dropped(self, broker, link):
        until(lambda: link.is_connected)
        broker.channels[1].callbacks.clear()
        broker.deliver(b"{}")
        broker.send()
        until(lambda: broker.bytes_recv == 4)
        assert link.is_connected and not broker.consumed


class TestClosing:
    def test_killing_the_owner_of_a_link_closes_its_connection(self, broker):
        link = Link("a_loop", "amqp://", HEARTBEAT)
        owner = eventlet.spawn(link.run)
        until(lambda: link.is_connected)
        owner.kill()
        assert broker.collected == 1 and not broker.taken_leave

    def test_a_connection_that_cannot_be_closed_is_left(self, broker, link, seen, monkeypatch):
        def fail():
            raise ValueError("No SSL wrapper around the socket")

        monkeypatch.setattr(broker, "collect", fail)
        broker.lose()
        until(lambda: seen[-1] == 2)

    def test_a_broker_that_does_not_take_leave_is_left(self, broker, link, monkeypatch):
        monkeypatch.setattr(broker, "close", partial(broker.sock.recv, -1))
        link.stop()
        until(lambda: not link.is_connected)
        assert broker.collected == 1

    def test_pending_frames_are_sent_before_the_link_closes(self, broker, link):
        until(lambda: link.is_connected)
        link.write(b"last")
        link.stop()
        until(lambda: broker.taken_leave)
        assert broker.taken_leave == [b"last"]
