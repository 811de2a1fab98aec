"""Requests that come many at once: served in one transaction, each answered by itself."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from nameko.exceptions import serialize

from extensions.errors import StorageAway, StorageBusy
from sessions.exceptions import GameFailed

_log = logging.getLogger(__name__)

Request = TypeVar("Request")
Outcome = TypeVar("Outcome")


def process_each(
    requests: list[Request], process: Callable[[list[Request]], Sequence[Outcome | Exception]]
) -> list[Outcome | Exception]:
    """Process requests together; where that fails, one by one, so that no other is affected.

    Returns the outcome of each, in order: what `process` returned for it, or an error.
    """
    try:
        return [*process(requests)]
    except StorageBusy:
        return [_alone(each, process) for each in requests]
    except StorageAway as error:
        # Not one by one: each would wait for the database as long.
        return [error] * len(requests)
    except GameFailed as error:
        _log.warning("A batch is tried one by one: %s", error)
        return [_alone(each, process) for each in requests]
    except Exception:  # a fault of the database or of a game is to touch no other request
        _log.exception("A batch failed, and is tried one by one")
        return [_alone(each, process) for each in requests]


def serialized(outcome: Any) -> dict[str, Any]:
    """Return an outcome as it crosses RPC: as a result or an error."""
    if isinstance(outcome, Exception):
        return {"error": serialize(outcome)}
    return {"result": outcome}


def _alone(
    request: Request, process: Callable[[list[Request]], Sequence[Outcome | Exception]]
) -> Outcome | Exception:
    try:
        [outcome] = process([request])
    except (StorageAway, GameFailed) as error:
        return error
    except Exception as error:  # this request's own answer, whatever it is
        _log.exception("A request of a batch failed")
        return error
    return outcome
