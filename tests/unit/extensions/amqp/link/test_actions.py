"""Actions that are carried out with the channel of a link, and how many may wait."""

import eventlet
import pytest

from extensions.amqp import link as module
from extensions.amqp.link import Link
from extensions.amqp.link_channel import NotConnected
from tests.unit.extensions.amqp.link.broker import HEARTBEAT, number, until


class TestActions:
    def test_an_action_is_carried_out_with_the_channel(self, link):
        taken = []
        link.call(lambda channel: taken.append(number(channel)), timeout=10)
        assert taken == [1]

    def test_posted_actions_are_carried_out_in_order(self, link):
        taken = []
        for turn in range(3):
            assert link.post(lambda channel, turn=turn: taken.append(turn))
        link.call(lambda channel: None, timeout=10)
        assert taken == [0, 1, 2]

    def test_actions_that_never_end_leave_room_for_frames(self, broker, link):
        carried_out = []

        def act_again(channel):  # as where callers ask faster than a slow broker answers
            carried_out.append(channel)
            link.post(act_again)

        link.post(act_again)
        until(lambda: carried_out)
        broker.send(3)
        until(lambda: broker.bytes_recv == 3)
        assert len(carried_out) > 1

    def test_a_slow_action_is_progress_of_the_loop(self, link, monkeypatch):
        beats = []
        monkeypatch.setattr(link.health, "heartbeat", lambda: beats.append(len(beats)))
        for _ in range(3):
            link.call(lambda channel: eventlet.sleep(0.001), timeout=10)
        assert beats == [0, 1, 2]

    def test_an_action_that_fails_breaks_the_link_and_is_told(self, link, seen):
        def fail(channel):
            raise OSError("broken pipe")

        with pytest.raises(NotConnected, match="broken pipe"):
            link.call(fail, timeout=10)
        until(lambda: seen == [1, OSError, 2])

    def test_a_call_fails_in_time_while_the_broker_is_away(self, broker, link):
        broker.is_away = True
        broker.lose()
        until(lambda: not link.is_connected)
        with pytest.raises(NotConnected, match="in time"):
            link.call(lambda channel: None, timeout=0.01)

    def test_waiting_actions_are_done_on_the_next_connection(self, broker, link):
        broker.is_away = True
        broker.lose()
        until(lambda: not link.is_connected)
        taken = []
        link.post(lambda channel: taken.append(number(channel)))
        broker.is_away = False
        until(lambda: taken == [2])


class TestBounds:
    @pytest.fixture
    def link(self, monkeypatch):
        """A link that nobody serves."""
        monkeypatch.setattr(module, "MAX_PENDING_ACTIONS", 5)
        link = Link("a_loop", "amqp://nowhere", HEARTBEAT)
        channel = link.open_channel(lambda channel: None)
        link.post, link.call = channel.post, channel.call
        return link

    def test_no_more_than_so_many_actions_wait(self, link):
        accepted = [link.post(lambda channel: None, always=True) for _ in range(7)]
        assert accepted == [True] * 5 + [False] * 2
        with pytest.raises(NotConnected, match="too many"):
            link.call(lambda channel: None, timeout=10)

    def test_while_it_is_connected_more_may_wait_if_they_must(self, link):
        link._connected_since = 0.0
        accepted = [link.post(lambda channel: None, always=True) for _ in range(7)]
        assert accepted == [True] * 7
        assert not link.post(lambda channel: None)
