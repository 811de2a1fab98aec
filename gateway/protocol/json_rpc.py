"""JSON-RPC 2.0 as it goes over the wire: text to requests, answers and events to text. No I/O.

Specification: https://www.jsonrpc.org/specification; batches are refused, and every request needs
an `id`.
"""

import json
import math
from dataclasses import dataclass
from typing import Any, TypeAlias

VERSION = "2.0"
LARGEST_MESSAGE = 64 * 1024
DEEPEST = 100  # levels of arrays and objects in one another; deeper ones are for stack overflows

Id: TypeAlias = str | int | float | None


class ProtocolError(Exception):
    """The message is no request; `request_id` is its id, where it can be told."""

    def __init__(self, message: str, request_id: Id = None):
        super().__init__(message, request_id)
        self.request_id = request_id

    def __str__(self) -> str:
        return self.args[0]


class ParseError(ProtocolError):
    """The text is not JSON."""


class InvalidRequest(ProtocolError):
    """The JSON is no request."""


@dataclass(frozen=True)
class Request:
    """A call: `params` is what was sent, an object or an array, or an empty object."""

    id: Id
    method: str
    params: Any


def parse(text: str | bytes) -> Request:
    """The request that a message holds.

    Raises ParseError or InvalidRequest.
    """
    message = _loads(text)
    if isinstance(message, list):
        raise InvalidRequest("Batches are not served: send one request a message")
    if not isinstance(message, dict):
        raise InvalidRequest("A request is an object with jsonrpc, id, method and params")
    request_id = message.get("id")
    if not _is_id(request_id):
        raise InvalidRequest("A request needs an id, which is a string or a number")
    if message.get("jsonrpc") != VERSION:
        raise InvalidRequest(f'A request has "jsonrpc": "{VERSION}"', request_id)
    if not isinstance(message.get("method"), str):
        raise InvalidRequest("A request has a method, which is a string", request_id)
    params = message.get("params")
    if params is not None and not isinstance(params, dict | list):
        raise InvalidRequest("The params of a request are an object", request_id)
    return Request(request_id, message["method"], {} if params is None else params)


def result(request_id: Id, value: Any) -> str:
    """The answer to a request that was served."""
    return _dumps({"jsonrpc": VERSION, "id": request_id, "result": value})


def error(request_id: Id, description: dict[str, Any]) -> str:
    """The answer to a request that was refused."""
    return _dumps({"jsonrpc": VERSION, "id": request_id, "error": description})


def notification(event: str, params: dict[str, Any]) -> str:
    """An event, told to a client without its asking."""
    return _dumps({"jsonrpc": VERSION, "method": event, "params": params})


def _loads(text: str | bytes) -> Any:
    try:
        # By itself json.loads would guess at encodings, and let halves of surrogates through.
        text = text.decode() if isinstance(text, bytes) else text
        message = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise ParseError("The message is not JSON") from None
    if _is_deeper(message, DEEPEST):
        raise ParseError(f"The message is nested deeper than {DEEPEST} levels")
    return message


def _is_deeper(value: Any, depth: int) -> bool:
    level = [value]
    for _ in range(depth + 1):
        level = [each for each in level if isinstance(each, dict | list)]
        if not level:
            return False
        level = [
            item for each in level for item in (each.values() if isinstance(each, dict) else each)
        ]
    return True


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _is_id(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, str | int) and not isinstance(value, bool)


def _dumps(message: dict[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"), allow_nan=False)
