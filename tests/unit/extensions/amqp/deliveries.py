"""Deliveries, as a broker sends them."""

from amqp.serialization import dumps

from extensions.amqp import frames

FRAME_MAX = 131_072


def delivered(tag, key, body, properties=None, channel=1, consumer="tag"):
    """Return the frames of a delivery as (type, channel, payload)."""
    arguments = dumps("sLbss", (consumer, tag, False, "an.exchange", key))
    method = frames.BASIC_DELIVER + arguments
    properties = frames.encode_properties() if properties is None else properties
    published = frames.encode_publish(channel, "", "", properties, body, FRAME_MAX)
    (_, *content), _ = frames.split(published)
    return [(frames.METHOD, channel, method), *content]


def as_bytes(sent):
    """Return frames as they are sent."""
    return b"".join(
        bytes((kind,)) + channel.to_bytes(2, "big") + len(payload).to_bytes(4, "big") + payload
        + b"\xce"
        for kind, channel, payload in sent
    )
