"""A whole gateway on raw sockets: one that has no file left, and requests without a certain end."""

import resource
import socket
from contextlib import ExitStack

import pytest

from tests.client import CheckedClient
from tests.stack import eventually

MAX_FILES = 200
GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
SMUGGLED = b"POST /rpc HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + GET


@pytest.fixture
def small_gateway(stack):
    """A gateway that may open few files, which it has not known when it started."""
    gateway = stack.start_gateway("small gateway", RATE_LIMITS="off")
    resource.prlimit(gateway.pid, resource.RLIMIT_NOFILE, (MAX_FILES, MAX_FILES))
    yield gateway
    stack.remove("small gateway")


def test_a_gateway_without_a_file_left_answers_again(stack, small_gateway, connect):
    early = connect(CheckedClient, stack.url(small_gateway.port))
    with ExitStack() as clients:
        for _ in range(MAX_FILES):
            clients.enter_context(socket.create_connection(("127.0.0.1", small_gateway.port)))
        eventually(lambda: small_gateway.has_said(b"Too many open files"), 60)
        assert early.call("server.info")
    late = connect(CheckedClient, stack.url(small_gateway.port))
    assert late.call("server.info")


@pytest.mark.parametrize(("header", "status"), [
    (b"Transfer-Encoding: gzip, chunked", b"501"),
    (b"Transfer-Encoding: chunked\r\nContent-Length: 5", b"400"),
    (b"Content-Length: 5\r\nContent-Length: 6", b"400"),
])
def test_a_body_without_a_certain_end_is_no_second_request(stack, header, status):
    with socket.create_connection(("127.0.0.1", stack.port), timeout=60) as link:
        link.sendall(SMUGGLED % header)
        received = b"".join(iter(lambda: link.recv(65_536), b""))
    assert received.startswith(b"HTTP/1.1 " + status)
    assert received.count(b"HTTP/1.1 ") == 1
