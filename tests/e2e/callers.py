"""Who may call a method, for the matrix of rights: players in various places, and dead tokens."""

import json
import secrets
import time
from dataclasses import replace
from typing import Any

from auth import token_codec
from client import Refused
from tests.client import CheckedClient, check_error, check_result
from tests.stack import SETTINGS, Stack

GUEST = "guest"
PLAYERS = (GUEST, "stranger", "watcher", "keyed", "member", "host")
DEAD = ("logged out", "expired", "old password", "forged", "refresh token")
ANONYMOUS = "anonymous"
PASSWORD = "a password of the matrix"
SHIP = "carrier@a1h"  # a move of Battleship that is hidden from all others
RESIGN = {"type": "resign"}


class World:
    """A player of each kind, and what the host has made: rooms and sessions, private ones.

    The member has the second seat of what the host has begun. The watcher watches it, and the keyed
    player knows the room's key and has no seat.
    """

    def __init__(self, stack: Stack):
        self.stack = stack
        self._tokens: dict[str, str] = {}
        self.logins = {who: f"{who}-{secrets.token_hex(4)}" for who in PLAYERS}
        self.issued = {who: self.enter(who, login) for who, login in self.logins.items()}
        self._tokens |= {who: each["access_token"] for who, each in self.issued.items()}
        self._tokens |= {who: self._dead(who) for who in DEAD}
        self.key = self.room_id = self.session_id = self.fleet = ""
        self._open: list[tuple[str, str]] = []  # rooms to be closed after a cell, with their owners
        self._sockets: list[CheckedClient] = []

    def token(self, who: str) -> str | None:
        """Return the access token that a kind of caller uses; None for an anonymous one."""
        return self._tokens.get(who)

    def log_in(self, who: str) -> str:
        """Return a token of a login of its own, which may be ended or claimed."""
        if who == GUEST:
            return self.enter(who, f"{who}-{secrets.token_hex(6)}")["access_token"]
        answer = self.rpc("auth.login", None, login=self.logins[who], password=PASSWORD)
        return answer["access_token"]

    def enter(self, who: str, login: str) -> dict[str, Any]:
        """Make a player of a kind: the tokens."""
        return self.rpc("auth.guest", None, login=login) if who == GUEST else self.register(login)

    def register(self, login: str) -> dict[str, Any]:
        """Register a player: the tokens."""
        return self.rpc("auth.register", None, login=login, password=PASSWORD)

    def secrets(self, who: str) -> set[str]:
        """Return what no answer to this caller may contain, unless the caller has sent it."""
        of_all = {PASSWORD, "$argon2", "fingerprint"}
        of_others = {
            token for owner, issued in self.issued.items() if owner != who
            for token in (issued["access_token"], issued["refresh_token"])
        }
        private = {self.key, self.room_id, self.session_id} - {""}
        made = {f'"move": "{SHIP}"', self.fleet} if self.fleet and who != "host" else set()
        return of_all | of_others | made | (set() if who in ("host", "member") else private)

    # What the host makes, for one cell

    def open_room(self, who: str, private: bool = True, game: str = "dobutsu") -> None:
        """Have the host open a room, whose second seat a member takes."""
        kind = "private_rooms" if private else "rooms"
        room = self.rpc(f"{kind}.create", "host", game=game)
        self.room_id, self.key = room["room_id"], room.get("connection_key", "")
        self._open.append((self.room_id, "host"))
        if who == "member":
            self._fill(kind)

    def challenge(self) -> None:
        """Have the host challenge the member."""
        room = self.rpc("rooms.challenge", "host", login=self.logins["member"])
        self.room_id = room["room_id"]
        self._open.append((self.room_id, "host"))

    def begin(self, ended: bool = False) -> None:
        """Have host and member begin a session of a private room, or end one too.

        In one that goes on, the host has made a move that nobody else may see.
        """
        self.open_room("member", game="battleship")
        if ended:
            self.resign()
            return
        move = command(self.session_id, {"type": "move", "move": SHIP})
        self.rpc("sessions.execute", "host", **move)
        state = self.rpc("sessions.get", "host", session_id=self.session_id)["state"]
        self.fleet = json.dumps(state["fleets"][0])[1:-1]

    def resign(self) -> None:
        """Have the host resign the session, where there is one."""
        if self.session_id:
            try:
                self.rpc("sessions.execute", "host", **command(self.session_id, RESIGN))
            except Refused as refusal:
                assert refusal.type == "SessionEnded"

    def clean(self, who: str, result: Any) -> None:
        """End what was made for a cell, and what the caller has made."""
        self.resign()
        if isinstance(result, dict) and "room_id" in result:
            self._open.append((result["room_id"], who))
        for room_id, owner in self._open:
            try:
                self.rpc("rooms.close", owner, room_id=room_id)
            except Refused:
                pass  # it has become a session, or been closed
        self._open, self.key, self.room_id, self.session_id, self.fleet = [], "", "", "", ""
        for socket in self._sockets:
            socket.close()
        self._sockets = []

    def _fill(self, kind: str) -> None:
        asked = {"connection_key": self.key} if self.key else {"room_id": self.room_id}
        self.session_id = self.rpc(f"{kind}.join", "member", **asked)["session_id"]

    # Calls

    def rpc(self, method: str, who: str | None, **params: Any) -> Any:
        """Call a method by HTTP: its result. Raises Refused."""
        return self.call(method, self._tokens.get(who or ""), params)

    def call(self, method: str, token: str | None, params: dict[str, Any]) -> Any:
        """Call a method by HTTP with a token: its result. Raises Refused."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        _, text = self.stack.request("POST", "/rpc", json.dumps(request), headers)
        answer = json.loads(text)
        if "error" in answer:
            check_error(method, answer["error"])
            raise Refused(answer["error"])
        check_result(method, answer["result"])
        return answer["result"]

    def socket(self, who: str) -> CheckedClient:
        """Open a socket that is the caller's; raises Refused for a dead token."""
        client = CheckedClient(self.stack.url())
        self._sockets.append(client)
        if token := self.token(who):
            client.call("auth.authenticate", access_token=token)
        return client

    def _dead(self, why: str) -> str:
        login = f"dead-{secrets.token_hex(4)}"
        issued = self.register(login)
        token = issued["access_token"]
        keys = token_codec.Keys.of(SETTINGS["TOKEN_SECRET"])
        claims = token_codec.decode(token, token_codec.ACCESS, keys, time.time())
        if why == "refresh token":
            return issued["refresh_token"]
        if why == "expired":
            return token_codec.encode(replace(claims, expires_at=time.time() - 1), keys)
        if why == "forged":
            return token_codec.encode(claims, token_codec.Keys.of(secrets.token_hex(32)))
        if why == "logged out":
            self.call("auth.logout", token, {})
        else:
            change = {"password": PASSWORD, "new_password": f"{PASSWORD} again"}
            self.call("auth.change_password", token, change)
        return token


def command(session_id: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a command in a session."""
    return {"session_id": session_id, "command": given, "command_id": secrets.token_hex(8)}
