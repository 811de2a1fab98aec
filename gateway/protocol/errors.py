"""The table of errors: the code by which a client is told of each class of exception.

A client branches on `data.type`, which is the name of the class. An exception that has no row is an
`InternalError`, and the client is told nothing else about it.
"""

import logging
from typing import Any

from pydantic import ValidationError

import accounts.exceptions
import auth.exceptions
import rooms.exceptions
import searcher.exceptions
import sessions.exceptions
from extensions.errors import RateLimited, ServiceError, StorageAway
from extensions.pagination import UnknownCursor
from gateway.protocol.json_rpc import InvalidRequest, ParseError

_log = logging.getLogger(__name__)


class MethodNotFound(ServiceError):
    """There is no such method, or it is not available by this route."""


class InvalidParams(ServiceError):
    """The parameters are not those of the method; `errors` has the path and cause of each."""


class Unauthenticated(ServiceError):
    """The method needs a player."""


class AlreadyAuthenticated(ServiceError):
    """The connection is already authenticated, and belongs to one player for its life."""


class Unavailable(ServiceError):
    """A service or the broker has not answered in time."""


INTERNAL_ERROR = -32603
MAX_PARAM_ERRORS = 10

CODES: dict[type[Exception], int] = {
    ParseError: -32700,
    InvalidRequest: -32600,
    MethodNotFound: -32601,
    InvalidParams: -32602,
    Unauthenticated: -32001,
    auth.exceptions.InvalidCredentials: -32001,
    auth.exceptions.InvalidToken: -32001,
    sessions.exceptions.NotAPlayer: -32002,
    sessions.exceptions.NotAMember: -32002,
    auth.exceptions.GuestNotAllowed: -32002,
    accounts.exceptions.BotNotAllowed: -32002,
    rooms.exceptions.NotTheOwner: -32002,
    rooms.exceptions.NotAMember: -32002,
    accounts.exceptions.AccountNotFound: -32003,
    rooms.exceptions.RoomNotFound: -32003,
    sessions.exceptions.SessionNotFound: -32003,
    sessions.exceptions.GameNotFound: -32003,
    searcher.exceptions.ProposalNotFound: -32003,
    accounts.exceptions.OwnAccount: -32004,
    accounts.exceptions.TooManyBlocked: -32004,
    accounts.exceptions.TooManyFollowed: -32004,
    auth.exceptions.WeakPassword: -32602,
    auth.exceptions.LoginTaken: -32004,
    accounts.exceptions.CannotBecomeBot: -32004,
    rooms.exceptions.RoomFull: -32004,
    rooms.exceptions.RoomClosed: -32004,
    rooms.exceptions.AlreadyInRoom: -32004,
    rooms.exceptions.TooManyRooms: -32004,
    rooms.exceptions.TooManyChallenges: -32004,
    sessions.exceptions.TooManySessions: -32004,
    searcher.exceptions.SearchAlreadyStarted: -32004,
    searcher.exceptions.SearchNotStarted: -32004,
    sessions.exceptions.StaleVersion: -32004,
    AlreadyAuthenticated: -32004,
    sessions.exceptions.IllegalMove: -32005,
    sessions.exceptions.NotYourTurn: -32005,
    sessions.exceptions.SessionEnded: -32005,
    sessions.exceptions.InvalidCommand: -32005,
    sessions.exceptions.SessionActive: -32005,
    sessions.exceptions.NoDrawOffered: -32005,
    sessions.exceptions.NoTakebackOffered: -32005,
    sessions.exceptions.CannotTakeBack: -32005,
    sessions.exceptions.CannotAbort: -32005,
    sessions.exceptions.CannotClaim: -32005,
    sessions.exceptions.CannotRematch: -32005,
    RateLimited: -32006,
    Unavailable: -32007,
    sessions.exceptions.GameFailed: -32007,
    sessions.exceptions.GameSuspended: -32007,
    sessions.exceptions.RulesUnavailable: -32007,
}


def describe(exception: Exception) -> dict[str, Any]:
    """Return what a client is told of an exception: `{code, message, data: {type, ...}}`."""
    shown = _translate(exception)
    code = CODES.get(type(shown))
    if code is None:
        _log.error("A request failed", exc_info=exception)
        return {
            "code": INTERNAL_ERROR,
            "message": "The server has failed at this request; it has been noted",
            "data": {"type": "InternalError"},
        }
    details = shown.details if isinstance(shown, ServiceError) else {}
    return {
        "code": code, "message": str(shown), "data": {**details, "type": type(shown).__name__}
    }


def type_of(exception: Exception) -> str:
    """Return the `data.type` that a client is told of an exception."""
    shown = _translate(exception)
    return type(shown).__name__ if type(shown) in CODES else "InternalError"


def invalid_params(error: ValidationError) -> InvalidParams:
    """Return the error for parameters that are not valid, with the path of each."""
    errors = [
        {"path": ".".join(map(str, each["loc"])), "message": each["msg"]}
        for each in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return _invalid(errors)


def _translate(exception: Exception) -> Exception:
    if isinstance(exception, UnknownCursor):
        return _invalid([{"path": "after", "message": str(exception)}])
    if isinstance(exception, sessions.exceptions.InvalidOptions):
        return _invalid(exception.details["errors"])
    if isinstance(exception, StorageAway):  # the answer to one command of a batch
        return Unavailable.of(
            "The sessions service can't store this now: try again in a moment", service="sessions"
        )
    return exception


def _invalid(errors: list[dict[str, str]]) -> InvalidParams:
    errors = errors[:MAX_PARAM_ERRORS]  # a small request must not ask for a large answer
    message = "; ".join(f"{each['path'] or 'params'}: {each['message']}" for each in errors)
    return InvalidParams.of(message, errors=errors)
