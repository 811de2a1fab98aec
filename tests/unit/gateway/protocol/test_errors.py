"""Every error that a caller can cause has its code, and of any other nothing is told."""

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
from gateway.protocol.errors import CODES, describe, invalid_params, type_of
from gateway.protocol.json_rpc import InvalidRequest, ParseError
from rooms.exceptions import RoomFull, RoomIsPrivate
from sessions.exceptions import InvalidOptions, StaleVersion

SERVICES = ("accounts", "auth", "private_rooms", "rooms", "searcher", "sessions")

# What one service tells another, or is told to clients as the parameters' being wrong.
INTERNAL = {RoomIsPrivate}
AS_INVALID_PARAMS = {InvalidOptions, UnknownCursor}

# The page of errors that clients are written against.
FAMILIES = {
    -32700: {"ParseError"},
    -32600: {"InvalidRequest"},
    -32601: {"MethodNotFound"},
    -32602: {"InvalidParams"},
    -32001: {"Unauthenticated", "InvalidCredentials", "InvalidToken"},
    -32002: {"NotAPlayer", "NotTheOwner", "NotAMember"},
    -32003: {
        "AccountNotFound", "RoomNotFound", "SessionNotFound", "GameNotFound", "ProposalNotFound"
    },
    -32004: {
        "LoginTaken", "RoomFull", "RoomClosed", "AlreadyInRoom", "TooManyRooms",
        "SearchAlreadyStarted", "SearchNotStarted", "StaleVersion", "AlreadyAuthenticated",
    },
    -32005: {
        "IllegalMove", "NotYourTurn", "SessionEnded", "SessionActive", "NoDrawOffered",
        "CannotAbort", "CannotClaim", "CannotRematch", "InvalidCommand",
    },
    -32006: {"RateLimited"},
    -32007: {"Unavailable"},
}
CODE_OF = {name: code for code, names in FAMILIES.items() for name in names}


def public_errors():
    """The errors in the services' `exceptions` modules, and those of the gateway itself."""
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


def test_the_errors_of_all_services_are_found():
    assert {error.__module__.partition(".")[0] for error in PUBLIC} == {
        "accounts", "auth", "gateway", "rooms", "searcher", "sessions"
    }
    assert sessions.exceptions.StaleVersion in PUBLIC


@pytest.mark.parametrize("error", PUBLIC, ids=name_of)
def test_every_public_error_has_a_code_or_is_never_shown_as_itself(error):
    assert (error in CODES) != (error in INTERNAL | AS_INVALID_PARAMS)


@pytest.mark.parametrize("error", CODES, ids=name_of)
def test_every_code_is_that_of_the_page(error):
    assert CODES[error] == CODE_OF[error.__name__]


@pytest.mark.parametrize("error", PUBLIC, ids=name_of)
def test_every_public_error_crosses_rpc_as_itself(error):
    raised = error.of("A sentence", version=7, errors=[{"path": "a.b"}])
    crossed = deserialize(json.loads(json.dumps(serialize(raised))))
    assert type(crossed) is error
    assert str(crossed) == "A sentence"
    assert crossed.details == {"version": 7, "errors": [{"path": "a.b"}]}


def test_an_error_is_told_by_code_sentence_type_and_details():
    assert describe(StaleVersion.of("Version 1 is stale", version=4)) == {
        "code": -32004, "message": "Version 1 is stale",
        "data": {"type": "StaleVersion", "version": 4},
    }


@pytest.mark.parametrize(("error", "code"), [(ParseError, -32700), (InvalidRequest, -32600)])
def test_what_is_no_request_is_told_without_details(error, code):
    assert describe(error("It is none")) == {
        "code": code, "message": "It is none", "data": {"type": error.__name__}
    }


def test_details_cannot_take_the_place_of_the_type():
    assert describe(RoomFull.of("Full", type="SomethingElse"))["data"]["type"] == "RoomFull"


class Unlisted(ServiceError):
    """An error that nobody has given a code."""


class Special(RoomFull):
    """A kind of an error that has a code, and has none of its own."""


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
def test_of_what_nobody_has_foreseen_nothing_is_told_but_that_it_is_noted(error, caplog):
    shown = describe(error)
    assert (shown["code"], shown["data"]) == (-32603, {"type": "InternalError"})
    assert "secret" not in json.dumps(shown)
    assert type(error).__name__ not in json.dumps(shown)
    assert type_of(error) == "InternalError"
    assert caplog.records[-1].exc_info[1] is error


def test_what_is_wrong_with_parameters_is_told_with_the_path_of_each():
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(dict[str, dict[str, int]]).validate_python({"a": {"b": "x"}, "c": 5})
    shown = describe(invalid_params(caught.value))
    assert shown["code"] == -32602
    assert [each["path"] for each in shown["data"]["errors"]] == ["a.b", "c"]
    assert all(set(each) == {"path", "message"} for each in shown["data"]["errors"])
    assert shown["message"].startswith("a.b: ")


def test_options_that_are_none_are_parameters_that_are_wrong():
    errors = [{"path": "options.clock.initial", "message": "Too much"}]
    shown = describe(InvalidOptions.of("no", errors=errors))
    assert shown == {
        "code": -32602, "message": "options.clock.initial: Too much",
        "data": {"type": "InvalidParams", "errors": errors},
    }
    assert type_of(InvalidOptions.of("no", errors=errors)) == "InvalidParams"


def test_a_cursor_that_is_none_is_a_parameter_that_is_wrong():
    shown = describe(UnknownCursor("It is none"))
    assert shown["data"] == {
        "type": "InvalidParams", "errors": [{"path": "after", "message": "It is none"}]
    }
