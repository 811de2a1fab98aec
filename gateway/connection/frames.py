"""Frames of a WebSocket, as RFC 6455 has them in section 5.2: written, and told apart. No I/O."""

import struct
from collections.abc import Iterator

MAX_HEADER_BYTES = 14
PING = b"\x89\x00"  # as a server sends it

_FINAL_TEXT, _FINAL_PING, _FINAL_PONG = 0x81, 0x89, 0x8A
_MASKED = 0x80
_MAX_CONTROL_PAYLOAD_BYTES = 125
_LENGTH = 0x7F
_MASK_BYTES = 4


class FrameTooLarge(Exception):
    """A frame is announced that is larger than any may be."""


def text_frame(payload: bytes) -> bytes:
    """Return the frame by which a server sends a text message, given in UTF-8."""
    length = len(payload)
    if length < 126:
        return b"%c%c%b" % (_FINAL_TEXT, length, payload)
    if length < 1 << 16:
        return struct.pack("!BBH", _FINAL_TEXT, 126, length) + payload
    return struct.pack("!BBQ", _FINAL_TEXT, 127, length) + payload


def is_ping(frame: bytes) -> bool:
    """Tell whether a whole frame is a valid ping of a client."""
    return _is_control(frame, _FINAL_PING)


def is_pong(frame: bytes) -> bool:
    """Tell whether a whole frame is a valid pong of a client."""
    return _is_control(frame, _FINAL_PONG)


def pong_frame(ping: bytes) -> bytes:
    """Return the frame by which a server answers a valid ping of a client."""
    payload = _unmasked(ping[2 + _MASK_BYTES :], ping[2 : 2 + _MASK_BYTES])
    return b"%c%c%b" % (_FINAL_PONG, len(payload), payload)


class FrameReader:
    """Tells apart the frames in what a client sends, whatever pieces it arrives in."""

    __slots__ = ("_max_payload_bytes", "_rest", "_needed")

    def __init__(self, max_payload_bytes: int) -> None:
        self._max_payload_bytes = max_payload_bytes
        self._rest = bytearray()
        self._needed = 0  # bytes for the next frame, as far as it is known

    def feed(self, data: bytes) -> Iterator[str | bytes]:
        """Take bytes, and yield the frames that are whole with them.

        A text message in one frame is given as its text; every other frame, invalid ones too, as
        the bytes that it is made of. Raises FrameTooLarge.
        """
        if self._rest:
            self._rest += data
            if len(self._rest) < self._needed:
                return
            data = bytes(self._rest)
            self._rest.clear()
        position = 0
        while position < len(data):
            payload, end = self._bounds(data, position)
            if end > len(data):
                self._rest += data[position:]
                self._needed = end - position
                return
            yield _decoded(data, position, payload, end)
            position = end

    def _bounds(self, data: bytes, start: int) -> tuple[int, int]:
        """Return where payload and frame begin and end; beyond the data where it is not whole."""
        if len(data) - start < 2:
            return start, start + 2
        length, payload = data[start + 1] & _LENGTH, start + 2
        if length > 125:
            size = 2 if length == 126 else 8
            payload += size
            if len(data) < payload:
                return start, payload
            length = int.from_bytes(data[payload - size : payload])
        if length > self._max_payload_bytes:
            raise FrameTooLarge
        if data[start + 1] & _MASKED:
            payload += _MASK_BYTES
        return payload, payload + length


def _is_control(frame: bytes, kind: int) -> bool:
    return frame[0] == kind and _MASKED <= frame[1] <= _MASKED + _MAX_CONTROL_PAYLOAD_BYTES


def _decoded(data: bytes, start: int, payload: int, end: int) -> str | bytes:
    if data[start] == _FINAL_TEXT and data[start + 1] & _MASKED:
        try:
            return _unmasked(data[payload:end], data[payload - _MASK_BYTES : payload]).decode()
        except UnicodeDecodeError:
            pass  # whoever is given the frame refuses it
    return data[start:end]


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    length = len(payload)
    repeated = (mask * (length // _MASK_BYTES + 1))[:length]
    # As one number each: much faster than byte by byte.
    number = int.from_bytes(payload, "little") ^ int.from_bytes(repeated, "little")
    return number.to_bytes(length, "little")
