"""Our frames are those of py-amqp, byte for byte, and what is delivered is read as py-amqp does."""

from types import SimpleNamespace

import pytest
from amqp.basic_message import Message
from amqp.method_framing import frame_handler, frame_writer
from amqp.serialization import dumps
from hypothesis import given
from hypothesis import strategies as st

from extensions.amqp import frames

FRAME_MAX = 131_072
keys = st.text("abcdefghij.-_#é", max_size=60)
bodies = st.one_of(st.binary(max_size=300), st.integers(0, 3 * FRAME_MAX).map(bytes))


def written_by_amqp(exchange, routing_key, body, mandatory=False, **properties):
    """What py-amqp writes for the same message."""
    out = bytearray()
    connection = SimpleNamespace(frame_max=FRAME_MAX, bytes_sent=0)
    write = frame_writer(connection, SimpleNamespace(write=lambda data: out.extend(bytes(data))))
    arguments = dumps("Bssbb", (0, exchange, routing_key, mandatory, False))
    if "headers" in properties:
        properties["application_headers"] = properties.pop("headers")
    message = Message(
        body, content_type="application/json", content_encoding="utf-8", **properties
    )
    write(1, 1, (60, 40), arguments, message)
    return bytes(out)


@given(keys, keys, bodies, st.booleans())
def test_a_plain_message_is_written_as_amqp_does(exchange, routing_key, body, mandatory):
    ours = frames.encode_publish(
        1, exchange, routing_key, frames.PLAIN, body, FRAME_MAX, mandatory
    )
    assert ours == written_by_amqp(exchange, routing_key, body, mandatory, delivery_mode=1)


@given(st.lists(keys, max_size=5), st.booleans())
def test_copies_are_written_as_amqp_does(copies, persistent):
    properties = frames.encode_copies(tuple(copies), persistent)
    assert properties == frames.encode_properties({"CC": copies}, persistent)
    ours = frames.encode_publish(1, "an.exchange", "a.key", properties, b"{}", FRAME_MAX)
    assert ours == written_by_amqp(
        "an.exchange", "a.key", b"{}", headers={"CC": copies}, delivery_mode=1 + persistent
    )


@given(st.dictionaries(st.sampled_from("abc"), st.text(max_size=9)), keys, keys, st.integers(0))
def test_properties_are_written_as_amqp_does(headers, correlation_id, reply_to, expiration):
    properties = frames.encode_properties(headers, False, correlation_id, reply_to, expiration)
    ours = frames.encode_publish(1, "nameko-rpc", "rooms.join", properties, b"{}", FRAME_MAX)
    assert ours == written_by_amqp(
        "nameko-rpc", "rooms.join", b"{}", headers=headers, delivery_mode=1,
        correlation_id=correlation_id, reply_to=reply_to, expiration=str(expiration),
    )
    read = frames.read_properties(properties)
    assert read == {
        "content_type": "application/json", "content_encoding": "utf-8", "headers": headers,
        "delivery_mode": 1, "correlation_id": correlation_id, "reply_to": reply_to,
        "expiration": str(expiration),
    }


def test_too_long_a_routing_key_is_refused_by_its_beginning():
    with pytest.raises(ValueError, match="xxxx.* is longer than the 255 bytes"):
        frames.encode_publish(1, "an.exchange", "x" * 256, frames.PLAIN, b"{}", FRAME_MAX)


def delivered(tag, key, body, correlation_id=None):
    """The frames of a delivery, as a broker sends them."""
    arguments = dumps("sLbss", ("tag", tag, False, "an.exchange", key))
    method = frames.BASIC_DELIVER + arguments
    properties = frames.encode_properties(correlation_id=correlation_id)
    published = frames.encode_publish(1, "", "", properties, body, FRAME_MAX)
    (_, *content), _ = frames.split(published, 100)
    return [(frames.METHOD, 1, method), *content]


def as_bytes(sent):
    return b"".join(
        bytes((kind,)) + channel.to_bytes(2, "big") + len(payload).to_bytes(4, "big") + payload
        + b"\xce"
        for kind, channel, payload in sent
    )


@given(st.integers(1, 2**60), keys, bodies, st.integers(1, 4000))
def test_a_delivery_is_read_however_it_is_cut(tag, key, body, size):
    stream, buffer, found = as_bytes(delivered(tag, key, body, "an id")), b"", []
    assembler = frames.DeliveryAssembler()
    size = max(size, len(stream) // 50)
    for begin in range(0, len(stream), size):
        buffer += stream[begin : begin + size]
        whole, length = frames.split(buffer, 10)
        buffer = buffer[length:]
        found += [assembler.take(kind, payload) for kind, _, payload in whole]
    [delivery] = [each for each in found if each]
    assert not buffer and not assembler.is_begun()
    assert (delivery.delivery_tag, delivery.routing_key) == (tag, key)
    assert (delivery.body, delivery.exchange) == (body, "an.exchange")
    assert delivery.correlation_id == "an id"


@given(st.integers(1, 2**60), keys, st.binary(min_size=1, max_size=99))
def test_amqp_reads_the_same_delivery(tag, key, body):
    read = []
    handle = frame_handler(
        SimpleNamespace(bytes_recv=0), lambda *arguments: read.append(arguments[3])
    )
    assembler = frames.DeliveryAssembler()
    for kind, channel, payload in delivered(tag, key, body):
        handle((kind, channel, payload))
        ours = assembler.take(kind, payload)
    assert ours.body == bytes(read[0].body) == body


def test_a_frame_that_does_not_follow_is_refused():
    assembler = frames.DeliveryAssembler()
    with pytest.raises(ValueError, match="type 3 does not follow"):
        assembler.take(frames.BODY, b"{}")


def test_a_frame_that_does_not_end_is_refused():
    with pytest.raises(ValueError, match="ends with 0x0"):
        frames.split(b"\x01\x00\x01\x00\x00\x00\x01x\x00", 1)


def test_no_more_frames_are_split_off_than_asked_for():
    stream = as_bytes(delivered(1, "a.key", b"{}")) * 2
    first, length = frames.split(stream, 4)
    rest, _ = frames.split(stream[length:], 4)
    assert (len(first), len(rest)) == (4, 2)


@given(st.integers(0, 2**63 - 1), st.booleans())
def test_an_ack_is_written_as_amqp_does(tag, multiple):
    out = bytearray()
    connection = SimpleNamespace(frame_max=FRAME_MAX, bytes_sent=0)
    write = frame_writer(connection, SimpleNamespace(write=lambda data: out.extend(bytes(data))))
    write(1, 1, (60, 80), dumps("Lb", (tag, multiple)), None)
    assert frames.encode_ack(1, tag, multiple) == bytes(out)
