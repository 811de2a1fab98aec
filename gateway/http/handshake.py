"""Which opening handshakes of a WebSocket are refused: RFC 6455, section 4.2. No I/O."""

import re
from http import HTTPStatus
from typing import Protocol

VERSION = "13"
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
    return None
