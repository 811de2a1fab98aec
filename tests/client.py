"""The demo's client, with everything that the server sends checked against what was agreed on."""

import json
import secrets
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

import gateway.methods  # noqa: F401  fills the table of methods
from client import Client, Refused
from gateway.protocol import results
from gateway.protocol.registry import METHODS

# The published table of errors: `data.type` by `code`.
CODES = {
    kind: code
    for code, kinds in {
        -32700: "ParseError",
        -32600: "InvalidRequest",
        -32601: "MethodNotFound",
        -32602: "InvalidParams WeakPassword",
        -32001: "Unauthenticated InvalidCredentials InvalidToken",
        -32002: "NotAPlayer NotTheOwner NotAMember BotNotAllowed GuestNotAllowed",
        -32003: "AccountNotFound RoomNotFound SessionNotFound GameNotFound ProposalNotFound",
        -32004: "LoginTaken RoomFull RoomClosed AlreadyInRoom TooManyRooms TooManyChallenges "
                "TooManySessions "
                "SearchAlreadyStarted SearchNotStarted StaleVersion AlreadyAuthenticated "
                "CannotBecomeBot OwnAccount TooManyBlocked TooManyFollowed",
        -32005: "IllegalMove NotYourTurn SessionEnded SessionActive NoDrawOffered CannotAbort "
                "NoTakebackOffered CannotTakeBack CannotClaim CannotRematch InvalidCommand",
        -32006: "RateLimited",
        -32007: "Unavailable GameFailed GameSuspended RulesUnavailable",
    }.items()
    for kind in kinds.split()
}
# What any method may be refused with, beside the errors of its own.
COMMON = {
    "ParseError", "InvalidRequest", "MethodNotFound", "InvalidParams", "Unauthenticated",
    "InvalidToken", "RateLimited", "Unavailable", "GameFailed", "GameSuspended",
    "RulesUnavailable",
}
# The published table of notifications: what each has in its params.
OF_SESSION = {"at", "session_id", "version"}
EVENTS = {
    "session.state_changed": {
        *OF_SESSION, "command", "state", "legal", "to_move", "clocks", "draw_offered_by",
        "clock_details", "out",
    },
    "session.player_connected": {*OF_SESSION, "login"},
    "session.player_disconnected": {*OF_SESSION, "login", "deadline"},
    "session.draw_offered": {*OF_SESSION, "login"},
    "session.draw_declined": {*OF_SESSION, "login"},
    "session.rules_changed": {*OF_SESSION, "game_version"},
    "session.takeback_offered": {*OF_SESSION, "login"},
    "session.takeback_accepted": {
        *OF_SESSION, "login", "taken_back", "state", "legal", "to_move", "clocks", "clock_details",
    },
    "session.takeback_declined": {*OF_SESSION, "login"},
    "session.player_left": {
        *OF_SESSION, "login", "reason", "state", "to_move", "legal", "clocks", "draw_offered_by",
        "clock_details", "out",
    },
    "session.ended": {*OF_SESSION, "result"},
    "session.spectators_changed": {"at", "session_id", "spectators"},
    "session.rematch_asked": {"at", "session_id", "login"},
    "session.created": {"at", "session_id", "session"},
    "room.player_joined": {"at", "room"},
    "room.player_left": {"at", "room"},
    "room.filled": {"at", "room"},
    "room.closed": {"at", "room"},
    "room.challenged": {"at", "room"},
    "room.declined": {"at", "room", "login", "reason"},
    "private_room.player_joined": {"at", "room"},
    "private_room.player_left": {"at", "room"},
    "private_room.filled": {"at", "room"},
    "private_room.closed": {"at", "room"},
    "searcher.opponent_found": {"at", "session_id", "game", "options", "opponent", "opponents"},
    "searcher.match_proposed": {"at", "proposal_id", "game", "options", "seats", "deadline"},
    "searcher.match_lapsed": {"at", "proposal_id", "searching"},
    "searcher.expired": {"at", "game", "options", "waited"},
    "auth.claimed": {"at", "login"},
    "auth.expiring": {"at", "expires_at"},
}
OPTIONAL = {"clock_details", "out"}  # missing where the clocks say all, and of two players
SHAPES = {
    "result": results.Score,
    "session": results.Session,
    "room": results.Room | results.PrivateRoom | results.Challenge,
}


def check_result(method: str, result: Any) -> None:
    """Fail unless the result is of the method's type, and of nothing beside it."""
    fits(METHODS[method].result, result, f"{method} answered")


def check_error(method: str, error: dict[str, Any]) -> None:
    """Fail unless the error is one that this method may be refused with, told as agreed on."""
    assert set(error) == {"code", "message", "data"}, error
    kind = error["data"]["type"]
    assert error["code"] == CODES.get(kind), error
    assert error["message"] and "Traceback" not in error["message"], error
    if method in METHODS and kind not in COMMON:
        allowed = {each.__name__ for each in METHODS[method].errors}
        assert kind in allowed, f"{method} says nothing of {kind}"
    if kind == "InvalidParams":
        assert all(set(each) == {"path", "message"} for each in error["data"]["errors"]), error


