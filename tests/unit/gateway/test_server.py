"""The process of a gateway: how it starts, takes clients, and ends."""

import socket
from unittest.mock import Mock

import eventlet
import pytest
from eventlet.event import Event

from gateway import server


def test_wrong_setting_ends_it_with_the_reason(monkeypatch):
    monkeypatch.setattr("sys.argv", ["gateway", "--config", "config.yaml"])
    monkeypatch.setenv("PORT", "none")
    with pytest.raises(SystemExit, match="PORT"):
        server.main()


@pytest.fixture
def stop(monkeypatch):
    """Stops a gateway, with requests in this pool."""
    monkeypatch.setattr(server, "HTTP_STOP_SECONDS", 0.01)
    stopped = Mock(stopping=False), Mock(), Mock()

    def stop(pool):
        with eventlet.Timeout(60):
            server.stop(*stopped, pool)
        return stopped

    return stop


def test_request_that_hangs_ends_with_the_gateway(stop):
    pool = eventlet.GreenPool()
    request = pool.spawn(Event().wait)
    eventlet.sleep(0)
    stop(pool)
    assert request.dead


def test_gateway_stops_once_however_often_it_is_told_to(stop):
    pool = eventlet.GreenPool()
    stop(pool)
    running, serving, listener = stop(pool)
    assert running.stop.call_count == serving.kill.call_count == listener.close.call_count == 1


@pytest.fixture
def bound():
    """Two sockets that are bound to one port."""
    with server.bind(0) as one, server.bind(one.getsockname()[1]) as other:
        yield one, other


def test_clients_wait_for_the_only_gateway_on_a_port(bound):
    listener = bound[0]
    server.listen_if_alone(listener)
    socket.create_connection(("127.0.0.1", listener.getsockname()[1]), timeout=5).close()


def test_gateway_beside_others_takes_no_clients_before_it_can_serve(bound):
    serving, starting = bound
    serving.listen()
    server.listen_if_alone(starting)
    assert not starting.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)


def test_requests_under_way_have_their_turn_between_new_ones():
    pool, turns = server.TurnTakingPool(), []

    def request(number):
        for _ in range(2):
            turns.append(number)
            eventlet.sleep(0)

    for number in range(3):
        pool.spawn(request, number)
    pool.waitall()
    assert turns.index(2) > max(place for place, number in enumerate(turns) if number == 0)
