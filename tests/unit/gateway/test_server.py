"""The process of a gateway: what keeps it from starting, and its end."""

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
