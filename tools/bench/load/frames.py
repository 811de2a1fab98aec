"""WebSocket frames of a client, as bytes."""

from collections.abc import Iterator

MASKING_KEY = b"\0\0\0\0"  # a client must mask its frames; this key leaves them as they are
TEXT, CLOSE, PING = 1, 8, 9  # opcodes
PONG = b"\x8a\x80" + MASKING_KEY
MAX_SHORT, TWO_BYTES, EIGHT_BYTES = 125, 126, 127  # kinds of lengths


def text_frame(data: bytes) -> bytes:
    """Return a whole frame that carries this text."""
    size = len(data)
    if size <= MAX_SHORT:
        return b"\x81" + bytes((0x80 | size,)) + MASKING_KEY + data
    if size < 1 << 16:
        return b"\x81\xfe" + size.to_bytes(2, "big") + MASKING_KEY + data
    return b"\x81\xff" + size.to_bytes(8, "big") + MASKING_KEY + data


class FrameReader:
    """Cuts what a server sends into frames."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, received: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield opcode and payload of each frame that is whole now; keep the rest."""
        buffer, at = self._buffer + received if self._buffer else received, 0
        end = len(buffer)
        while end >= at + 2:
            size, begin = buffer[at + 1], at + 2
            if size == TWO_BYTES:
                size, begin = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
            elif size == EIGHT_BYTES:
                size, begin = int.from_bytes(buffer[at + 2 : at + 10], "big"), at + 10
            if begin > end or end < begin + size:
                break
            yield buffer[at] & 15, buffer[begin : begin + size]
            at = begin + size
        self._buffer = buffer[at:]
