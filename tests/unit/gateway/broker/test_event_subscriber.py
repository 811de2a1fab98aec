"""Queues of events: pending operations are bounded, and each event is logged once."""

import time
from unittest.mock import Mock, patch

import eventlet
import pytest
from eventlet.event import Event

from extensions import request_id
from extensions.amqp import link
from extensions.amqp.link_channel import NotConnected
from gateway.broker import event_subscriber as module
from gateway.broker.event_exchange import AnonymousQueue
from gateway.broker.event_log import MAX_LOGGED_IDS
from gateway.broker.event_subscriber import MAX_EVENT_DELAY_SECONDS, EventSubscriber
from gateway.protocol.errors import Unavailable

MAX_PENDING = 5


@pytest.fixture
def subscriber():
    return EventSubscriber("memory://", 10.0, lambda missed_since: None)


def ignore(event):
    pass


class Broker:
    """A channel that names queues in order, and keeps what they are bound by."""

    def __init__(self):
        self.declared = 0
        self.consumed, self.bound, self.unbound, self.deleted = [], [], [], []
        self.fails = False
        self.meanwhile = lambda: None

    def send_method(self, *args):
        if self.fails:
            raise OSError("broken")
        self.meanwhile()

    def wait(self, *args, **kwargs):
        self.declared += 1
        return (f"queue {self.declared}", 0, 0)

    def basic_consume(self, queue, **kwargs):
        self.consumed.append(queue)

    def queue_bind(self, queue, exchange, key, nowait):
        self.bound.append((queue, key, nowait))

    def queue_unbind(self, queue, exchange, key):
        self.unbound.append((queue, key))

    def queue_delete(self, queue, nowait):
        self.deleted.append(queue)


class TestSetup:
    """What many connections ask for at once is set up together."""

    @pytest.fixture
    def broker(self):
        return Broker()

    @pytest.fixture
    def waiting(self, subscriber):
        """The actions that wait for the owner of the link."""
        waiting = []

        def call(action, timeout):
            done = Event()
            waiting.append((action, done))
            done.wait()

        subscriber._channel.call = call
        return waiting

    @pytest.fixture
    def ask(self, waiting):
        """Calls a method of the subscriber in a greenthread of its own."""

        def ask(method, *args):
            thread = eventlet.spawn(method, *args)
            eventlet.sleep(0)
            return thread

        return ask

    @staticmethod
    def carry_out(waiting, broker):
        """Carry out what waits, as the owner of the link does: each action, and who waits for it.
        """
        while waiting:
            action, done = waiting.pop(0)
            try:
                action(broker)
            except OSError as error:
                done.send_exception(NotConnected(str(error)))
            else:
                done.send()

    def test_queues_are_declared_and_bound_together(self, subscriber, ask, waiting, broker):
        threads = [ask(subscriber.open, ignore, f"a{each}", f"b{each}") for each in range(3)]
        waiting[0][0](broker)
        assert broker.bound == [
            ("queue 1", "a0", True), ("queue 1", "b0", True), ("queue 2", "a1", True),
            ("queue 2", "b1", True), ("queue 3", "a2", True), ("queue 3", "b2", False),
        ]
        self.carry_out(waiting, broker)
        assert [thread.wait().name for thread in threads] == ["queue 1", "queue 2", "queue 3"]
        assert broker.consumed == ["queue 1", "queue 2", "queue 3"] and len(broker.bound) == 6
        assert subscriber._setups == {} and len(subscriber._queues) == 3

    def test_further_keys_are_bound_beside_new_queues(self, subscriber, ask, waiting, broker):
        known = AnonymousQueue(ignore, {"a"}, "known")
        ask(subscriber.bind, known, "b")
        ask(subscriber.open, ignore, "c")
        self.carry_out(waiting, broker)
        assert broker.bound == [("known", "b", True), ("queue 1", "c", False)]
        assert known.keys == {"a", "b"}

    def test_keys_that_were_not_bound_in_time_are_given_up(self, subscriber, ask, waiting, broker):
        known, posted = AnonymousQueue(ignore, {"a"}, "known"), []
        subscriber._channel.post = posted.append
        binding = ask(subscriber.bind, known, "a", "b")
        assert known.keys == {"a", "b"}
        waiting.pop()[1].send_exception(NotConnected("late"))
        with pytest.raises(Unavailable):
            binding.wait()
        assert known.keys == {"a"}
        [unbind] = posted
        unbind(broker)
        assert broker.unbound == [("known", "b")]

    def test_number_that_is_set_up_together_is_bounded(self, subscriber, ask, waiting, broker):
        for number in range(module.MAX_SETUPS + 1):
            ask(subscriber.open, ignore, f"key {number}")
        waiting[0][0](broker)
        assert broker.declared == module.MAX_SETUPS
        self.carry_out(waiting, broker)
        assert broker.declared == module.MAX_SETUPS + 1

    def test_closed_queue_is_not_unbound_nor_deleted_without_a_name(self, subscriber, broker):
        posted, queue = [], AnonymousQueue(ignore, {"a"})
        subscriber._channel.post = lambda action, always=False: posted.append(action) or True
        subscriber.unbind(queue, "a")
        subscriber.close(queue)
        for action in posted:
            action(broker)
        assert broker.deleted == []

    def test_others_are_set_up_after_a_connection_broke(self, subscriber, ask, waiting, broker):
        one, other = (ask(subscriber.open, ignore, key) for key in "ab")
        broker.fails = True
        action, done = waiting.pop(0)
        with pytest.raises(OSError):
            action(broker)
        done.send_exception(NotConnected("broken"))
        with pytest.raises(Unavailable):
            one.wait()
        broker.fails = False
        waiting[:] = [each for each in waiting if each[1] is not done]
        subscriber._channel.post = Mock()
        self.carry_out(waiting, broker)
        assert other.wait().name == "queue 1"
        assert broker.bound == [("queue 1", "b", False)]

    def test_queue_closed_in_the_meantime_is_deleted(self, subscriber, ask, waiting, broker):
        thread = ask(subscriber.open, ignore, "a")
        [setup] = subscriber._setups
        broker.meanwhile = lambda: setattr(setup.queue, "is_open", False)
        self.carry_out(waiting, broker)
        assert broker.deleted == [thread.wait().name]
        assert broker.bound == broker.consumed == [] and not subscriber._queues


