"""Encodes published messages as AMQP 0-9-1 frames, and assembles deliveries from frames. No I/O.

py-amqp does the same at several times the cost, which every move would pay for. It still does all
that is not on a move's path: connecting, declaring, binding, closing.

Specification: https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, sections 2.3.5 and 4.2.
"""

from collections.abc import Sequence
from struct import pack, unpack_from
from typing import Any, NamedTuple

from amqp.serialization import dumps, loads

METHOD, HEADER, BODY = 1, 2, 3  # types of frames
FRAME_END = 0xCE
FRAME_OVERHEAD_BYTES = 8
BASIC_PUBLISH = b"\x00\x3c\x00\x28\x00\x00"  # class 60, method 40, the reserved short
BASIC_DELIVER = b"\x00\x3c\x00\x3c"
BASIC_ACK_METHOD = b"\x00\x3c\x00\x50"
BASIC_CLASS, BASIC_ACK, BASIC_REJECT = 60, 80, 90

# The flags of the properties that are used, in the order in which their values follow.
CONTENT_TYPE, CONTENT_ENCODING, HEADERS, DELIVERY_MODE = 1 << 15, 1 << 14, 1 << 13, 1 << 12
PRIORITY, CORRELATION_ID, REPLY_TO, EXPIRATION = 1 << 11, 1 << 10, 1 << 9, 1 << 8
JSON_UTF8 = b"\x10application/json\x05utf-8"
TRANSIENT, PERSISTENT = b"\x01", b"\x02"

_FLAGS = CONTENT_TYPE | CONTENT_ENCODING | DELIVERY_MODE


class Delivery(NamedTuple):
    """A message as it was delivered to a consumer; `properties` are as encoded."""

    channel: int
    consumer_tag: str
    delivery_tag: int
    routing_key: str
    properties: bytes
    body: bytes


def encode_properties(cc: Sequence[str] = (), persistent: bool = False) -> bytes:
    """Return the properties of a JSON message; `cc` are further routing keys, its header `CC`."""
    mode = PERSISTENT if persistent else TRANSIENT
    if not cc:
        return pack(">H", _FLAGS) + JSON_UTF8 + mode
    return pack(">H", _FLAGS | HEADERS) + JSON_UTF8 + _table({"CC": list(cc)}) + mode


def encode_request_properties(
    headers: dict[str, Any], correlation_id: str, reply_to: str, expiration_ms: int
) -> bytes:
    """Return the properties of a transient JSON message that is to be answered."""
    flags = _FLAGS | HEADERS | CORRELATION_ID | REPLY_TO | EXPIRATION
    return b"".join((
        pack(">H", flags), JSON_UTF8, _table(headers), TRANSIENT,
        _short_string(correlation_id), _short_string(reply_to), _short_string(str(expiration_ms)),
    ))


def encode_reply_properties(correlation_id: str) -> bytes:
    """Return the properties of the transient JSON message that answers a request."""
    return (
        pack(">H", _FLAGS | CORRELATION_ID) + JSON_UTF8 + TRANSIENT + _short_string(correlation_id)
    )


def encode_publish(
    channel: int, exchange: str, routing_key: str, properties: bytes, body: bytes, frame_max: int,
    mandatory: bool = False,
) -> bytes:
    """Return the frames of `basic.publish`, its header and its body.

    `frame_max` is what the connection has agreed on, in bytes. Raises ValueError where the exchange
    or the routing key is longer than 255 bytes.
    """
    method = b"".join((
        BASIC_PUBLISH, _short_string(exchange), _short_string(routing_key),
        b"\x01" if mandatory else b"\x00",
    ))
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


def encode_ack(channel: int, delivery_tag: int) -> bytes:
    """Return the frame of `basic.ack` for one message."""
    return pack(
        ">BHIHHQBB", METHOD, channel, 13, BASIC_CLASS, BASIC_ACK, delivery_tag, 0, FRAME_END
    )


def read_ack(payload: bytes) -> tuple[int, bool]:
    """Return the delivery tag of `basic.ack`, and whether it stands for all before it as well."""
    tag, flags = unpack_from(">QB", payload, 4)
    return tag, bool(flags & 1)


def encode_requeue(channel: int, delivery_tag: int) -> bytes:
    """Return the frame of `basic.reject` that gives one message back to its queue."""
    return pack(
        ">BHIHHQBB", METHOD, channel, 13, BASIC_CLASS, BASIC_REJECT, delivery_tag, 1, FRAME_END
    )


