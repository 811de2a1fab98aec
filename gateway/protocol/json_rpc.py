"""JSON-RPC 2.0: decodes requests and encodes answers and notifications. No I/O.

Specification: https://www.jsonrpc.org/specification. Batches are refused, and every request needs
an `id`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from extensions import json_codec

VERSION = "2.0"
MAX_MESSAGE_BYTES = 64 * 1024
MAX_NESTING = 100  # arrays and objects within one another; deeper JSON only serves stack overflows

RpcId: TypeAlias = str | int | float | None


class ProtocolError(Exception):
    """The message is not a valid request; `rpc_id` is its id, or None where it has no valid one."""

    def __init__(self, message: str, rpc_id: RpcId = None):
        super().__init__(message, rpc_id)
        self.message = message
        self.rpc_id = rpc_id

    def __str__(self) -> str:
        return self.message


class ParseError(ProtocolError):
    """The text is not JSON."""


class InvalidRequest(ProtocolError):
    """The JSON is not a request."""


@dataclass(frozen=True)
class Request:
    """A request; `params` is an object or an array, as it was sent, and `{}` if it was left out."""

    id: RpcId
    method: str
    params: Any


def parse(text: str | bytes) -> Request:
    """Decode a request.

    Raises ParseError or InvalidRequest.
    """
    message = _loads(text)
    if isinstance(message, list):
        raise InvalidRequest("Batches are not supported: send one request in each message")
    if not isinstance(message, dict):
        raise InvalidRequest("A request is an object with jsonrpc, id, method and params")
    rpc_id = message.get("id")
    if not _is_rpc_id(rpc_id):
        raise InvalidRequest("A request needs an id, which is a string or a number")
    if message.get("jsonrpc") != VERSION:
        raise InvalidRequest(f'A request has "jsonrpc": "{VERSION}"', rpc_id)
    if not isinstance(message.get("method"), str):
        raise InvalidRequest("A request has a method, which is a string", rpc_id)
    params = message.get("params")
    if params is not None and not isinstance(params, dict | list):
        raise InvalidRequest("The params of a request are an object", rpc_id)
    return Request(rpc_id, message["method"], {} if params is None else params)


def result(rpc_id: RpcId, value: Any) -> bytes:
    """Encode the answer to a request that succeeded."""
    return json_codec.encode_strict({"jsonrpc": VERSION, "id": rpc_id, "result": value})


def error(rpc_id: RpcId, description: Mapping[str, Any]) -> bytes:
    """Encode the answer to a request that was refused."""
    return json_codec.encode({"jsonrpc": VERSION, "id": rpc_id, "error": description})


def notification(event: str, params: Mapping[str, Any]) -> bytes:
    """Encode an event."""
    # Not strictly: params are what a service has sent as JSON.
    return json_codec.encode({"jsonrpc": VERSION, "method": event, "params": params})


def with_param(notification: bytes, name: str, value: Any) -> bytes:
    """Return an encoded event, which has params, with one more."""
    return b'%b,"%b":%b}}' % (notification[:-2], name.encode(), json_codec.encode(value))


def _loads(text: str | bytes) -> Any:
    try:
        # A decoder of JSON would guess the encoding of bytes.
        text = text.decode() if isinstance(text, bytes) else text
        message = json_codec.decode(text)
    except (ValueError, RecursionError):
        raise ParseError("The message is not JSON") from None
    may_be_deeper = text.count("[") + text.count("{") > MAX_NESTING
    if may_be_deeper and _is_nested_deeper(message, MAX_NESTING):
        raise ParseError(f"The message is nested deeper than {MAX_NESTING} levels")
    return message


def _is_nested_deeper(value: Any, depth: int) -> bool:
    level = [value]
    for _ in range(depth + 1):
        level = [each for each in level if isinstance(each, dict | list)]
        if not level:
            return False
        level = [
            item for each in level for item in (each.values() if isinstance(each, dict) else each)
        ]
    return True


def _is_rpc_id(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, str | int) and not isinstance(value, bool)
