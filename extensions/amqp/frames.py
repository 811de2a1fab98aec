"""Encodes published messages as AMQP 0-9-1 frames, and assembles deliveries from frames. No I/O.

py-amqp does the same at several times the cost, which every move would pay for. It still does all
that is not on a move's path: connecting, declaring, binding, closing.

Specification: https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, sections 2.3.5 and 4.2.
"""

from dataclasses import dataclass
from struct import pack, unpack_from
from typing import Any

from amqp.serialization import dumps, loads

METHOD, HEADER, BODY = 1, 2, 3  # types of frames
FRAME_END = 0xCE
FRAME_OVERHEAD_BYTES = 8
BASIC_PUBLISH = b"\x00\x3c\x00\x28\x00\x00"  # class 60, method 40, the reserved short
BASIC_DELIVER = b"\x00\x3c\x00\x3c"
BASIC_CLASS = 60

# Flags of the properties that are used here, in the order in which their values follow.
CONTENT_TYPE, CONTENT_ENCODING, HEADERS, DELIVERY_MODE = 1 << 15, 1 << 14, 1 << 13, 1 << 12
PRIORITY, CORRELATION_ID, REPLY_TO, EXPIRATION = 1 << 11, 1 << 10, 1 << 9, 1 << 8
JSON_UTF8 = b"\x10application/json\x05utf-8"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it was delivered to a consumer."""

    consumer_tag: str
    delivery_tag: int
    redelivered: bool
    exchange: str
    routing_key: str
    properties: bytes
    body: bytes

    @property
    def correlation_id(self) -> str | None:
        """Return the correlation id, if the message has one."""
        return read_properties(self.properties).get("correlation_id")


def encode_properties(
    headers: dict[str, Any] | None = None, persistent: bool = False,
    correlation_id: str | None = None, reply_to: str | None = None,
    expiration_ms: int | None = None,
) -> bytes:
    """Return the properties of a message whose body is JSON in UTF-8."""
    flags = CONTENT_TYPE | CONTENT_ENCODING | DELIVERY_MODE
    parts = [JSON_UTF8]
    if headers is not None:
        flags |= HEADERS
        parts.append(dumps("F", (headers,)))
    parts.append(b"\x02" if persistent else b"\x01")
    if correlation_id is not None:
        flags |= CORRELATION_ID
        parts.append(_short_string(correlation_id))
    if reply_to is not None:
        flags |= REPLY_TO
        parts.append(_short_string(reply_to))
    if expiration_ms is not None:
        flags |= EXPIRATION
        parts.append(_short_string(str(expiration_ms)))
    return pack(">H", flags) + b"".join(parts)


def encode_copies(routing_keys: tuple[str, ...], persistent: bool = False) -> bytes:
    """Return the properties of a message that is routed by further keys, its header `CC`.

    As `encode_properties({"CC": [...]})`, at a fraction of the cost.
    """
    keys = [key.encode() for key in routing_keys]
    items = b"".join(b"S" + pack(">I", len(key)) + key for key in keys)
    table = b"\x02CCA" + pack(">I", len(items)) + items
    flags = CONTENT_TYPE | CONTENT_ENCODING | HEADERS | DELIVERY_MODE
    mode = b"\x02" if persistent else b"\x01"
    return pack(">H", flags) + JSON_UTF8 + pack(">I", len(table)) + table + mode


PLAIN = encode_properties()  # transient, without headers
PLAIN_PERSISTENT = encode_properties(persistent=True)


def encode_publish(
    channel: int, exchange: str, routing_key: str, properties: bytes, body: bytes,
    frame_max: int, mandatory: bool = False,
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


def encode_ack(channel: int, delivery_tag: int, multiple: bool = False) -> bytes:
    """Return the frame of `basic.ack`."""
    return pack(
        ">BHIHHQBB", METHOD, channel, 13, BASIC_CLASS, 80, delivery_tag, multiple, FRAME_END
    )


def split(buffer: bytes, most: int) -> tuple[list[tuple[int, int, bytes]], int]:
    """Return the whole frames at the beginning of a buffer, at most so many, and their length.

    Each frame is (type, channel, payload). Raises ValueError where a frame does not end as it must.
    """
    frames: list[tuple[int, int, bytes]] = []
    position, available = 0, len(buffer)
    while position + FRAME_OVERHEAD_BYTES <= available and len(frames) < most:
        kind, channel, size = unpack_from(">BHI", buffer, position)
        begin = position + 7
        end = begin + size
        if end >= available:
            break
        if buffer[end] != FRAME_END:
            raise ValueError(f"a frame ends with {buffer[end]:#x}, not with {FRAME_END:#x}")
        frames.append((kind, channel, bytes(buffer[begin:end])))
        position = end + 1
    return frames, position


class DeliveryAssembler:
    """Puts the deliveries of one channel together from their frames."""

    def __init__(self) -> None:
        self._method: bytes | None = None
        self._properties = b""
        self._missing = 0
        self._body: list[bytes] = []

    def is_begun(self) -> bool:
        """Return whether a delivery is under way, so that the next frames are for it."""
        return self._method is not None

    def take(self, kind: int, payload: bytes) -> Delivery | None:
        """Take the next frame of a delivery; return the delivery once it is whole.

        Raises ValueError for a frame that does not follow.
        """
        if kind == METHOD and self._method is None and payload.startswith(BASIC_DELIVER):
            self._method = payload
            return None
        if kind == HEADER and self._method is not None:
            (self._missing,) = unpack_from(">Q", payload, 4)
            self._properties, self._body = payload[12:], []
        elif kind == BODY and self._missing:
            self._missing -= len(payload)
            self._body.append(payload)
        else:
            raise ValueError(f"a frame of type {kind} does not follow here")
        return None if self._missing else self._finish()

    def _finish(self) -> Delivery:
        method, self._method = self._method, None
        assert method is not None
        tag_end = 5 + method[4]
        exchange_at = tag_end + 9
        exchange_end = exchange_at + 1 + method[exchange_at]
        key_end = exchange_end + 1 + method[exchange_end]
        (delivery_tag,) = unpack_from(">Q", method, tag_end)
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        return Delivery(
            method[5:tag_end].decode(), delivery_tag, bool(method[tag_end + 8] & 1),
            method[exchange_at + 1 : exchange_end].decode(),
            method[exchange_end + 1 : key_end].decode(), self._properties, body,
        )


def read_properties(properties: bytes) -> dict[str, Any]:
    """Return the properties of a message by their names, up to `expiration`."""
    (flags,) = unpack_from(">H", properties)
    found: dict[str, Any] = {}
    position = 2
    for flag, name in (
        (CONTENT_TYPE, "content_type"), (CONTENT_ENCODING, "content_encoding"),
        (HEADERS, "headers"), (DELIVERY_MODE, "delivery_mode"), (PRIORITY, "priority"),
        (CORRELATION_ID, "correlation_id"), (REPLY_TO, "reply_to"), (EXPIRATION, "expiration"),
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


def _short_string(text: str) -> bytes:
    data = text.encode()
    if len(data) > 255:
        raise ValueError(f"{text[:40]!a}... is longer than the 255 bytes that AMQP allows")
    return bytes((len(data),)) + data
