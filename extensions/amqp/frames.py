"""Encodes published messages as AMQP 0-9-1 frames. No I/O.

py-amqp writes the same bytes at several times the cost, which every move would pay for. It still
does all that is not on a move's path.

Specification: https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, sections 2.3.5 and 4.2.
"""

from struct import pack

METHOD, HEADER, BODY = 1, 2, 3  # types of frames
FRAME_END = 0xCE
FRAME_OVERHEAD_BYTES = 8
BASIC_PUBLISH = b"\x00\x3c\x00\x28\x00\x00"  # class 60, method 40, the reserved short
BASIC_CLASS = 60

# The flags of the properties that are used, in the order in which their values follow.
CONTENT_TYPE, CONTENT_ENCODING, HEADERS, DELIVERY_MODE = 1 << 15, 1 << 14, 1 << 13, 1 << 12
JSON_UTF8 = b"\x10application/json\x05utf-8"
TRANSIENT, PERSISTENT = b"\x01", b"\x02"

_FLAGS = pack(">H", CONTENT_TYPE | CONTENT_ENCODING | DELIVERY_MODE)
_FLAGS_WITH_HEADERS = pack(">H", CONTENT_TYPE | CONTENT_ENCODING | HEADERS | DELIVERY_MODE)


def encode_properties(cc: tuple[str, ...], persistent: bool) -> bytes:
    """Return the properties of a JSON message; `cc` are further routing keys, its header `CC`."""
    mode = PERSISTENT if persistent else TRANSIENT
    if not cc:
        return _FLAGS + JSON_UTF8 + mode
    keys = [key.encode() for key in cc]
    items = b"".join(b"S" + pack(">I", len(key)) + key for key in keys)
    table = b"\x02CCA" + pack(">I", len(items)) + items
    return _FLAGS_WITH_HEADERS + JSON_UTF8 + pack(">I", len(table)) + table + mode


def encode_publish(
    channel: int, exchange: str, routing_key: str, properties: bytes, body: bytes, frame_max: int
) -> bytes:
    """Return the frames of `basic.publish`, its header and its body.

    `frame_max` is what the connection has agreed on, in bytes. Raises ValueError where the exchange
    or the routing key is longer than 255 bytes.
    """
    method = b"".join((BASIC_PUBLISH, _short_string(exchange), _short_string(routing_key), b"\x00"))
    header = pack(">HHQ", BASIC_CLASS, 0, len(body)) + properties
    parts = [
        pack(">BHI", METHOD, channel, len(method)), method,
        pack(">BBHI", FRAME_END, HEADER, channel, len(header)), header, b"\xce",
    ]
    room = frame_max - FRAME_OVERHEAD_BYTES
    for begin in range(0, len(body), room):
        piece = body[begin : begin + room]
        parts += (pack(">BHI", BODY, channel, len(piece)), piece, b"\xce")
    return b"".join(parts)


def _short_string(text: str) -> bytes:
    data = text.encode()
    if len(data) > 255:
        raise ValueError(f"{text[:40]!a}... is longer than the 255 bytes that AMQP allows")
    return bytes((len(data),)) + data