def split(buffer: bytes) -> tuple[list[tuple[int, int, bytes]], int]:
    """Return the whole frames at the beginning of a buffer, and their length together.

    Each frame is (type, channel, payload). Raises ValueError where a frame does not end as it must.
    """
    frames: list[tuple[int, int, bytes]] = []
    position, available = 0, len(buffer)
    while position + FRAME_OVERHEAD_BYTES <= available:
        kind, channel, size = unpack_from(">BHI", buffer, position)
        begin = position + 7
        end = begin + size
        if end >= available:
            break
        if buffer[end] != FRAME_END:
            raise ValueError(f"a frame ends with {buffer[end]:#x}, not with {FRAME_END:#x}")
        frames.append((kind, channel, buffer[begin:end]))
        position = end + 1
    return frames, position


class DeliveryAssembler:
    """Puts the deliveries of one channel together from their frames."""

    def __init__(self, channel: int) -> None:
        self._channel = channel
        self._method = b""
        self._properties = b""
        self._missing = 0
        self._body: list[bytes] = []

    def expects(self, kind: int, payload: bytes) -> bool:
        """Return whether a frame begins a delivery, or belongs to the one that has begun."""
        return bool(self._method) or (kind == METHOD and payload.startswith(BASIC_DELIVER))

    def take(self, kind: int, payload: bytes) -> Delivery | None:
        """Take the next frame of a delivery; return the delivery once it is whole.

        Raises ValueError for a frame that does not follow.
        """
        if kind == METHOD and not self._method:
            self._method = payload
            return None
        if kind == HEADER and not self._missing:
            (self._missing,) = unpack_from(">Q", payload, 4)
            self._properties = payload[12:]
        elif kind == BODY and self._missing:
            self._missing -= len(payload)
            self._body.append(payload)
        else:
            raise ValueError(f"a frame of type {kind} does not follow here")
        return None if self._missing else self._finish()

    def _finish(self) -> Delivery:
        method, self._method = self._method, b""
        body, self._body = self._body, []
        tag_end = 5 + method[4]
        exchange_at = tag_end + 9
        key_at = exchange_at + 1 + method[exchange_at]
        (delivery_tag,) = unpack_from(">Q", method, tag_end)
        return Delivery(
            self._channel, method[5:tag_end].decode(), delivery_tag,
            method[key_at + 1 : key_at + 1 + method[key_at]].decode(), self._properties,
            body[0] if len(body) == 1 else b"".join(body),
        )


def read_properties(properties: bytes) -> dict[str, Any]:
    """Return the properties of a message by their names, up to `reply_to`."""
    (flags,) = unpack_from(">H", properties)
    found: dict[str, Any] = {}
    position = 2
    for flag, name in (
        (CONTENT_TYPE, "content_type"), (CONTENT_ENCODING, "content_encoding"),
        (HEADERS, "headers"), (DELIVERY_MODE, "delivery_mode"), (PRIORITY, "priority"),
        (CORRELATION_ID, "correlation_id"), (REPLY_TO, "reply_to"),
    ):
        if not flags & flag:
            continue
        if name == "headers":
            (size,) = unpack_from(">I", properties, position)
            (found[name],), _ = loads("F", properties, position)
            position += 4 + size
        elif name in ("delivery_mode", "priority"):
            found[name] = properties[position]
            position += 1
        else:
            end = position + 1 + properties[position]
            found[name] = properties[position + 1 : end].decode()
            position = end
    return found


def _table(headers: dict[str, Any]) -> bytes:
    """Return a table of headers, which are texts or lists of texts, or else py-amqp's work."""
    parts: list[bytes] = []
    for name, value in headers.items():
        if isinstance(value, str):
            encoded = _long_string(value)
        elif isinstance(value, list) and all(isinstance(each, str) for each in value):
            items = b"".join(map(_long_string, value))
            encoded = b"A" + pack(">I", len(items)) + items
        else:
            table: bytes = dumps("F", (headers,))
            return table
        parts += (_short_string(name), encoded)
    joined = b"".join(parts)
    return pack(">I", len(joined)) + joined


def _long_string(text: str) -> bytes:
    data = text.encode()
    return b"S" + pack(">I", len(data)) + data


def _short_string(text: str) -> bytes:
    data = text.encode()
    if len(data) > 255:
        raise ValueError(f"{text[:40]!a}... is longer than the 255 bytes that AMQP allows")
    return bytes((len(data),)) + data
