"""Our frames are those of py-amqp, byte for byte."""

from types import SimpleNamespace

import pytest
from amqp.basic_message import Message
from amqp.method_framing import frame_writer
from amqp.serialization import dumps
from hypothesis import given
from hypothesis import strategies as st

from extensions.amqp import frames

FRAME_MAX = 131_072
keys = st.text("abcdefghij.-_#\u00e9", max_size=60)
bodies = st.one_of(st.binary(max_size=300), st.integers(0, 3 * FRAME_MAX).map(bytes))


def written_by_amqp(exchange, routing_key, body, **properties):
    """Return what py-amqp writes for the same message."""
    out = bytearray()
    connection = SimpleNamespace(frame_max=FRAME_MAX, bytes_sent=0)
    write = frame_writer(connection, SimpleNamespace(write=lambda data: out.extend(bytes(data))))
    arguments = dumps("Bssbb", (0, exchange, routing_key, False, False))
    message = Message(
        body, content_type="application/json", content_encoding="utf-8", **properties
    )
    write(1, 1, (60, 40), arguments, message)
    return bytes(out)


@given(keys, keys, bodies, st.booleans())
def test_a_plain_message_is_written_as_amqp_does(exchange, routing_key, body, persistent):
    properties = frames.encode_properties((), persistent)
    ours = frames.encode_publish(1, exchange, routing_key, properties, body, FRAME_MAX)
    assert ours == written_by_amqp(exchange, routing_key, body, delivery_mode=1 + persistent)


@given(st.lists(keys, min_size=1, max_size=5), st.booleans())
def test_further_routing_keys_are_written_as_amqp_does(cc, persistent):
    properties = frames.encode_properties(tuple(cc), persistent)
    ours = frames.encode_publish(1, "an.exchange", "a.key", properties, b"{}", FRAME_MAX)
    assert ours == written_by_amqp(
        "an.exchange", "a.key", b"{}", application_headers={"CC": cc}, delivery_mode=1 + persistent
    )


def test_too_long_a_routing_key_is_refused_by_its_beginning():
    properties = frames.encode_properties((), False)
    with pytest.raises(ValueError, match="xxxx.* is longer than the 255 bytes"):
        frames.encode_publish(1, "an.exchange", "x" * 256, properties, b"{}", FRAME_MAX)
