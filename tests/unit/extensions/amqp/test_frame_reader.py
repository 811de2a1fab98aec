"""What the broker sends is read in large pieces: deliveries for the link, the rest for py-amqp."""

import socket
from types import SimpleNamespace

import eventlet
import pytest

from extensions.amqp import frame_reader
from extensions.amqp.frame_reader import FrameReader
from tests.unit.extensions.amqp.deliveries import as_bytes, delivered

HEARTBEAT = (8, 0, b"")
CANCEL_OK = (1, 1, b"\x00\x3c\x00\x1f\x03tag")


@pytest.fixture
def connection():
    """Stands in for a connection of py-amqp."""
    ours, brokers = socket.socketpair()
    seen = []
    connection = SimpleNamespace(
        transport=SimpleNamespace(sock=ours), bytes_recv=0, broker=brokers, seen=seen,
        on_inbound_frame=seen.append,
    )
    with ours, brokers, eventlet.Timeout(60):
        yield connection


@pytest.fixture
def reader(connection):
    return FrameReader(connection, lambda: connection.seen.append("a wait"))


def test_deliveries_and_other_frames_are_told_apart(connection, reader):
    sent = [*delivered(1, "a", b"{}"), HEARTBEAT, *delivered(2, "b", b"[]", channel=2), CANCEL_OK]
    connection.broker.sendall(as_bytes(sent))
    assert reader.receive() is False and reader.has_frames
    reader.pass_on()
    assert [(each.channel, each.body) for each in reader.deliveries] == [(1, b"{}"), (2, b"[]")]
    assert connection.seen == [HEARTBEAT, CANCEL_OK]
    assert connection.bytes_recv == 6  # py-amqp counts its own


@pytest.mark.parametrize(("flags", "multiple"), [(0, False), (1, True)])
def test_confirms_are_told_without_amqp(connection, reader, flags, multiple):
    confirm = (1, 3, b"\x00\x3c\x00\x50" + (2**40).to_bytes(8, "big") + bytes([flags]))
    told = []
    events = {"basic_ack": {lambda *ack: told.append(ack)}}
    connection.channels = {3: SimpleNamespace(events=events)}
    connection.broker.sendall(as_bytes([confirm, HEARTBEAT]))
    reader.receive()
    reader.pass_on()
    assert told == [(2**40, multiple)] and connection.seen == [HEARTBEAT]
    assert connection.bytes_recv == 1


def test_an_empty_socket_is_not_waited_for(connection, reader):
    assert reader.receive() is False
    assert not reader.has_frames


def test_frames_may_come_in_pieces(connection, reader):
    stream = as_bytes([*delivered(1, "a.key", b"{}"), HEARTBEAT])
    for begin in range(len(stream)):
        connection.broker.sendall(stream[begin : begin + 1])
        reader.receive()
    reader.pass_on()
    assert len(reader.deliveries) == 1 and connection.seen == [HEARTBEAT]


def test_the_reader_says_that_there_may_be_more(connection, reader, monkeypatch):
    monkeypatch.setattr(frame_reader, "RECEIVE_BYTES", 8)
    connection.broker.sendall(as_bytes([HEARTBEAT, HEARTBEAT]))
    assert [reader.receive() for _ in range(3)] == [True, True, False]
    reader.pass_on()
    assert connection.seen == [HEARTBEAT, HEARTBEAT]


def test_while_amqp_waits_for_an_answer_deliveries_are_kept(connection, reader):
    waiting = eventlet.spawn(connection.transport.read_frame)
    eventlet.sleep(0)
    connection.broker.sendall(as_bytes(delivered(1, "a.key", b"{}")))
    eventlet.sleep(0.01)
    assert not waiting.dead and connection.seen == ["a wait", "a wait"]
    connection.broker.sendall(as_bytes([CANCEL_OK]))
    assert waiting.wait() == CANCEL_OK
    assert len(reader.deliveries) == 1


def test_a_closed_connection_is_an_error(connection, reader):
    connection.broker.close()
    with pytest.raises(ConnectionResetError):
        reader.receive()
