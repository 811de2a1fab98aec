"""Cursors of lists: where the next page of a list begins, as an opaque string.

A cursor carries a checksum of its position and of the list that it belongs to, so that one of
another list is told apart. Whoever has read this can forge one: it leads to a place in the list
that everybody may see, and a position of any other form is refused.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec

from extensions.errors import ServiceError

Row = TypeVar("Row")
Position = TypeVar("Position", bound=tuple[Any, ...])

# What a position is made of. Any database can compare a column with every value of these.
Name = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_-]*\Z")]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]

CHECKSUM_BYTES = 6


class UnknownCursor(ServiceError):
    """The `after` of a page is none that this list has given as `next`."""


def encode_cursor(list_name: str, position: list[Any]) -> str:
    """Return the opaque form of a position in a list."""
    text = json.dumps(position, separators=(",", ":")).encode()
    return _encode(_checksum(list_name, text) + text)


def decode_cursor(
    list_name: str, after: str | None, position_type: type[Position]
) -> Position | None:
    """Return the position that a cursor stands for, or None without one; raise UnknownCursor."""
    if after is None:
        return None
    try:
        data = base64.b64decode(after + "=" * (-len(after) % 4), altchars=b"-_", validate=True)
    except ValueError:
        data = b""
    checksum, text = data[:CHECKSUM_BYTES], data[CHECKSUM_BYTES:]
    # The same data can be spelt in several ways in base 64; only one of them was given.
    if not text or checksum != _checksum(list_name, text) or after != _encode(data):
        raise _unknown()
    try:
        position: Position = msgspec.json.decode(text, type=position_type)
    except msgspec.DecodeError:
        raise _unknown() from None
    return position


def paginate(
    list_name: str, rows: list[Row], limit: int, key: Callable[[Row], list[Any]]
) -> tuple[list[Row], str | None]:
    """Return the first `limit` of the rows, and the cursor of what follows.

    `key(row)` is the position of a row. The caller reads one row more than `limit`, which tells
    whether anything follows.
    """
    shown = rows[:limit]
    return shown, encode_cursor(list_name, key(shown[-1])) if len(rows) > limit else None


def _unknown() -> UnknownCursor:
    return UnknownCursor("after is no cursor that this list has given as next")


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _checksum(list_name: str, text: bytes) -> bytes:
    return hashlib.sha256(list_name.encode() + b"\0" + text).digest()[:CHECKSUM_BYTES]
