"""The call: one request of a client, under one id from the gateway through services to events.

The gateway makes the id. Nameko's own headers take it along with each RPC, as the first of the
call id stack, and notices have it in their bodies. What a greenthread logs has the id of its call.
"""

import logging
import re
import secrets
from contextvars import ContextVar
from typing import Any

OF_A_GATEWAY = re.compile("[0-9a-f]{16}")  # as `begin` makes them

_log = logging.getLogger("calls")
_current: ContextVar[str | None] = ContextVar("call_id", default=None)  # each greenthread's own


def begin() -> str:
    """Have this greenthread serve a new call from now on; its id."""
    call_id = secrets.token_hex(8)
    _current.set(call_id)
    return call_id


def resume(call_id: str) -> None:
    """Have this greenthread serve a call that was begun elsewhere."""
    _current.set(call_id)


def current() -> str | None:
    """The id of the call that this greenthread serves, if it serves one."""
    return _current.get()


def current_request() -> str | None:
    """The id of the client's request that is served, where a gateway has begun the call.

    No two requests have the same, so what is served under it once more has been given out again.
    None for others' calls: a stock client of Nameko gives all its calls one and the same.
    """
    call_id = current()
    return call_id if OF_A_GATEWAY.fullmatch(call_id or "") else None


class under:
    """`with under(call_id):` the block serves this call, or none."""

    def __init__(self, call_id: str | None):
        self._call_id = call_id

    def __enter__(self) -> None:
        self._token = _current.set(self._call_id)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


def note(
    message: str, level: int = logging.INFO, call_id: str | None = None, **fields: Any
) -> None:
    """Log a line about a call, the current one if no other is named, with these fields.

    What a peer has sent is no field: nobody knows what it is.
    """
    if _log.isEnabledFor(level):
        extra: dict[str, Any] = {"fields": fields}
        if call_id is not None:
            extra["call_id"] = call_id
        _log.log(level, message, extra=extra)


def outcome(error: BaseException | None) -> str:
    """How a call ended, in a word: `ok`, or the type of its error."""
    if error is None:
        return "ok"
    return getattr(error, "exc_type", None) or type(error).__name__
