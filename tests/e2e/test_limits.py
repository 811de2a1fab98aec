"""Clients that misbehave harm neither the gateway nor other clients."""

import json
import socket
import time
from contextlib import suppress
from itertools import chain, repeat

import pytest
import websocket

from gateway.protocol.json_rpc import MAX_MESSAGE_BYTES
from tests.client import CheckedClient
from tests.e2e.playing import begin, wait_for_version
from tests.stack import eventually

INFO = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "server.info"})
CLOSE, PING_FRAME = websocket.ABNF.OPCODE_CLOSE, websocket.ABNF.OPCODE_PING
PING = 2.5  # seconds


@pytest.fixture
def raw(stack):
    """Opens WebSockets on which nothing is done by itself."""
    made = []

    def open_socket(url=None, **options):
        made.append(websocket.create_connection(url or stack.url(), timeout=30, **options))
        return made[-1]

    yield open_socket
    for each in made:
        each.shutdown()


@pytest.fixture
def impatient_url(stack):
    """The URL of a gateway that soon gives up clients that do not answer its pings."""
    process = stack.start_gateway("impatient gateway", PING=PING)
    yield stack.url(process.port)
    stack.remove(process.name)


def close_code(ws):
    """Return the code that the server closes with; ignore what comes before."""
    while (frame := ws.recv_frame()).opcode != CLOSE:
        pass
    return int.from_bytes(frame.data[:2], "big")


def asked(ws, method, **params):
    """Return the result of a call; answer pings that come meanwhile."""
    ws.send(json.dumps({"jsonrpc": "2.0", "id": method, "method": method, "params": params}))
    while (frame := ws.recv_frame()).opcode != websocket.ABNF.OPCODE_TEXT:
        if frame.opcode == PING_FRAME:
            ws.pong(frame.data)
    answer = json.loads(frame.data)
    assert answer["id"] == method
    return answer["result"]


def test_a_binary_message_ends_the_connection(raw):
    ws = raw()
    ws.send_binary(INFO.encode())
    assert close_code(ws) == 1003


def test_a_message_over_64_kib_ends_the_connection(raw):
    ws = raw()
    ws.send(INFO + " " * (MAX_MESSAGE_BYTES - len(INFO)))
    assert json.loads(ws.recv())["result"]["protocol"] == "1.0"
    ws.send(INFO + " " * (MAX_MESSAGE_BYTES + 1 - len(INFO)))
    assert close_code(ws) == 1009


