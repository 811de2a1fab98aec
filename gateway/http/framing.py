"""Which requests are refused because their end is not certain, or too far away. No I/O.

RFC 9112, sections 5 and 6. A proxy that saw another end than this server would take what one client
has sent for requests of another.
"""

import re
from collections.abc import Sequence
from http import HTTPStatus

from gateway.protocol.json_rpc import MAX_MESSAGE_BYTES

Headers = Sequence[tuple[str, str]]

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_LENGTH = re.compile(r"[0-9]{1,15}")
_FORBIDDEN_IN_VALUE = re.compile(r"[\r\n\0]")  # a value that goes on in the next line has some


def refusal(headers: Headers, version: str) -> HTTPStatus | None:
    """Return how a request with these headers is refused, or None where it is not.

    `version` is the request's, as in HTTP/1.1.
    """
    for name, value in headers:
        if not _NAME.fullmatch(name) or _FORBIDDEN_IN_VALUE.search(value):
            return HTTPStatus.BAD_REQUEST
    codings, lengths = _values(headers, "transfer-encoding"), _values(headers, "content-length")
    hosts = len(_values(headers, "host"))
    if hosts > 1 or (not hosts and version >= "HTTP/1.1"):  # section 3.2 of RFC 9112
        return HTTPStatus.BAD_REQUEST
    if codings and (lengths or len(codings) > 1 or version < "HTTP/1.1"):
        return HTTPStatus.BAD_REQUEST
    if codings and codings[0].lower() != "chunked":
        return HTTPStatus.NOT_IMPLEMENTED
    if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
        return HTTPStatus.BAD_REQUEST
    if lengths and int(lengths[0]) > MAX_MESSAGE_BYTES:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return None


def _values(headers: Headers, wanted: str) -> list[str]:
    return [value.strip(" \t") for name, value in headers if name.lower() == wanted]
