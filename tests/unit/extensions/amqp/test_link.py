"""The owner of a link connects, carries out actions, sends heartbeats, and connects again."""

import socket
from functools import partial
from types import SimpleNamespace

import eventlet
import pytest
from amqp.serialization import loads
from eventlet.hubs import get_hub

from extensions.amqp import link as module
from extensions.amqp.frames import BASIC_PUBLISH
from extensions.amqp.link import Link, NotConnected
from tests.unit.extensions.amqp.deliveries import as_bytes, delivered
from tests.unit.fakes import read_frames

HEARTBEAT = 10.0


class Broker:
    """Stands in for kombu's connection and for the broker behind it."""

    def __init__(self):
        self.connections = self.heartbeats = self.collected = 0
        self.is_away = False
        self.bytes_recv = 0
        self.taken_leave = []
        self.connection = self.transport = self
        self.frame_max = 131_072

    def __call__(self, uri, heartbeat, connect_timeout):
        self.heartbeat = heartbeat
        return self

    def connect(self):
        if self.is_away:
            raise ConnectionRefusedError("away")
        self.connections += 1
        self.sock, self._other_end = socket.socketpair()
        self._other_end.setblocking(False)
        self.channels = {}

    def channel(self):
        number = len(self.channels) + 1
        channel = SimpleNamespace(
            callbacks={"tag": self.consume}, connection=self.connections, channel_id=number
        )
        self.channels[number] = channel
        return channel

    def send(self, heartbeats=1):
        self._other_end.sendall(as_bytes([(8, 0, b"")]) * heartbeats)

    def deliver(self, *bodies):
        for body in bodies:
            self._other_end.sendall(as_bytes(delivered(1, "a.key", body)))

    def consume(self, delivery):
        self.consumed.append(delivery.body)

    def lose(self):
        self._other_end.close()

    def on_inbound_frame(self, frame):
        self.bytes_recv += 1

    def write(self, frames):
        self.sock.sendall(frames)

    @property
    def written(self):
        try:
            return self._other_end.recv(4096, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return b""

    def heartbeat_check(self):
        self.heartbeats += 1

    def close(self):
        self.taken_leave.append(self.written)

    def collect(self):
        self.collected += 1


def number(channel):
    """Which connection a channel belongs to."""
    return channel.connection


@pytest.fixture(autouse=True)
def limit():
    with eventlet.Timeout(60):
        yield


@pytest.fixture
def broker(monkeypatch):
    broker = Broker()
    broker.consumed = []
    monkeypatch.setattr(module, "Connection", broker)
    monkeypatch.setattr(module, "MIN_RECONNECT_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(module, "MAX_RECONNECT_PAUSE_SECONDS", 0.002)
    return broker


@pytest.fixture
def seen():
    """What the link has told its user."""
    return []


@pytest.fixture
def link(broker, seen):
    link = Link("a_loop", "amqp://", HEARTBEAT)
    channel = link.open_channel(
        lambda channel: seen.append(number(channel)),
        on_disconnect=lambda error: seen.append(type(error)),
    )
    link.post, link.call = channel.post, channel.call
    running = eventlet.spawn(link.run)
    until(lambda: link.is_connected)
    yield link
    link.stop()
    running.wait()
    assert not link.is_connected


def until(condition):
    while not condition():
        eventlet.sleep(0.001)


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


class TestWriting:
    def test_writes_of_one_turn_are_sent_together(self, broker, link):
        until(lambda: link.is_connected)
        for frames in (b"one", b"two"):
            link.write(frames)
        eventlet.sleep(0.01)
        assert broker.written == b"onetwo"

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
        monkeypatch.setattr(module, "send_now", lambda sock, data: sock.send(data[:2]))
        monkeypatch.setattr(broker, "heartbeat_check", lambda: broker.write(b"heartbeat"))
        monkeypatch.setattr(link, "_turn_seconds", 0.001)
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

    def test_the_loop_lives_and_does_not_do_its_work(self, broker, link, block, monkeypatch):
        monkeypatch.setattr(link, "_turn_seconds", 0.001)
        done = []
        block(True)
        until(lambda: broker.heartbeats > 3)
        monkeypatch.setattr(link.health, "succeeded", lambda: done.append("work"))
        until(lambda: broker.heartbeats > 6)
        assert not done
        block(False)
        until(lambda: done)

    def test_heartbeats_go_on(self, broker, link, block, monkeypatch):
        monkeypatch.setattr(link, "_turn_seconds", 0.001)
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
