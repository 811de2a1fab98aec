"""Frames of a WebSocket: as wsproto has them, in whatever pieces they arrive."""

import random

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage

from gateway.connection.frames import FrameReader, FrameTooLarge, text_frame

MAX_BYTES = 70_000
SIZES = [0, 1, 125, 126, 127, 65_535, 65_536]


@pytest.fixture
def client():
    return Connection(ConnectionType.CLIENT)


@pytest.fixture
def server():
    return Connection(ConnectionType.SERVER)


def pieces(data, seed):
    """The data in pieces of random sizes."""
    choose = random.Random(seed)
    while data:
        size = choose.choice([1, 2, 3, 10, 1000, 100_000])
        yield data[:size]
        data = data[size:]


@pytest.mark.parametrize("size", SIZES)
def test_text_frame_is_the_one_of_wsproto(server, size):
    text = "é" * (size // 2) + "x" * (size % 2)
    assert text_frame(text.encode()) == server.send(TextMessage(data=text))


@pytest.mark.parametrize("size", SIZES)
def test_text_frame_is_read_by_a_client(client, size):
    client.receive_data(text_frame(b"x" * size))
    assert "".join(event.data for event in client.events()) == "x" * size


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", range(5))
def test_text_is_read_in_whatever_pieces_it_arrives(client, size, seed):
    texts = ["é" * (size // 2), "", "x" * size, '{"id": 1}']
    data = b"".join(client.send(TextMessage(data=text)) for text in texts)
    reader = FrameReader(MAX_BYTES)
    frames = [frame for piece in pieces(data, seed) for frame in reader.feed(piece)]
    assert frames == texts


@pytest.mark.parametrize("seed", range(20))
def test_other_frames_are_given_whole_as_they_came(client, seed):
    sent = [
        client.send(event) for event in (
            Ping(b"ping"), BytesMessage(b"\x00" * 300), TextMessage("a", message_finished=False),
            TextMessage("b"), CloseConnection(1000, "bye"),
        )
    ]
    reader = FrameReader(MAX_BYTES)
    assert [
        frame for piece in pieces(b"".join(sent), seed) for frame in reader.feed(piece)
    ] == sent


@pytest.mark.parametrize("frame", [
    b"\x81\x02ab",  # not masked, as a client's has to be
    b"\xc1\x81\x00\x00\x00\x00a",  # with a reserved bit
    b"\x81\x81\x00\x00\x00\x00\xff",  # no UTF-8
    b"\x81\x83\x00\x00\x00\x00\xed\xa0\x80",  # half of a surrogate pair
    b"\x01\x81\x00\x00\x00\x00a",  # not the last one
])
def test_text_that_is_invalid_or_incomplete_is_left_to_others(frame):
    assert list(FrameReader(MAX_BYTES).feed(frame)) == [frame]


@pytest.mark.parametrize("header", [
    b"\x81\xff" + (MAX_BYTES + 1).to_bytes(8), b"\x82\xff" + (2**63).to_bytes(8),
])
def test_frame_that_is_too_large_is_refused_by_its_header(header):
    reader = FrameReader(MAX_BYTES)
    assert list(reader.feed(header[:-1])) == []
    with pytest.raises(FrameTooLarge):
        list(reader.feed(header[-1:]))


def test_frames_before_one_that_is_too_large_are_read(client):
    frames = FrameReader(MAX_BYTES).feed(
        client.send(TextMessage("a")) + b"\x81\xff" + (MAX_BYTES + 1).to_bytes(8)
    )
    assert next(frames) == "a"
    with pytest.raises(FrameTooLarge):
        next(frames)
