"""JSON as it crosses the broker and is stored, by a compiled codec.

What the codec does not read or write as the standard library does (halves of surrogate pairs, which
a client may send within a move) goes the standard library's way.
"""

import json
import re
from typing import Any

import msgspec

# What is stored is sent too, in an event or a reply, and the broker takes 16 MiB at once.
MAX_STORED_BYTES = 4 * 1024 * 1024

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode
# NaN and the infinities as they are packed: a sign, and an exponent of ones. What else looks like
# one is looked at more closely.
_pack = msgspec.msgpack.Encoder().encode
_has_infinite = re.compile(rb"\xcb[\x7f\xff][\xf0-\xff]").search


class ValueTooLarge(ValueError):
    """A value is too large as JSON to be stored."""


def encode(value: Any) -> bytes:
    """Return a value as compact JSON in UTF-8. NaN and the infinities become null.

    Raises TypeError for what is no JSON value.
    """
    try:
        return _encode(value)
    except UnicodeEncodeError:
        finite = json.loads(json.dumps(value), parse_constant=lambda name: None)
        return json.dumps(finite, separators=(",", ":")).encode()


def encode_strict(value: Any) -> bytes:
    """Return a value as `encode` does; raise ValueError where NaN or an infinity is in it.

    It is for what comes from outside, as a game's state does.
    """
    text = encode(value)
    if b"null" in text and _may_be_infinite(value):  # each of these numbers has become one
        json.dumps(value, allow_nan=False)
    return text


def encode_stored(value: Any) -> bytes:
    """Return a value as `encode_strict` does; raise ValueTooLarge for more than MAX_STORED_BYTES.
    """
    text = encode_strict(value)
    if len(text) > MAX_STORED_BYTES:
        raise ValueTooLarge(f"A value has {len(text)} bytes as JSON, of {MAX_STORED_BYTES} at most")
    return text


def decode(text: bytes | str) -> Any:
    """Return the value that a text stands for; raise ValueError for what is no JSON."""
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeError):
        return json.loads(text, parse_constant=_refuse)


def _may_be_infinite(value: Any) -> bool:
    try:
        return _has_infinite(_pack(value)) is not None
    except (OverflowError, UnicodeEncodeError):  # of what JSON has and this format has not
        return True


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