class TestPendingOperations:
    @pytest.fixture
    def subscriber(self, subscriber, monkeypatch):
        """A subscriber whose broker is away."""
        monkeypatch.setattr(link, "MAX_PENDING_ACTIONS", MAX_PENDING)
        monkeypatch.setattr(module, "OPERATION_TIMEOUT_SECONDS", 0.001)
        return subscriber

    def test_number_is_bounded_while_the_broker_is_away(self, subscriber):
        known = AnonymousQueue(ignore)
        subscriber._queues.add(known)
        for number in range(3 * MAX_PENDING):
            with pytest.raises(Unavailable):
                subscriber.open(ignore, f"key {number}")
            with pytest.raises(Unavailable):
                subscriber.bind(known, "key")
            subscriber.unbind(known, "key")
        assert len(subscriber._link._pending) == MAX_PENDING
        subscriber.close(known)
        assert len(subscriber._link._pending) == MAX_PENDING
        assert not known.is_open and not subscriber._queues

    def test_queue_is_always_deleted_while_connected(self, subscriber):
        subscriber._link._connected_since = 0.0
        for _ in range(2 * MAX_PENDING):
            subscriber.close(AnonymousQueue(ignore))
        assert len(subscriber._link._pending) == 2 * MAX_PENDING


class TestReconnect:
    @pytest.fixture
    def reported(self):
        return []

    @pytest.fixture
    def subscriber(self, reported):
        return EventSubscriber("memory://", 10.0, reported.append)

    def test_open_queues_are_declared_again(self, subscriber):
        queues = [AnonymousQueue(ignore, {f"key.of.{name}"}, name) for name in ("one", "other")]
        subscriber._queues.update(queues)
        broker = Broker()
        with patch.object(module.event_exchange, "declare"):
            subscriber._declare_all(broker)
        assert {(queue, key) for queue, key, _ in broker.bound} == {
            (queue.name, f"key.of.{name}")
            for queue, name in zip(queues, ("one", "other"), strict=True)
        }
        assert sorted(broker.consumed) == ["queue 1", "queue 2"]

    def test_the_time_since_when_events_may_be_missing_is_reported(self, subscriber, reported):
        subscriber._link._received_at -= 100.0
        for _ in range(3):
            subscriber._note_loss(OSError())
            subscriber._link._received_at += 50.0
        subscriber._declare_all(Mock())
        eventlet.sleep(0)
        expected = time.time() - 100.0 - MAX_EVENT_DELAY_SECONDS
        assert reported == [pytest.approx(expected, abs=5)]

    def test_the_first_connection_is_not_reported(self, subscriber, reported):
        subscriber._declare_all(Mock())
        eventlet.sleep(0)
        assert reported == []


class TestDelivery:
    @pytest.fixture
    def deliver(self, subscriber):
        """Delivers a message to a queue: its events, each with the request id at the time."""

        def deliver(body, key="session.s1.all"):
            delivered = []
            queue = AnonymousQueue(
                lambda event: delivered.append((event.name, request_id.current()))
            )
            subscriber._deliver(queue, Mock(routing_key=key, body=body))
            return delivered

        return deliver

    @staticmethod
    def body(number):
        return (
            f'{{"id": "event {number}", "event": "session.ended", "request_id": "c0ffee",'
            f' "params": {{"version": {number}}}}}'
        )

    def test_event_is_logged_once_however_many_receive_it(self, deliver, lines):
        for number in (1, 2, 1, 2, 1):
            assert deliver(self.body(number)) == [("session.ended", "c0ffee")]
        common = {
            "level": "DEBUG", "message": "event", "request_id": "c0ffee", "event": "session.ended",
            "key": "session.s1.all",
        }
        assert lines() == [{**common, "version": 1}, {**common, "version": 2}]

    def test_number_of_remembered_ids_is_bounded(self, deliver, subscriber, lines):
        for number in range(MAX_LOGGED_IDS + 10):
            deliver(self.body(number))
        assert len(subscriber._event_log._logged_ids) == MAX_LOGGED_IDS

    def test_event_without_a_request_id_is_delivered(self, deliver, lines):
        assert deliver('{"id": "1", "event": "room.closed", "params": {}}')
        assert [line["request_id"] for line in lines()] == [None]

    def test_event_without_an_id_is_logged_each_time(self, deliver, lines):
        for _ in range(2):
            assert deliver('{"event": "room.closed", "params": {}}')
        assert len(lines()) == 2

    @pytest.mark.parametrize("body", ["nonsense", "{}"])
    def test_invalid_message_is_logged_and_dropped(self, deliver, caplog, body):
        assert deliver(body) == []
        assert "An event could not be delivered" in caplog.text
