"""The HTTP server on real sockets: accepting goes on, bounds hold, and nobody is held up."""

import errno
import socket
from contextlib import suppress
from http import HTTPStatus

import eventlet
import pytest

from gateway.http import protocol
from gateway.http.admission import Admission
from gateway.http.refusals import refusal
from gateway.http.server import HttpServer

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def say_ok(environ, start_response):
    """A WSGI application."""
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


class Failing:
    """A listener of which some calls to accept fail."""

    def __init__(self, listener):
        self.listener, self.errors = listener, []

    def accept(self):
        if self.errors:
            raise OSError(self.errors.pop(), "it failed")
        return self.listener.accept()

    def __getattr__(self, name):
        return getattr(self.listener, name)


@pytest.fixture
def listener():
    listener = Failing(eventlet.listen(("127.0.0.1", 0)))
    with eventlet.Timeout(60):
        yield listener
    listener.close()


@pytest.fixture
def start(listener):
    """Starts a server: it, and the greenthread that accepts."""
    started = []

    def start(max_connections=100, max_by_address=None, is_limited=True):
        server = HttpServer(
            listener, say_ok, Admission(max_connections, max_by_address), is_limited=is_limited,
            by_address=True,
        )
        started.append((server, eventlet.spawn(server.run)))
        return started[-1]

    yield start
    for server, accepting in started:
        accepting.kill()
        server.finish(timeout_seconds=0)


@pytest.fixture
def connect(listener):
    """Opens connections."""
    made = []

    def connect():
        made.append(eventlet.connect(listener.getsockname()))
        return made[-1]

    yield connect
    for each in made:
        each.close()


def answer(sock, request=GET):
    """The status of the answer to a request, or None where the connection ends."""
    sock.sendall(request)
    line = sock.recv(4096).split(b"\r\n")[0]
    return int(line.split()[1]) if line else None


@pytest.mark.parametrize("error", [
    errno.EMFILE, errno.ENFILE, errno.ECONNABORTED, errno.EPIPE, errno.ECONNRESET, errno.EPROTO,
])
def test_accepting_goes_on_after_an_error(listener, start, connect, error):
    listener.errors += [error] * 3
    start()
    assert answer(connect()) == 200


def test_server_that_cannot_accept_any_more_ends(listener, start):
    listener.errors.append(errno.EBADF)
    with pytest.raises(OSError, match="it failed"):
        start()[1].wait()


def test_connection_beyond_the_bound_is_refused(start, connect):
    start(max_connections=2)
    first, second, third = connect(), connect(), connect()
    assert [answer(first), answer(second), answer(third, b"")] == [200, 200, 503]
    first.close()
    while answer(connect()) != 200:
        eventlet.sleep(0.01)


def test_address_has_so_many_connections(start, connect):
    start(max_by_address=1)
    assert [answer(connect()), answer(connect(), b"")] == [200, 503]


def test_pipelined_requests_leave_room_for_others(start, connect):
    start()
    greedy, other = connect(), connect()
    greedy.sendall(GET * 300)
    eventlet.sleep(0)
    assert answer(other) == 200
    served = greedy.fd.recv(1_000_000).count(b"HTTP/1.1 200 OK")
    assert 0 < served < 300


def test_flood_of_requests_is_refused(start, connect, monkeypatch):
    monkeypatch.setattr(protocol, "MAX_REQUESTS", 50)
    start()
    greedy, received = connect(), b""
    greedy.sendall(GET * 100)
    while data := greedy.recv(65_536):
        received += data
    assert received.count(b"HTTP/1.1 200 OK") == 50
    assert received.count(b"HTTP/1.1 429 ") == 1


def test_nothing_is_refused_where_nothing_is_limited(start, connect, monkeypatch):
    monkeypatch.setattr(protocol, "MAX_REQUESTS", 50)
    start(is_limited=False)
    greedy, received = connect(), b""
    greedy.sendall(GET * 100)
    while received.count(b"HTTP/1.1 200 OK") < 100:
        received += greedy.recv(65_536)


HEAD = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKS = b"5\r\nhello\r\n0\r\n\r\n"


