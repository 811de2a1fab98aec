"""A WebSocket on real sockets: messages both ways, back-pressure, pings and endings."""

import socket

import eventlet
import pytest
from eventlet.event import Event
from eventlet.greenio import GreenSocket
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage

from gateway.connection import reliable_socket
from gateway.connection.reliable_socket import SendTimeout
from gateway.connection.websocket import MAX_FRAMES, WebSocket
from tests.unit.gateway.conftest import in_hub

LARGE = b"x" * 4_000_000  # more than the kernel takes at once


class Peer:
    """The client at the other end, by wsproto."""

    def __init__(self, sock):
        self.sock = sock
        self.protocol = Connection(ConnectionType.CLIENT)
        self._events = []

    def send(self, *events):
        self.sock.sendall(b"".join(map(self.protocol.send, events)))
        eventlet.sleep(0.01)

    def next(self):
        """The next event, or None at the end."""
        while not self._events:
            data = self.sock.recv(65_536)
            self.protocol.receive_data(data or None)
            self._events += self.protocol.events()
            if not data:
                return None
        return self._events.pop(0)

    def end(self):
        """Send no more; the WebSocket waits for this before it closes."""
        self.sock.shutdown(socket.SHUT_WR)

    def text(self):
        """The next message, from as many events as it has."""
        parts = [self.next()]
        while not parts[-1].message_finished:
            parts.append(self.next())
        return "".join(part.data for part in parts)


@pytest.fixture
def ends():
    ours, theirs = map(GreenSocket, socket.socketpair())
    with eventlet.Timeout(60):
        yield ours, theirs
    ours.close()
    theirs.close()


@pytest.fixture
def peer(ends):
    return Peer(ends[1])


@pytest.fixture
def received():
    return []


@pytest.fixture
def ended():
    """Tells when the WebSocket has ended and nothing is left of it."""
    return Event()


@pytest.fixture
def ws(ends, received, ended):
    """A WebSocket that runs; its messages go to `received`, and the codes of refusals."""
    ws = WebSocket(ends[0].fd)

    def finish():
        ws.finish()
        ended.send()

    ws.start(received.append, lambda code, reason: received.append(code), finish)
    eventlet.sleep(0)
    yield ws
    ws.abort()
    ends[1].close()
    ended.wait()


def test_text_messages_are_received_in_order(ws, peer, received):
    peer.send(TextMessage("a"), TextMessage("é" * 20_000), TextMessage(""))
    assert received == ["a", "é" * 20_000, ""]


def test_fragments_make_one_message(ws, peer, received):
    peer.send(TextMessage("a", message_finished=False), Ping(), TextMessage("b"), TextMessage("c"))
    assert received == ["ab", "c"]
    assert isinstance(peer.next(), Pong)


def test_bytes_are_received_as_bytes(ws, peer, received):
    peer.send(BytesMessage(b"\x00\xff"), BytesMessage(b"a", message_finished=False))
    peer.send(BytesMessage(b"b"), BytesMessage(b""))
    assert received == [b"\x00\xff", b"ab", b""]
    assert {type(message) for message in received} == {bytes}


def test_message_within_fragments_breaks_the_protocol(ws, peer, received):
    peer.send(TextMessage("a", message_finished=False))
    peer.sock.sendall(Connection(ConnectionType.CLIENT).send(TextMessage("b")))
    assert peer.next().code == 1002
    assert received == [] and peer.next() is None


@pytest.mark.parametrize(("frame", "code"), [
    (b"\x81\x01a", 1002), (b"\x83\x80abcd", 1002), (b"\x81\x81\0\0\0\0\xff", 1007),
])
def test_invalid_frame_is_refused(ws, peer, ended, received, frame, code):
    peer.sock.sendall(frame)
    assert peer.next().code == code
    peer.end()
    ended.wait()
    assert received == []


def test_frame_that_is_too_large_is_refused_before_its_end(ws, peer, received):
    peer.sock.sendall(b"\x81\xff" + (2**40).to_bytes(8) + b"abcd")
    eventlet.sleep(0.01)
    assert received == [1009]


def test_fragments_that_are_too_large_together_are_refused(ws, peer, received):
    peer.send(*[TextMessage("x" * 30_000, message_finished=False)] * 3)
    assert received == [1009]


