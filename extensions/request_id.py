"""The request id: one id for a client's request, from the gateway through services to events.

The gateway creates it. Nameko's own headers carry it with each RPC, as the first of the call id
stack, and events carry it in their bodies as `request_id`. Each greenthread has its own.
"""

import re
import secrets
from contextvars import ContextVar

GATEWAY_FORMAT = re.compile("[0-9a-f]{16}")  # of the ids that `create` makes

_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def create() -> str:
    """Create an id for a client's request."""
    return secrets.token_hex(8)


def resume(request_id: str) -> None:
    """Set the id of the current greenthread to one that was created elsewhere."""
    _current.set(request_id)


def current() -> str | None:
    """Return the id of the request that this greenthread serves, if it serves one."""
    return _current.get()


def idempotency_key() -> str | None:
    """Return the current id where a gateway has created it, else None.

    No two requests share such an id, so a call that comes again with it is the same one, delivered
    twice. A stock client of Nameko, in contrast, gives all its calls the same id.
    """
    request_id = current()
    return request_id if GATEWAY_FORMAT.fullmatch(request_id or "") else None


class scope:
    """Use an id, or none, within a block: `with request_id.scope(id):`."""

    def __init__(self, request_id: str | None) -> None:
        self._request_id = request_id

    def __enter__(self) -> None:
        self._token = _current.set(self._request_id)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)