@pytest.mark.parametrize(("headers", "status"), [
    (b"Transfer-Encoding: gzip, chunked", 501), (b'Transfer-Encoding: "chunked"', 501),
    (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400),
    (b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", 400),
    (b"Transfer-Encoding : chunked", 400), (b"Transfer-Encoding: chunked\x0b", 501),
    (b"Transfer-Encoding:\r\n chunked", 400), (b"X: a\rTransfer-Encoding: chunked", 400),
    (b"Transfer-Encoding: chunked\r\nContent-Length: 5", 400),
    (b"Content-Length: 5\r\nContent-Length: 6", 400), (b"Content-Length: 1_5", 400),
])
def test_body_is_never_a_second_request(start, connect, headers, status):
    start()
    sock, received = connect(), b""
    sock.sendall(HEAD + headers + b"\r\n\r\n" + CHUNKS + GET)
    with suppress(ConnectionResetError):
        while data := sock.recv(4096):
            received += data
    assert received.count(b"HTTP/1.") == 1
    assert int(received.split()[1]) == status


@pytest.mark.parametrize("headers", [b"Content-Length: 60000", b"Transfer-Encoding: chunked"])
def test_flood_of_bytes_is_refused(start, connect, monkeypatch, headers):
    monkeypatch.setattr(protocol, "MAX_BYTES", 100_000)
    start()
    greedy, body = connect(), b"a" * 60_000
    if b"chunked" in headers:
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    greedy.sendall((HEAD + headers + b"\r\n\r\n" + body) * 2)
    received = b""
    while data := greedy.recv(65_536):
        received += data
    assert received.count(b"HTTP/1.1 200 OK") == 1


@pytest.mark.parametrize("headers", [
    b"Transfer-Encoding: chunked", b"Transfer-Encoding:\tchunked", b"Content-Length: 15",
])
def test_certain_end_is_served(start, connect, headers):
    start()
    assert answer(connect(), HEAD + headers + b"\r\n\r\n" + CHUNKS) == 200


@pytest.mark.parametrize("part", [
    b"G", b"GET / HTTP/1.1\r\nA: ", HEAD + b"Content-Length: 10\r\n\r\nhal",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
])
def test_request_that_does_not_end_ends_the_connection(start, connect, monkeypatch, part):
    monkeypatch.setattr(protocol, "REQUEST_SECONDS", 0.05)
    start()
    sock = connect()
    sock.sendall(part)
    while sock.recv(4096):
        pass


def test_connection_may_be_idle_for_longer_than_a_request_takes(start, connect, monkeypatch):
    monkeypatch.setattr(protocol, "REQUEST_SECONDS", 0.5)
    start()
    sock = connect()
    for _ in range(2):
        eventlet.sleep(0.6)
        assert answer(sock) == 200


def test_stopping_ends_idle_connections(start, connect):
    server, _ = start()
    idle, sock = connect(), connect()
    assert answer(sock) == 200
    eventlet.sleep(0)
    server.finish(timeout_seconds=5)
    assert sock.recv(1) == idle.recv(1) == b""


def test_stopping_waits_for_no_request_that_hangs(start, connect):
    server, _ = start()
    connect().sendall(HEAD + b"Content-Length: 10\r\n\r\nhal")
    while not server._pool.running():
        eventlet.sleep(0)
    server.finish(timeout_seconds=0.01)
    eventlet.sleep(0)
    assert not server._pool.running()


@pytest.mark.parametrize(("request_line", "header", "status"), [
    (b"GET /" + b"x" * 9000, b"", 414),
    (b"GET / HTTP/1.1", b"X: " + b"x" * 9000, 431),
    (b"GET / HTTP/1.1", b"\r\n".join(b"X-%d: %s" % (n, b"x" * 8000) for n in range(10)), 431),
    (b"GET / HTTP/1.1", b"\r\n".join(b"X-%d: x" % n for n in range(200)), 431),
    (b"GET <b> / HTTP/1.1", b"", 400),
    (b"GET / HTTP/5.0", b"", 505),
], ids=["address", "line", "headers", "number", "syntax", "version"])
def test_refusals_of_what_is_no_request_are_alike(start, connect, request_line, header, status):
    start()
    sock = connect()
    sock.sendall(b"%s\r\n%s\r\n\r\n" % (request_line, header))
    told = b"".join(iter(lambda: sock.recv(4096), b""))
    assert told == refusal(HTTPStatus(status))


def test_client_that_leaves_in_the_middle_harms_nobody(start, connect):
    start()
    sock = connect()
    sock.sendall(HEAD + b"Content-Length: 10\r\n\r\nhal")
    sock.shutdown(socket.SHUT_RDWR)
    sock.close()
    assert answer(connect()) == 200
