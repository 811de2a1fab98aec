"""Our frames are those of py-amqp, byte for byte, and what it writes is read as it reads it."""

from types import SimpleNamespace

import pytest
from amqp.basic_message import Message
from amqp.method_framing import frame_handler, frame_writer
from amqp.serialization import dumps
from hypothesis import given
from hypothesis import strategies as st

from extensions.amqp import frames
from tests.unit.extensions.amqp.deliveries import FRAME_MAX, as_bytes, delivered

keys = st.text("abcdefghij.-_#\u00e9", max_size=60)
bodies = st.one_of(st.binary(max_size=300), st.integers(0, 3 * FRAME_MAX).map(bytes))
header_values = keys | st.lists(keys, max_size=3) | st.integers(0, 9)


def written_by_amqp(method, arguments, message=None):
    """Return what py-amqp writes for the same method of class `basic`."""
    out = bytearray()
    connection = SimpleNamespace(frame_max=FRAME_MAX, bytes_sent=0)
    write = frame_writer(connection, SimpleNamespace(write=lambda data: out.extend(bytes(data))))
    write(1, 1, (60, method), arguments, message)
    return bytes(out)


def published_by_amqp(exchange, routing_key, body, mandatory=False, **properties):
    message = Message(
        body, content_type="application/json", content_encoding="utf-8", **properties
    )
    arguments = dumps("Bssbb", (0, exchange, routing_key, mandatory, False))
    return written_by_amqp(40, arguments, message)


@given(keys, keys, bodies, st.booleans())
def test_a_plain_message_is_written_as_amqp_does(exchange, routing_key, body, persistent):
    properties = frames.encode_properties((), persistent)
    ours = frames.encode_publish(1, exchange, routing_key, properties, body, FRAME_MAX)
    assert ours == published_by_amqp(exchange, routing_key, body, delivery_mode=1 + persistent)


@given(st.lists(keys, min_size=1, max_size=5), st.booleans())
def test_further_routing_keys_are_written_as_amqp_does(cc, persistent):
    properties = frames.encode_properties(tuple(cc), persistent)
    ours = frames.encode_publish(1, "an.exchange", "a.key", properties, b"{}", FRAME_MAX)
    assert ours == published_by_amqp(
        "an.exchange", "a.key", b"{}", application_headers={"CC": cc}, delivery_mode=1 + persistent
    )


@given(st.dictionaries(keys, header_values, max_size=3), keys, st.integers(1, 10**6))
def test_a_request_and_its_reply_are_written_as_amqp_does(headers, call_id, expiration):
    properties = frames.encode_request_properties(headers, call_id, "me", expiration)
    ours = frames.encode_publish(1, "rpc", "a.key", properties, b"{}", FRAME_MAX, mandatory=True)
    assert ours == published_by_amqp(
        "rpc", "a.key", b"{}", mandatory=True, application_headers=headers, delivery_mode=1,
        correlation_id=call_id, reply_to="me", expiration=str(expiration),
    )
    properties = frames.encode_reply_properties(call_id)
    ours = frames.encode_publish(1, "rpc", "me", properties, b"{}", FRAME_MAX)
    assert ours == published_by_amqp("rpc", "me", b"{}", delivery_mode=1, correlation_id=call_id)


@given(st.integers(0, 2**63 - 1))
def test_messages_are_settled_as_amqp_does(tag):
    assert frames.encode_ack(1, tag) == written_by_amqp(80, dumps("Lb", (tag, False)))
    assert frames.encode_requeue(1, tag) == written_by_amqp(90, dumps("Lb", (tag, True)))


def test_too_long_a_routing_key_is_refused_by_its_beginning():
    properties = frames.encode_properties((), False)
    with pytest.raises(ValueError, match="xxxx.* is longer than the 255 bytes"):
        frames.encode_publish(1, "an.exchange", "x" * 256, properties, b"{}", FRAME_MAX)


@given(st.dictionaries(keys, header_values, max_size=3), keys, keys)
def test_properties_are_read_as_they_were_written(headers, call_id, reply_to):
    properties = frames.encode_request_properties(headers, call_id, reply_to, 10)
    assert frames.read_properties(properties) == {
        "content_type": "application/json", "content_encoding": "utf-8", "headers": headers,
        "delivery_mode": 1, "correlation_id": call_id, "reply_to": reply_to,
    }


@given(st.integers(1, 2**60), keys, bodies, st.integers(1, 4000))
def test_a_delivery_is_read_however_it_is_cut(tag, key, body, size):
    stream, buffer, found = as_bytes(delivered(tag, key, body)), b"", []
    assembler = frames.DeliveryAssembler(1)
    size = max(size, len(stream) // 50)
    for begin in range(0, len(stream), size):
        whole, length = frames.split(buffer := buffer + stream[begin : begin + size])
        buffer = buffer[length:]
        found += [assembler.take(kind, payload) for kind, _, payload in whole]
    [delivery] = [each for each in found if each]
    assert not buffer
    assert (delivery.delivery_tag, delivery.routing_key, delivery.body) == (tag, key, body)
    assert (delivery.channel, delivery.consumer_tag) == (1, "tag")


@given(st.integers(1, 2**60), keys, st.binary(min_size=1, max_size=99))
def test_amqp_reads_the_same_delivery(tag, key, body):
    read = []
    handle = frame_handler(
        SimpleNamespace(bytes_recv=0), lambda *arguments: read.append(arguments[3])
    )
    assembler = frames.DeliveryAssembler(1)
    for kind, channel, payload in delivered(tag, key, body):
        handle((kind, channel, payload))
        ours = assembler.take(kind, payload)
    assert ours.body == bytes(read[0].body) == body


def test_frames_of_other_methods_are_not_expected():
    assembler = frames.DeliveryAssembler(1)
    assert not assembler.expects(frames.METHOD, b"\x00\x3c\x00\x50")
    assert not assembler.expects(frames.HEADER, b"")


def test_a_frame_that_does_not_follow_is_refused():
    assembler = frames.DeliveryAssembler(1)
    with pytest.raises(ValueError, match="type 3 does not follow"):
        assembler.take(frames.BODY, b"{}")


def test_a_frame_that_does_not_end_is_refused():
    with pytest.raises(ValueError, match="ends with 0x0"):
        frames.split(b"\x01\x00\x01\x00\x00\x00\x01x\x00")
