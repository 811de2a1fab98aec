"""A client that floods a gateway is cut off, and holds up nobody meanwhile."""

import json
import re
import socket
import threading
from contextlib import suppress
from datetime import datetime

import pytest
import websocket

from tests.client import CheckedClient
from tests.e2e.playing import begin, wait_for_version
from tests.stack import eventually

FRAMES = {
    "pongs": b"\x8a\x80abcd", "pings": b"\x89\x80abcd", "empty fragments": b"\x00\x80abcd",
    "long pings": b"\x89\xfdabcd" + b"x" * 125,
}
FIRST_FRAGMENT = b"\x01\x80abcd"
CLOSE = websocket.ABNF.OPCODE_CLOSE
MAX_WRITES = 100_000
LIST = json.dumps({
    "jsonrpc": "2.0", "id": 1, "method": "sessions.list", "params": {"limit": 100}
})
LISTS = 16  # of a connection, as many as it may have under way
CALL = re.compile(r"^(\S+) .* served method=sessions\.(list|get) outcome=ok ms=(\S+)", re.M)


@pytest.fixture
def limited(stack):
    """A gateway with rate limits."""
    yield stack.start_gateway("limited gateway", RATE_LIMITS="on")
    stack.remove("limited gateway")


@pytest.fixture
def players(stack, limited, player):
    """Two players in a session, connected to that gateway."""
    url = stack.url(limited.port)
    return player(url=url), player(url=url)


class Flood(threading.Thread):
    """Writes the same for as long as its connection takes it."""

    def __init__(self, sock, data):
        super().__init__()
        self.sock, self.data = sock, data
        self.start()

    def run(self):
        with suppress(OSError):
            for _ in range(MAX_WRITES):
                self.sock.sendall(self.data)


class Reader(threading.Thread):
    """Reads frames until the server closes; has the code then."""

    def __init__(self, ws):
        super().__init__()
        self.ws, self.code = ws, None
        self.start()

    def run(self):
        while (frame := self.ws.recv_frame()).opcode != CLOSE:
            pass
        self.code = int.from_bytes(frame.data[:2])


@pytest.mark.parametrize("kind", FRAMES)
def test_flood_of_frames_ends_and_holds_up_nobody(stack, limited, players, connect, kind):
    one, other = players
    session_id = begin(one, other)
    ws = websocket.create_connection(stack.url(limited.port), timeout=60)
    if kind == "empty fragments":
        ws.sock.sendall(FIRST_FRAGMENT)
    reader, flood = Reader(ws), Flood(ws.sock, FRAMES[kind] * 100)
    version = one.move(session_id, "b2b3")
    wait_for_version(other, session_id, version)
    assert connect(CheckedClient, url=stack.url(limited.port)).call("server.info")
    reader.join()
    assert reader.code == 1008
    flood.join()
    ws.shutdown()
    wait_for_version(one, session_id, other.move(session_id, "b4b3"))


def test_flood_of_requests_by_http_ends_and_holds_up_nobody(stack, limited, players):
    one, other = players
    session_id = begin(one, other)
    with socket.create_connection(("127.0.0.1", limited.port), timeout=60) as sock:
        flood = Flood(sock, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" * 20)
        version = one.move(session_id, "b2b3")
        wait_for_version(other, session_id, version)
        received = b""
        with suppress(ConnectionResetError):
            while data := sock.recv(65_536):
                received = (received + data)[-200_000:]
        flood.join()
    assert b"HTTP/1.1 429 " in received
    wait_for_version(one, session_id, other.move(session_id, "b4b3"))


class Asker(threading.Thread):
    """Asks for many lists at once, from an address of its own, and takes the answers."""

    def __init__(self, port):
        super().__init__()
        sock = socket.create_connection(("127.0.0.1", port), 60, ("127.0.0.2", 0))
        self.ws = websocket.create_connection(f"ws://127.0.0.1:{port}/ws", 60, socket=sock)
        for _ in range(LISTS):
            self.ws.send(LIST)
        self.ws.ping()
        self.ws.recv_frame()  # the pong: the gateway has read all
        self.start()

    def run(self):
        for _ in range(LISTS):
            self.ws.recv()
        self.ws.shutdown()


def test_many_calls_of_one_address_leave_others_their_turn(stack, limited, players):
    one, other = players
    session_id = begin(one, other)
    for _ in range(50):  # so that a list is work
        other.call("rooms.join", room_id=one.call("rooms.create")["room_id"])
    stack.pause("sessions")  # until all have asked
    askers = [Asker(limited.port) for _ in range(4)]
    asked = one.ask("sessions.get", session_id=session_id)
    one.fence()
    stack.resume("sessions")
    one.answer(asked)
    one.move(session_id, "b2b3")
    for each in askers:
        each.join()
    begun = eventually(lambda: begun_calls(stack, len(askers) * LISTS + 1))
    assert begun.index("get") < len(begun) / 2


def begun_calls(stack, number):
    """The lists and sessions asked of the service by when it began each, once it has logged all."""
    found = CALL.findall(stack.said("sessions"))
    calls = sorted((datetime.fromisoformat(at).timestamp() - float(ms) / 1000, name)
                   for at, name, ms in found)
    return [name for _, name in calls] if len(calls) == number else None
