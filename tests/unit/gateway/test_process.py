"""The process of a gateway: how it starts, takes clients, and ends."""

import errno
import socket
from unittest.mock import Mock

import eventlet
import pytest
from eventlet.event import Event

from extensions.settings import Settings
from gateway import process
from gateway.http.admission import Admission
from gateway.http.server import HttpServer

HOST = "127.0.0.1"


def test_wrong_setting_ends_it_with_the_reason(monkeypatch):
    monkeypatch.setattr("sys.argv", ["gateway", "--config", "config.yaml"])
    monkeypatch.setenv("PORT", "none")
    with pytest.raises(SystemExit, match="PORT"):
        process.main()


@pytest.fixture
def stop():
    """Stops a gateway."""
    stopped = Mock(stopping=False), Mock(), Mock(), Mock(), Mock()

    def stop():
        process.stop(*stopped)
        return stopped

    return stop


def test_gateway_stops_once_however_often_it_is_told_to(stop):
    stop()
    running, accepting, http, listener, stopped = stop()
    ends = running.stop, accepting.kill, http.finish, listener.close, stopped.send
    assert [end.call_count for end in ends] == [1, 1, 1, 1, 1]


def test_a_socket_with_the_listeners_number_cuts_no_drain():
    listener = eventlet.listen((HOST, 0))
    number = listener.fileno()
    http = HttpServer(listener, Mock(), Admission(1, None), is_limited=True, by_address=True)
    accepting = eventlet.spawn(http.run)
    eventlet.sleep(0)
    drained = []

    def drain(_timeout):
        with eventlet.listen((HOST, 0)) as other:
            assert other.fileno() == number
            waiting = eventlet.spawn(other.accept)
            eventlet.sleep(0.01)
            drained.append(accepting.dead)
            waiting.kill()

    running, stopped = Mock(stopping=False, stop=drain), Event()
    eventlet.spawn(process.stop, running, accepting, http, listener, stopped)
    assert not process.await_accepted(accepting)
    stopped.wait()
    assert drained == [True]


def test_listener_that_breaks_is_told_from_a_stop():
    def accept():
        raise OSError(errno.EBADF, "it is broken")

    assert process.await_accepted(eventlet.spawn(accept))


def _has_ipv6():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


needs_ipv6 = pytest.mark.skipif(not _has_ipv6(), reason="the machine has no IPv6, as in Docker")


@pytest.mark.parametrize(("host", "families"), [
    ("127.0.0.1", {socket.AF_INET}), ("localhost", {socket.AF_INET, socket.AF_INET6}),
    pytest.param("::1", {socket.AF_INET6}, marks=needs_ipv6),
])
def test_host_is_the_address_that_is_listened_on(host, families):
    with process.bind(host, 0) as listener:
        assert listener.family in families


@needs_ipv6
def test_every_address_of_ipv6_is_every_one_of_ipv4_too():
    with process.bind("::", 0) as listener:
        listener.listen()
        with socket.create_connection(("127.0.0.1", listener.getsockname()[1]), timeout=60):
            pass


def test_connections_leave_some_files_for_all_else():
    bounds = [process.admission(Settings(max_connections=most), 1000) for most in (10, 100_000)]
    assert [each._max_connections for each in bounds] == [10, 900]


def test_host_that_cannot_be_listened_on_is_named(monkeypatch):
    monkeypatch.setattr("sys.argv", ["gateway", "--config", "config.yaml"])
    monkeypatch.setenv("HOST", "192.0.2.1")
    monkeypatch.setattr("logging.config.dictConfig", lambda config: None)
    with pytest.raises(SystemExit, match="HOST 192.0.2.1, PORT"):
        process.main()


@pytest.fixture
def bound():
    """Two sockets that are bound to one port."""
    with process.bind(HOST, 0) as one:
        with process.bind(HOST, one.getsockname()[1]) as other:
            yield one, other


def test_clients_wait_for_the_only_gateway_on_a_port(bound):
    listener = bound[0]
    process.listen_if_alone(listener)
    socket.create_connection((HOST, listener.getsockname()[1]), timeout=60).close()


def test_gateway_beside_others_listens_once_it_serves(bound):
    serving, starting = bound
    serving.listen()
    process.listen_if_alone(starting)
    assert not starting.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
