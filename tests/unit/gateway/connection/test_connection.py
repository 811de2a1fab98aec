"""A connection: which part gets an event, and what is left of it afterwards."""

import gc
import weakref

import eventlet
import pytest
from eventlet.event import Event

from gateway.broker.service_event import ServiceEvent
from tests.unit.gateway.conftest import settle, told


@pytest.fixture
def connection(connect):
    return connect("alice")


def created(event_id):
    params = {"session_id": "s1"}
    return ServiceEvent("session.created", params, event_id, "player.alice")


def test_revocation_closes_the_connection(connection):
    connection.on_event(ServiceEvent("auth.revoked", {"family": "family"}, "n1"))
    told(connection)
    assert connection.socket.close.call_args.args[0] == 4401


def test_sending_away_closes_the_connection(connection):
    connection.send_away()
    settle()
    assert connection.socket.close.call_args.args[0] == 1001


def test_event_of_a_session_needs_a_subscription(connection):
    params = {"session_id": "s1", "version": 1}
    connection.on_event(ServiceEvent("session.ended", params, "n1", "session.s1.all"))
    assert told(connection) == []


def test_event_for_the_player_is_delivered_once(connection):
    for event_id in ("n1", "n1", "n2"):
        connection.on_event(created(event_id))
    assert told(connection) == [("session.created", {"session_id": "s1"})] * 2


def test_event_without_an_id_is_delivered_each_time(connection):
    for _ in range(2):
        connection.on_event(created(None))
    assert len(told(connection)) == 2


def test_queue_opened_after_leaving_is_closed(connect, services):
    connection = connect()
    subscriber = connection._events._subscriber
    opening = subscriber.open

    def open_late(*arguments):
        connection.leave()
        return opening(*arguments)

    subscriber.open = open_late
    services.sessions.connect.return_value = {"session": {}, "events": [], "next": None}
    connection.subscriptions.connect("s1", None, None)
    assert subscriber.closed == [subscriber.queue]


class TestNobodysConnection:
    """A connection on which nobody authenticates is closed after a time."""

    @pytest.fixture
    def expire(self, monkeypatch):
        """Starts a connection whose time has run out."""

        def expire(connection):
            connection.start(lambda message: None, lambda: None)
            connection._anonymous_timeout = 0
            connection._await_player()
            settle()

        return expire

    def test_a_connection_of_nobody_is_closed(self, connect, expire):
        connection = connect()
        expire(connection)
        assert connection.socket.close.call_args.args[0] == 4410

    def test_a_connection_of_a_player_stays(self, connect, expire):
        connection = connect("alice")
        expire(connection)
        assert not connection.socket.close.called

    def test_a_connection_that_watches_a_session_stays(self, connect, expire, services):
        connection = connect()
        services.sessions.connect.return_value = {"session": {}, "events": []}
        connection.subscriptions.connect("s1", None, None)
        expire(connection)
        assert not connection.socket.close.called
        del connection.subscriptions._by_id["s1"]
        settle()
        assert connection.socket.close.call_args.args[0] == 4410


def test_closed_connection_is_freed_before_its_token_expires(connect):
    connection = connect("alice")
    left = Event()
    connection.socket.start.side_effect = lambda *given: eventlet.spawn_n(given[-1])
    connection.start(lambda message: None, left.send)
    left.wait()
    freed = weakref.ref(connection)
    del connection
    gc.collect()
    assert freed() is None
