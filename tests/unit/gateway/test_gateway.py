"""A gateway as a whole: its readiness, and its end."""

from socket import socketpair
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from extensions.settings import Settings
from gateway.gateway import Gateway
from gateway.http.readiness import Report


@pytest.fixture
def gateway(services, monkeypatch):
    health = Mock(problems=lambda: ["renew_rooms has not run for 60 s"], serves=True)
    known = SimpleNamespace(
        **vars(services), execute_many=Mock(), ping=Mock(), health=health, are_blocked=False
    )
    monkeypatch.setattr("gateway.gateway.Services", lambda settings: known)
    gateway = Gateway(Settings(amqp_uri="memory://", heartbeat=8))
    gateway._readiness = Mock(check=lambda: Report(["rooms"], ["sessions: keep_time is late"]))
    gateway._subscriber._link._connected_since = 0.0
    return gateway


def test_readiness_has_own_and_others_problems(gateway):
    assert gateway.readiness() == Report(
        ["rooms"], ["gateway: renew_rooms has not run for 60 s", "sessions: keep_time is late"]
    )


def test_readiness_names_a_broker_that_is_away(gateway):
    gateway._subscriber._link._connected_since = None
    assert gateway.readiness() == Report(["broker"], ["gateway: renew_rooms has not run for 60 s"])


def test_readiness_names_a_broker_that_takes_no_messages(gateway):
    gateway._services.are_blocked = True
    assert gateway.readiness().not_answering == ["broker"]


def test_stopping_gateway_is_not_ready(gateway):
    gateway.stop(timeout_seconds=0)
    assert gateway.readiness() == Report(["gateway"], [])
    assert not gateway.health.serves


def test_last_readiness_asks_no_service(gateway):
    gateway._readiness.last_report = lambda: Report(["auth"], [])
    assert gateway.last_readiness() == Report(["auth"], gateway.readiness().problems[:1])


def test_stop_closes_every_connection(gateway):
    connection = Mock()
    gateway.connections.add(connection)
    gateway.stop(timeout_seconds=0)
    connection.send_away.assert_called_once_with()


def test_connection_that_comes_during_the_stop_is_closed(gateway, monkeypatch):
    connection = Mock()
    monkeypatch.setattr("gateway.gateway.Connection", Mock(return_value=connection))
    gateway.stop(timeout_seconds=0)
    here, there = socketpair()
    with here, there:
        gateway.serve(here, "10.0.0.1", Mock())
    connection.start.assert_called_once()
    connection.send_away.assert_called_once_with()


def test_heartbeat_is_the_one_that_is_set(gateway):
    assert gateway._subscriber._link._heartbeat == 8
