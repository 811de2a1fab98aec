"""The proxy before a real server: what passes, and what it cuts, refuses or holds back."""

import socket
import socketserver
import threading

import pytest

from tools.chaos.proxy import Proxies

TIMEOUT_SECONDS = 20


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(65536):
            self.request.sendall(data)


@pytest.fixture
def echo():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def proxy(echo):
    with Proxies() as proxies:
        yield proxies.before(echo)


@pytest.fixture
def connect(proxy):
    made = []

    def open_connection():
        made.append(socket.create_connection(("127.0.0.1", proxy.port), TIMEOUT_SECONDS))
        return made[-1]

    yield open_connection
    for connection in made:
        connection.close()


def receive(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size and (received := connection.recv(65536)):
        data += received
    return data


def is_over(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_all_data_passes_unchanged(connect):
    connection, data = connect(), bytes(range(256)) * 20_000
    threading.Thread(target=connection.sendall, args=(data,), daemon=True).start()
    assert receive(connection, len(data)) == data


def test_a_cut_ends_present_connections_only(proxy, connect):
    before = [connect(), connect()]
    for connection in before:
        connection.sendall(b"a")
        assert receive(connection, 1) == b"a"
    proxy.cut()
    assert all(is_over(connection) for connection in before)
    after = connect()
    after.sendall(b"b")
    assert receive(after, 1) == b"b"


def test_connections_are_refused_until_allowed_again(proxy, connect):
    proxy.refuse(True)
    assert is_over(connect())
    proxy.refuse(False)
    after = connect()
    after.sendall(b"b")
    assert receive(after, 1) == b"b"


def test_held_data_passes_after_the_hold(proxy, connect):
    connection = connect()
    connection.sendall(b"a")
    assert receive(connection, 1) == b"a"
    proxy.hold(True)
    new = connect()
    for each in (connection, new):
        each.sendall(b"b")
        each.settimeout(0.3)
        with pytest.raises(TimeoutError):
            each.recv(1)
        each.settimeout(TIMEOUT_SECONDS)
    proxy.hold(False)
    assert receive(connection, 1) == receive(new, 1) == b"b"


def test_without_a_server_the_connection_ends(connect, proxy, echo):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        proxy.target = unused.getsockname()[1]
        assert is_over(connect())


def test_when_one_side_ends_so_does_the_other(proxy, connect):
    connection = connect()
    connection.sendall(b"a")
    assert receive(connection, 1) == b"a"
    connection.shutdown(socket.SHUT_WR)
    assert is_over(connection)
