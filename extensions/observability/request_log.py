"""The log of requests: a line for each that is served, each command and each event."""

import logging
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from eventlet.hubs import get_hub

_log = logging.getLogger("request_log")


def is_logged(level: int) -> bool:
    """Return whether lines of this level are logged."""
    return _log.isEnabledFor(level)


def log_event(
    message: str, level: int = logging.INFO, request_id: str | None = None, **fields: Any
) -> None:
    """Log a line with these fields, under the current request id if no other is given.

    Never pass what a client has sent as a field: it may be a secret.
    """
    if _log.isEnabledFor(level):
        extra: dict[str, Any] = {"fields": fields}
        if request_id is not None:
            extra["request_id"] = request_id
        _log.log(level, message, extra=extra)


def after_answer(log: Callable[..., None], *arguments: Any) -> None:
    """Call what logs a request, in its context, after it is answered: nobody waits for that."""
    get_hub().schedule_call_global(0, copy_context().run, log, *arguments)


def outcome(error: BaseException | None) -> str:
    """Return how a request ended, in a word: `ok`, or the type of its error."""
    if error is None:
        return "ok"
    return getattr(error, "exc_type", None) or type(error).__name__