@pytest.mark.parametrize("frames", [
    b"\x8a\x80abcd", b"\x89\x80abcd", b"\x01\x80abcd" + 99 * b"\x00\x80abcd" + b"\x80\x80abcd",
])
def test_flood_of_frames_is_refused(ws, peer, received, frames):
    def send():
        while True:
            peer.sock.sendall(frames * (6000 // len(frames)))

    def read_pongs():
        while peer.sock.recv(65_536):
            pass

    threads = [eventlet.spawn(send), eventlet.spawn(read_pongs)]
    while 1008 not in received:
        eventlet.sleep(0.001)
    assert not ws._socket._listener
    for each in threads:
        each.kill()


def test_flood_leaves_others_a_turn_after_each_4_kib(ends, ws, received):
    """Counted in turns: how long one takes depends on the machine."""
    turns, (ours, theirs) = [], socket.socketpair()
    assert ends[1].fd.send(b"\x8a\x80abcd" * 20_000) > MAX_FRAMES * 6

    def take(message):
        turns.append(message)
        theirs.send(b"\x81\x80abcd")

    ours.setblocking(False)
    other = WebSocket(ours)
    other.start(take, lambda code, reason: None, lambda: None)
    theirs.send(b"\x81\x80abcd")
    while 1008 not in received:
        eventlet.sleep(0)
    assert len(turns) >= MAX_FRAMES * 6 // 4096 - 1
    other.pause()
    theirs.close()
    ours.close()


def test_flood_is_received_where_nothing_is_limited(ends, received):
    ws = WebSocket(ends[0].fd, is_limited=False)
    ws.start(received.append, lambda code, reason: received.append(code), lambda: None)
    for _ in range(50):
        ends[1].sendall(b"\x8a\x80abcd" * 1000)
    ends[1].sendall(b"\x81\x80abcd")
    while not received:
        eventlet.sleep(0.001)
    assert received == [""]


def test_failing_handler_ends_the_connection(ws, peer, ended, caplog):
    ws._on_message = lambda message: 1 / 0
    peer.send(TextMessage("a"))
    ended.wait()
    assert "A message could not be handled" in caplog.text


def test_paused_socket_receives_nothing_until_every_pause_ends(ws, peer, received):
    ws.pause()
    ws.pause()
    ws.resume()
    peer.send(TextMessage("a"))
    assert received == []
    ws.resume()
    eventlet.sleep(0.01)
    assert received == ["a"]


def test_messages_are_sent_in_one_write(ws, peer):
    assert ws.send([b"a", b"{}"]) is None
    assert [peer.text(), peer.text()] == ["a", "{}"]


def test_rest_is_sent_before_anything_else(ws, peer):
    send_rest = ws.send([LARGE])
    others = [eventlet.spawn(ws.ping), eventlet.spawn(ws.send([b"later"]))]
    rest = eventlet.spawn(send_rest)
    assert peer.text() == LARGE.decode()
    assert {type(peer.next()), type(peer.next())} == {Ping, TextMessage}
    for thread in [rest, *others]:
        thread.wait()


def test_client_that_reads_nothing_times_out(ws, peer, ended, monkeypatch):
    monkeypatch.setattr(reliable_socket, "SEND_TIMEOUT_SECONDS", 0.05)
    send_rest = ws.send([LARGE])
    with pytest.raises(SendTimeout):
        send_rest()
    ended.wait()
    with pytest.raises(OSError):
        ws.send([b"a"])


def test_ping_is_answered_and_measured(ws, peer):
    assert ws.ping() and ws.round_trip is None
    assert ws.ping() is False
    peer.send(peer.next().response())
    assert ws.round_trip > 0 and ws.ping()


def test_ping_waits_behind_what_is_being_sent_but_not_in_the_hub(ws, peer):
    send_rest = ws.send([LARGE])
    assert in_hub(ws.ping)
    rest = eventlet.spawn(send_rest)
    assert peer.text() == LARGE.decode()
    peer.send(peer.next().response())
    rest.wait()
    assert ws.round_trip > 0


def test_client_that_does_not_read_its_pongs_is_not_read_from(ws, peer, received):
    send_rest = ws.send([LARGE])
    peer.send(Ping(b"1"), Ping(b"2"))
    peer.send(TextMessage("a"))
    assert received == []
    rest = eventlet.spawn(send_rest)
    peer.text()
    assert [peer.next().payload, peer.next().payload] == [b"1", b"2"]
    rest.wait()
    eventlet.sleep(0.01)
    assert received == ["a"]


def test_close_frame_of_the_client_is_answered(ws, peer, ended, received, monkeypatch):
    monkeypatch.setattr(reliable_socket, "CLOSE_TIMEOUT_SECONDS", 0.05)  # the client does not end
    peer.send(TextMessage("a"), CloseConnection(1000, "bye"))
    assert peer.next().code == 1000
    assert peer.next() is None
    ended.wait()
    assert received == ["a"]
    with pytest.raises(BrokenPipeError):
        ws.send([b"b"])


def test_close_frame_arrives_though_the_client_still_sends(ws, peer, ended, received):
    ws.pause()
    peer.send(TextMessage("a"))
    ws.close(1001, "going away")
    event = peer.next()
    assert (event.code, event.reason) == (1001, "going away")
    peer.sock.close()
    ended.wait()
    assert received == []


def test_nothing_follows_the_close_frame_of_a_client(ws, peer, ended, received):
    frames = [peer.protocol.send(CloseConnection(1000)), b"\x81\x81\0\0\0\0a"]
    peer.sock.sendall(b"".join(frames))
    peer.end()
    ended.wait()
    assert received == []


def test_close_frame_is_answered_though_others_find_the_end(ws, peer, ended):
    ws._on_data(peer.protocol.send(CloseConnection(1000)))
    assert ws.ping()
    with pytest.raises(BrokenPipeError):
        ws.send([b"a"])
    ws.abort()  # as whoever sends does then
    assert peer.next().code == 1000 and peer.next() is None
    peer.end()
    ended.wait()


@pytest.mark.parametrize("end", ["abort", "leave"])
def test_end_without_a_close_frame_is_noticed(ws, peer, ended, end):
    ws.abort() if end == "abort" else peer.sock.close()
    ended.wait()
    assert not ws.is_connected