def check_event(event: str, params: dict[str, Any]) -> None:
    """Fail unless the event is one of those agreed on, with just what belongs into it."""
    assert event in EVENTS, f"there is no event {event}"
    assert EVENTS[event] - OPTIONAL <= set(params) <= EVENTS[event], (
        f"{event} came with {sorted(params)}"
    )
    for name, shape in SHAPES.items():
        if name in params:
            fits(shape, params[name], f"{event} told of the {name}")


def fits(shape: Any, value: Any, what: str) -> None:
    """Fail unless the value has the shape, to the letter."""
    try:
        _adapter(shape).validate_python(value, strict=True)
    except ValidationError as error:
        raise AssertionError(f"{what} {value!r}, and {error}") from None


@cache
def _adapter(shape: Any) -> TypeAdapter:
    return TypeAdapter(shape)


class CheckedClient(Client):
    """A client that notes whatever the server sends and should not have, in `faults`.

    Answers and events are of the agreed shape. A session's events begin after its snapshot and come
    in the order of their versions, each once.
    """

    def __init__(self, url: str, timeout: float = 60.0, **options: Any):
        self.faults: list[str] = []
        self._asked: dict[Any, str] = {}
        self._versions: dict[str, int] = {}
        super().__init__(url, timeout, **options)

    def send(self, text: str) -> None:
        self._note_request(text)
        super().send(text)

    def refused(self, kind: str, method: str, **params: Any) -> Refused:
        """The refusal of a call that must be refused with an error of this type."""
        try:
            answer = self.call(method, **params)
        except Refused as refusal:
            assert refusal.type == kind, f"{method} was refused with {refusal.type}: {refusal}"
            return refusal
        raise AssertionError(f"{method} was not refused with {kind}, but answered {answer}")

    def ask(self, method: str, **params: Any) -> int:
        """Send a request and do not wait: the id by which `answer` finds what it is answered."""
        number = next(self._ids)
        request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        self.send(json.dumps(request))
        return number

    def answer(self, number: int, timeout: float | None = None) -> dict[str, Any]:
        """The whole answer to a request that was sent by `ask`."""
        return self._wait(lambda: self._answers.pop(number, None), f"answer {number}", timeout)

    def forget(self) -> None:
        """Pass over all events so far."""
        self.fence()
        self._events.clear()

    def fence(self) -> list[dict[str, Any]]:
        """The events received so far and not taken, once the server has answered a call."""
        self.call("server.info")
        return self.events

    def _note_request(self, text: str) -> None:
        try:
            request = json.loads(text)
            self._asked[request["id"]] = request["method"]
        except (ValueError, TypeError, KeyError):
            pass  # sent to be refused

    def _take(self, message: dict[str, Any]) -> None:
        try:
            self._check(message)
        except (AssertionError, KeyError, TypeError) as fault:
            self.faults.append(str(fault) or repr(fault))
        super()._take(message)

    def _check(self, message: dict[str, Any]) -> None:
        assert message["jsonrpc"] == "2.0"
        if "method" in message:
            assert set(message) == {"jsonrpc", "method", "params"}, message
            check_event(message["method"], message["params"])
            self._check_order(message["method"], message["params"])
            return
        method = self._asked.pop(message["id"], "")
        if "error" in message:
            assert set(message) == {"jsonrpc", "id", "error"}, message
            check_error(method, message["error"])
            return
        assert set(message) == {"jsonrpc", "id", "result"}, message
        check_result(method, message["result"])
        if method == "sessions.connect":
            session = message["result"]["session"]
            self._versions[session["session_id"]] = session["version"]

    def _check_order(self, event: str, params: dict[str, Any]) -> None:
        if "version" not in params:
            return
        session_id, version = params["session_id"], params["version"]
        assert session_id in self._versions, f"{event} came before the snapshot"
        assert version == self._versions[session_id] + 1, (
            f"{event} {version} came after {self._versions[session_id]}"
        )
        self._versions[session_id] = version


class Player(CheckedClient):
    """A registered player, on a connection of their own."""

    def __init__(self, url: str, login: str | None = None, **options: Any):
        super().__init__(url, **options)
        self.login = login or f"p-{secrets.token_hex(6)}"
        self.password = f"password of {self.login}"
        self.tokens = self.call("auth.register", login=self.login, password=self.password)

    @property
    def token(self) -> str:
        return self.tokens["access_token"]

    def connect(self, session_id: str, **params: Any) -> dict[str, Any]:
        """The session, once this connection is connected to it."""
        return self.call("sessions.connect", session_id=session_id, **params)["session"]

    def move(self, session_id: str, move: Any, **params: Any) -> int:
        """Make a move; its version."""
        return self.command(session_id, {"type": "move", "move": move}, **params)["version"]

    def command(
        self, session_id: str, command: dict[str, Any], command_id: str | None = None, **params: Any
    ) -> dict[str, Any]:
        """Give a command, under an id of its own where none is given."""
        return self.call(
            "sessions.execute", session_id=session_id, command=command,
            command_id=command_id or secrets.token_hex(8), **params,
        )

    def refused_command(
        self, kind: str, session_id: str, command: Any, command_id: str | None = None, **params: Any
    ) -> Refused:
        """The refusal of a command that must be refused with an error of this type."""
        return self.refused(
            kind, "sessions.execute", session_id=session_id, command=command,
            command_id=command_id or secrets.token_hex(8), **params,
        )
