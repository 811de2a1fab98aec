"""Queues of events: pending operations are bounded, and each event is logged once."""

import time
from unittest.mock import Mock

import eventlet
import pytest

from extensions import request_id
from extensions.amqp import link
from gateway.broker import event_subscriber as module
from gateway.broker.event_subscriber import (
    MAX_EVENT_DELAY_SECONDS,
    MAX_LOGGED_IDS,
    AnonymousQueue,
    EventSubscriber,
)
from gateway.protocol.errors import Unavailable

MAX_PENDING = 5


@pytest.fixture
def subscriber():
    return EventSubscriber("memory://", 10.0, lambda missed_since: None)


def ignore(event):
    pass


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
        channel = Mock()
        for name in ("one", "other"):
            subscriber._queues.add(AnonymousQueue(ignore, {f"key.of.{name}"}))
        subscriber._declare_all(channel)
        bound = {call.args[2] for call in channel.queue_bind.call_args_list}
        assert bound == {"key.of.one", "key.of.other"}
        assert channel.basic_consume.call_count == 2

    def test_it_is_reported_since_when_events_may_be_missing(self, subscriber, reported):
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

        def deliver(body, key="session.s1.all.session.ended"):
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
            f'{{"id": "event {number}", "event": "session.ended", "call_id": "c0ffee",'
            f' "params": {{"version": {number}}}}}'
        )

    def test_event_is_logged_once_however_many_receive_it(self, deliver, lines):
        for number in (1, 2, 1, 2, 1):
            assert deliver(self.body(number)) == [("session.ended", "c0ffee")]
        common = {
            "level": "DEBUG", "message": "event", "request_id": "c0ffee", "event": "session.ended",
            "key": "session.s1.all.session.ended",
        }
        assert lines() == [{**common, "version": 1}, {**common, "version": 2}]

    def test_number_of_remembered_ids_is_bounded(self, deliver, subscriber, lines):
        for number in range(MAX_LOGGED_IDS + 10):
            deliver(self.body(number))
        assert len(subscriber._logged_ids) == MAX_LOGGED_IDS

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
