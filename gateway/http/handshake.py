"""Which opening handshakes of a WebSocket are refused, and their answer: RFC 6455, section 4.2.

No I/O.
"""

import base64
import hashlib
import re
from http import HTTPStatus
from typing import Protocol

VERSION = "13"
KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
ANSWER = (
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: {}\r\n\r\n"
)
_KEY = re.compile(r"[A-Za-z0-9+/]{21}[AQgw]==")  # of 16 bytes


class Headers(Protocol):
    """The headers of a request, whose names may be written in any case."""

    def __contains__(self, name: str, /) -> bool:
        """Tell whether there is a header of this name."""

    def get(self, name: str, default: str, /) -> str:
        """Return a header's value, or the default."""


def refusal(headers: Headers, protocol: str, method: str = "GET") -> HTTPStatus | None:
    """Return how a handshake is refused, or None where it is not.

    `protocol` is the request's version, as in HTTP/1.1.
    """
    if method != "GET":
        return HTTPStatus.METHOD_NOT_ALLOWED
    has_body = "Transfer-Encoding" in headers or headers.get("Content-Length", "0") != "0"
    if protocol < "HTTP/1.1" or has_body:
        return HTTPStatus.BAD_REQUEST
    if headers.get("Sec-WebSocket-Version", "") != VERSION:
        return HTTPStatus.UPGRADE_REQUIRED
    if not _KEY.fullmatch(headers.get("Sec-WebSocket-Key", "")):
        return HTTPStatus.BAD_REQUEST
    return None if _is_upgrade(headers) else HTTPStatus.BAD_REQUEST


def answer(key: str) -> bytes:
    """Return the answer to a handshake with this key that is not refused."""
    digest = hashlib.sha1((key + KEY_SUFFIX).encode(), usedforsecurity=False).digest()
    return ANSWER.format(base64.b64encode(digest).decode()).encode()


def _is_upgrade(headers: Headers) -> bool:
    options = headers.get("Connection", "").lower().split(",")
    is_websocket = headers.get("Upgrade", "").lower() == "websocket"
    return is_websocket and "upgrade" in map(str.strip, options)