def test_a_message_is_measured_in_bytes(raw):
    ws = raw()
    ws.send('"' + "é" * (MAX_MESSAGE_BYTES // 2 - 1) + '"')
    assert "error" in json.loads(ws.recv())
    ws.send('"' + "é" * (MAX_MESSAGE_BYTES // 2) + '"')
    assert close_code(ws) == 1009


def test_a_too_large_message_is_refused_before_its_end(raw):
    ws = raw()
    opcodes = chain([websocket.ABNF.OPCODE_TEXT], repeat(websocket.ABNF.OPCODE_CONT, 400))
    with suppress(OSError, websocket.WebSocketException):
        for opcode in opcodes:
            ws.send_frame(websocket.ABNF.create_frame("x" * 16_000, opcode, 0))
    assert close_code(ws) == 1009


@pytest.mark.parametrize("frame", [b"\x81\x82\0\0\0\0\xff\xfe", b"\x8f\x80\0\0\0\0", b"\x81\x02ab"])
def test_an_invalid_websocket_frame_ends_the_connection(raw, connect, frame):
    ws = raw()
    ws.sock.sendall(frame)
    assert close_code(ws) in (1002, 1007)
    assert connect(CheckedClient).call("server.info")


def test_a_client_that_says_goodbye_is_answered(raw):
    ws = raw()
    ws.send_close(1000)
    assert close_code(ws) == 1000


def gauge(stack, name):
    """Return a gauge of the gateway's."""
    lines = stack.request("GET", "/metrics")[1].splitlines()
    [line] = [line for line in lines if line.startswith(f"arbiter_gateway_{name}{{")]
    return float(line.split()[1])


def sockets(stack):
    """Return how many WebSockets the gateway has open."""
    return gauge(stack, "sockets")


def test_nothing_is_left_of_connections_that_have_ended(stack, raw, player):
    eventually(lambda: sockets(stack) == 0)
    players = [player() for _ in range(5)]
    others = [raw() for _ in range(45)]
    eventually(lambda: sockets(stack) == 50)
    for ws in others[::2]:
        ws.send_close()
    for ws in others:
        ws.shutdown()
    for each in players:
        each.drop()
    eventually(lambda: sockets(stack) == 0)


def test_a_client_of_malformed_messages_is_disconnected(raw, connect):
    ws = raw()
    with suppress(OSError, websocket.WebSocketException):
        for _ in range(120):
            ws.send("nonsense")
    assert close_code(ws) == 1008
    assert connect(CheckedClient).call("server.info")


def test_refused_requests_do_not_count_as_malformed(player):
    one = player()
    for _ in range(120):
        one.refused("RoomNotFound", "rooms.get", room_id="none")


def test_a_client_that_answers_no_ping_is_given_up(raw, player, impatient_url):
    witness, connecting_at = player(url=impatient_url), time.monotonic()
    by_default, quiet = raw(), raw(impatient_url)
    assert by_default.recv_frame().opcode == quiet.recv_frame().opcode == PING_FRAME
    assert close_code(quiet) == 4408
    assert time.monotonic() - connecting_at > PING
    by_default.settimeout(0.1)
    with pytest.raises(websocket.WebSocketTimeoutException):
        by_default.recv_frame()  # neither a second ping nor the closing has come
    assert witness.call("accounts.get")["login"] == witness.login  # it answers, and stays


def test_a_player_who_answers_no_ping_leaves_the_session(raw, two_players, impatient_url):
    one, other = two_players
    session_id = begin(one, other)
    quiet = raw(impatient_url)
    asked(quiet, "auth.authenticate", access_token=other.token)
    asked(quiet, "sessions.connect", session_id=session_id)
    other.call("sessions.disconnect", session_id=session_id)
    assert one.fence() == []  # there is still a connection
    assert close_code(quiet) == 4408
    assert one.wait_for("session.player_disconnected")["login"] == other.login


def test_a_client_that_does_not_read_harms_nobody_else(stack, raw, two_players):
    one, other = two_players
    session_id = begin(one, other)
    deaf = raw(sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)])
    question = json.dumps({"jsonrpc": "2.0", "id": "x" * 60_000, "method": "server.info"})
    deaf.sock.settimeout(0.5)
    with suppress(OSError, websocket.WebSocketException):  # at last it is not read from any more
        for _ in range(400):
            deaf.send(question)
    version = one.move(session_id, "b2b3")
    wait_for_version(other, session_id, version)
    version = other.move(session_id, "b4b3")
    wait_for_version(one, session_id, version)
    assert sockets(stack) >= 3  # while the gateway still waits for who does not read
    deaf.sock.settimeout(30)
    assert close_code(deaf) == 1008


@pytest.mark.usefixtures("failures_logged")
def test_a_slow_call_holds_up_nobody(stack, two_players):
    one, other = two_players
    stack.pause("accounts")
    try:
        slow = [one.ask("accounts.get") for _ in range(3)]
        for player in (one, other):
            assert player.call("sessions.list")["items"] is not None
            assert player.call("rooms.create")["status"] == "open"
    finally:
        stack.resume("accounts")
    for number in slow:
        assert one.answer(number)["result"]["login"] == one.login


def test_slow_reader_is_told_nothing_after_its_login_has_ended(stack, raw, two_players, rpc):
    one, other = two_players
    session_id = begin(one, other)
    deaf = raw(sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)])
    tokens = rpc("auth.login", login=other.login, password=other.password)
    asked(deaf, "auth.authenticate", access_token=tokens["access_token"])
    asked(deaf, "sessions.connect", session_id=session_id)
    question = json.dumps({"jsonrpc": "2.0", "id": "x" * 60_000, "method": "server.info"})
    while not gauge(stack, "send_queue_messages"):  # until the system takes no more
        deaf.send(question)
    rpc("auth.logout", token=tokens["access_token"])
    version = one.move(session_id, "b2b3")
    wait_for_version(other, session_id, version)
    told, code = [], None
    while code is None:
        frame = deaf.recv_frame()
        if frame.opcode == CLOSE:
            code = int.from_bytes(frame.data[:2], "big")
        elif frame.opcode == websocket.ABNF.OPCODE_TEXT:
            told.append(json.loads(frame.data).get("method"))
    assert code == 4401
    assert "session.state_changed" not in told
