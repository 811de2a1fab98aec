"""Every error that a caller can cause has a code, and no other is shown to clients."""

import importlib
import inspect
import json
import pkgutil

import pytest
from nameko.exceptions import RemoteError, deserialize, serialize
from pydantic import TypeAdapter, ValidationError

import gateway.protocol.errors
import sessions.exceptions
from extensions.errors import ServiceError
from extensions.pagination import UnknownCursor
from gateway.protocol.errors import (
    CODES,
    MAX_PARAM_ERRORS,
    describe,
    invalid_params,
    type_of,
)
from gateway.protocol.json_rpc import InvalidRequest, ParseError
from gateway.protocol.params import NoParams
from rooms.exceptions import RoomFull, RoomIsPrivate
from sessions.exceptions import InvalidOptions, StaleVersion

SERVICES = ("accounts", "auth", "private_rooms", "rooms", "searcher", "sessions")

# Raised by one service for another, or shown to clients as InvalidParams.
INTERNAL = {RoomIsPrivate}
AS_INVALID_PARAMS = {InvalidOptions, UnknownCursor}

# The errors as docs/protocol.md has them.
FAMILIES = {
    -32700: {"ParseError"},
    -32600: {"InvalidRequest"},
    -32601: {"MethodNotFound"},
    -32602: {"InvalidParams", "WeakPassword"},
    -32001: {"Unauthenticated", "InvalidCredentials", "InvalidToken"},
    -32002: {"NotAPlayer", "NotTheOwner", "NotAMember", "BotNotAllowed", "GuestNotAllowed"},
    -32003: {
        "AccountNotFound", "RoomNotFound", "SessionNotFound", "GameNotFound", "ProposalNotFound"
    },
    -32004: {
        "LoginTaken", "RoomFull", "RoomClosed", "AlreadyInRoom", "TooManyRooms",
        "TooManySessions",
        "TooManyChallenges", "OwnAccount", "TooManyBlocked", "TooManyFollowed",
        "SearchAlreadyStarted", "SearchNotStarted", "StaleVersion", "AlreadyAuthenticated",
        "CannotBecomeBot",
    },
    -32005: {
        "IllegalMove", "NotYourTurn", "SessionEnded", "SessionActive", "NoDrawOffered",
        "NoTakebackOffered", "CannotTakeBack",
        "CannotAbort", "CannotClaim", "CannotRematch", "InvalidCommand",
    },
    -32006: {"RateLimited"},
    -32007: {"Unavailable", "GameFailed", "GameSuspended", "RulesUnavailable"},
}
CODE_OF = {name: code for code, names in FAMILIES.items() for name in names}


def public_errors():
    """The errors in the services' `exceptions` modules, and the gateway's own."""
    modules = [gateway.protocol.errors]
    for name in SERVICES:
        if "exceptions" in [module.name for module in pkgutil.iter_modules([name])]:
            modules.append(importlib.import_module(f"{name}.exceptions"))
    return [
        error for module in modules for _, error in inspect.getmembers(module, inspect.isclass)
        if issubclass(error, ServiceError) and error.__module__ == module.__name__
    ]


PUBLIC = public_errors()


def name_of(error):
    return f"{error.__module__}.{error.__name__}"


def test_errors_of_all_services_are_found():
    assert {error.__module__.partition(".")[0] for error in PUBLIC} == {
        "accounts", "auth", "gateway", "rooms", "searcher", "sessions"
    }
    assert sessions.exceptions.StaleVersion in PUBLIC


@pytest.mark.parametrize("error", PUBLIC, ids=name_of)
def test_every_public_error_has_a_code_or_is_internal(error):
    assert (error in CODES) != (error in INTERNAL | AS_INVALID_PARAMS)


@pytest.mark.parametrize("error", CODES, ids=name_of)
def test_every_code_is_as_documented(error):
    assert CODES[error] == CODE_OF[error.__name__]


@pytest.mark.parametrize("error", PUBLIC, ids=name_of)
def test_every_public_error_crosses_rpc_as_itself(error):
    raised = error.of("A sentence", version=7, errors=[{"path": "a.b"}])
    crossed = deserialize(json.loads(json.dumps(serialize(raised))))
    assert type(crossed) is error
    assert str(crossed) == "A sentence"
    assert crossed.details == {"version": 7, "errors": [{"path": "a.b"}]}


def test_error_has_code_message_type_and_details():
    assert describe(StaleVersion.of("Version 1 is stale", version=4)) == {
        "code": -32004, "message": "Version 1 is stale",
        "data": {"type": "StaleVersion", "version": 4},
    }


@pytest.mark.parametrize(("error", "code"), [(ParseError, -32700), (InvalidRequest, -32600)])
def test_protocol_error_has_no_details(error, code):
    assert describe(error("It is none")) == {
        "code": code, "message": "It is none", "data": {"type": error.__name__}
    }


def test_details_cannot_replace_the_type():
    assert describe(RoomFull.of("Full", type="SomethingElse"))["data"]["type"] == "RoomFull"


class Unlisted(ServiceError):
    """An error without a code."""


class Special(RoomFull):
    """A subclass of an error with a code, without a code of its own."""


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("/srv/arbiter/secret.py, line 5"),
        KeyError("secret"),
        RemoteError("OperationalError", "could not connect to secret"),
        deserialize(serialize(ValueError("secret"))),
        RoomIsPrivate.of("secret", room_id="secret"),
        Unlisted.of("secret", reason="secret"),
        Special.of("secret", reason="secret"),
        AssertionError("secret"),
        UnicodeDecodeError("utf-8", b"secret", 0, 1, "secret"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_unexpected_error_is_logged_and_not_described(error, caplog):
    shown = describe(error)
    assert (shown["code"], shown["data"]) == (-32603, {"type": "InternalError"})
    assert "secret" not in json.dumps(shown)
    assert type(error).__name__ not in json.dumps(shown)
    assert type_of(error) == "InternalError"
    assert caplog.records[-1].exc_info[1] is error


def test_invalid_params_have_the_path_of_each_error():
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(dict[str, dict[str, int]]).validate_python({"a": {"b": "x"}, "c": 5})
    shown = describe(invalid_params(caught.value))
    assert shown["code"] == -32602
    assert [each["path"] for each in shown["data"]["errors"]] == ["a.b", "c"]
    assert all(set(each) == {"path", "message"} for each in shown["data"]["errors"])
    assert shown["message"].startswith("a.b: ")


def test_invalid_options_become_invalid_params():
    errors = [{"path": "options.clock.initial", "message": "Too much"}]
    shown = describe(InvalidOptions.of("no", errors=errors))
    assert shown == {
        "code": -32602, "message": "options.clock.initial: Too much",
        "data": {"type": "InvalidParams", "errors": errors},
    }
    assert type_of(InvalidOptions.of("no", errors=errors)) == "InvalidParams"


def test_unknown_cursor_becomes_invalid_params():
    shown = describe(UnknownCursor("It is none"))
    assert shown["data"] == {
        "type": "InvalidParams", "errors": [{"path": "after", "message": "It is none"}]
    }


def test_only_some_of_many_param_errors_are_reported():
    with pytest.raises(ValidationError) as caught:
        NoParams.read({f"name-{number}": 1 for number in range(5000)})
    shown = describe(invalid_params(caught.value))
    assert len(shown["data"]["errors"]) == MAX_PARAM_ERRORS
    assert len(str(shown)) < 5000
