"""Frames of a WebSocket as a client sends them, right and wrong ones."""

import random
import struct

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
NO_MASK = b"\0" * 4  # by which the payload stays as it is
CLOSE_PAYLOADS = (  # one that is right, and four that are not
    struct.pack("!H", 1000), b"\x03", b"\0\0", struct.pack("!H", 1005), b"\x03\xe8\xff",
)
INFO = b'{"jsonrpc": "2.0", "id": 1, "method": "server.info"}'
PAYLOADS = (b"", b"x", INFO, INFO[:20], INFO[20:], b"\xff\xfe", b"\xc3", b"\0" * 125, b"x" * 126)
LARGE = 64 * 1024 + 1


def frame(payload: bytes, first: int = 0x80 | TEXT, is_masked: bool = True) -> bytes:
    """Return a frame with this payload and this first byte; by default, a text."""
    masked, length = 0x80 * is_masked, len(payload)
    if length < 126:
        header = struct.pack("!BB", first, masked | length)
    elif length < 2**16:
        header = struct.pack("!BBH", first, masked | 126, length)
    else:
        header = struct.pack("!BBQ", first, masked | 127, length)
    return header + NO_MASK * is_masked + payload


GOODBYE = frame(CLOSE_PAYLOADS[0], 0x80 | CLOSE)


def wild_frames(rng: random.Random) -> bytes:
    """Return some frames drawn by lot, each of them whole, and a close frame."""
    frames = [_wild_frame(rng) for _ in range(rng.randrange(1, 40))]
    return b"".join(frames) + GOODBYE


def _wild_frame(rng: random.Random) -> bytes:
    kind = rng.random()
    if kind < 0.5:  # what any client sends
        first, payload = rng.choice(((TEXT, INFO), (PING, b"x"), (PONG, b"")))
        return frame(payload, 0x80 | first)
    if kind < 0.8:  # fragments, which fit together or do not
        return frame(rng.choice(PAYLOADS), rng.choice((TEXT, 0, 0, 0x80, 0x80 | PING)))
    if kind < 0.85:
        return frame(rng.choice(CLOSE_PAYLOADS), 0x80 | CLOSE)
    if kind < 0.87:
        return frame(b"x" * LARGE)
    first = rng.randrange(256)
    payloads = CLOSE_PAYLOADS if first % 16 == CLOSE else PAYLOADS
    return frame(rng.choice(payloads), first, rng.random() < 0.9)
