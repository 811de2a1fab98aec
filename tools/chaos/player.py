"""A player who never gives up: connects again, sends commands again, and writes everything down."""

import random
import threading
import time
import uuid
from typing import Any

import websocket

from tools.chaos.observed import Sent, Stream
from tools.demo.client import Client, Closed, Refused

PASSWORD = "correct horse battery"
ANSWERED_WITHIN = 8.0  # seconds until a connection counts as dead; the server's own limit is 5
PAUSE = (0.1, 0.4)  # until something is tried again
REPEATED = 0.03  # of the commands that were answered are sent again, to be answered the same
CONNECTED = {"session", "events"}
FAILED = (OSError, websocket.WebSocketException, Closed)  # TimeoutError is an OSError


class Away(Exception):
    """The request was not answered: it may have been served or not."""


class Connection(Client):
    """A connection that writes down what it is told of sessions, in the order in which it came."""

    def __init__(self, url: str, player: "Player") -> None:
        self._player = player
        self._asked: int | None = None
        super().__init__(url, timeout=ANSWERED_WITHIN)

    def follow(self, session_id: str, since: int | None) -> dict[str, Any]:
        """Connect to a session; what is told of it from now on belongs to a new stream."""
        self._asked = since
        return self.call("sessions.connect", session_id=session_id, since=since)

    @property
    def is_open(self) -> bool:
        return self._open

    def _take(self, message: dict[str, Any]) -> None:
        result = message.get("result")
        if isinstance(result, dict) and result.keys() == CONNECTED:
            session, login = result["session"], self._player.login
            self._player.streams.append(
                Stream(session["session_id"], login, self._asked, session, result["events"])
            )
        elif "version" in message.get("params", {}):
            self._note(message["method"], message["params"])
        super()._take(message)

    def _note(self, name: str, params: dict[str, Any]) -> None:
        stream = self._player.stream(params["session_id"])
        if stream is None:
            self._player.errors.append(f"{self._player.login} was told of {params} before asking")
        else:
            stream.events.append((name, params))


class Player:
    """One player, on one connection at a time; used by one thread."""

    def __init__(self, url: str, login: str, seed: str) -> None:
        self.login = login
        self.rng = random.Random(seed)
        self.sent: list[Sent] = []
        self.streams: list[Stream] = []
        self.errors: list[str] = []
        self.doing = "arrives"
        self.leaving = threading.Event()
        self.snapshot: dict[str, Any] | None = None
        self._following: str | None = None
        self._url = url
        self._token: str | None = None
        self._connection: Connection | None = None

    def call(self, method: str, **params: Any) -> Any:
        """Return what the method answers; raises Refused, or Away where it was not answered."""
        connection = self.connection()
        try:
            return connection.call(method, **params)
        except Refused as refusal:
            self._raise_unless_passing(refusal)
            raise Away from None
        except FAILED:
            connection.drop()
            raise Away from None

    def insist(self, method: str, **params: Any) -> Any:
        """Call what may be called twice, until it is answered; raises Refused."""
        while True:
            try:
                return self.call(method, **params)
            except Away:
                self.pause()

    def execute(self, session_id: str, command: dict[str, Any], version: int, thought: float):
        """Give a command, under one id until it is answered; the version, None where refused."""
        sent = Sent(session_id, self.login, uuid.uuid4().hex, command, thought)
        self.sent.append(sent)
        repeats = 2 if self.rng.random() < REPEATED else 1
        try:
            while len(sent.versions) < repeats:
                self._execute_once(sent, version)
        except Refused as refusal:
            if sent.versions or refusal.type != "SessionEnded":
                self.errors.append(f"{self.login} sent {command}, {sent.versions}: {refusal}")
            sent.refused = refusal.type
            return None
        return sent.versions[0]

    def follow(self, session_id: str) -> None:
        """Connect to a session, now and with each new connection; `snapshot` is the latest of it.
        """
        self._following = session_id
        connection = self.connection()
        while self.snapshot is None or self.snapshot["session_id"] != session_id:
            try:
                self._follow(connection)
            except (*FAILED, Refused) as error:
                if isinstance(error, Refused):
                    self._raise_unless_passing(error)
                self.pause()
                connection = self.connection()

    def next_event(self, timeout: float) -> dict[str, Any] | None:
        """Return the next notification, None where none comes, or a new connection was made."""
        known = self._connection
        connection = self.connection()
        try:
            return connection.next_event(timeout) if connection is known else None
        except (Closed, TimeoutError):
            return None

    def stream(self, session_id: str) -> Stream | None:
        """Return the latest stream of a session."""
        known = (stream for stream in reversed(self.streams) if stream.session_id == session_id)
        return next(known, None)

    def connection(self) -> Connection:
        """Return the connection, or a new one that is this player's and follows the session."""
        while self._connection is None or not self._connection.is_open:
            if self.leaving.is_set():
                raise SystemExit  # ends this thread
            try:
                self._connection = self._connect()
            except (*FAILED, Refused):
                self.pause()
        return self._connection

    def pause(self) -> None:
        """Wait for a moment before trying again."""
        self.leaving.wait(self.rng.uniform(*PAUSE))

    def close(self) -> None:
        """Leave for good."""
        self.leaving.set()
        if self._connection is not None:
            self._connection.close()

    def _raise_unless_passing(self, refusal: Refused) -> None:
        if refusal.type == "InternalError":
            self.errors.append(f"{self.login}: {refusal}")
        elif refusal.type != "Unavailable":
            raise refusal

    def _execute_once(self, sent: Sent, version: int) -> None:
        try:
            sent.last_sent_at = sent.last_sent_at if sent.versions else time.time()
            answer = self.call(
                "sessions.execute", session_id=sent.session_id, command=sent.command,
                command_id=sent.command_id, version=version,
            )
        except Away:
            self.pause()
        else:
            sent.acknowledged_at = sent.acknowledged_at or time.time()
            sent.versions.append(answer["version"])

    def _connect(self) -> Connection:
        connection = Connection(self._url, self)
        try:
            if self._token is None:
                self._token = self._register(connection)
            else:
                connection.call("auth.authenticate", access_token=self._token)
            if self._following is not None:
                self._follow(connection)
        except Exception:
            connection.drop()
            raise
        return connection

    def _follow(self, connection: Connection) -> None:
        known = self.stream(self._following)
        since = known.version if known else None
        self.snapshot = connection.follow(self._following, since)["session"]

    def _register(self, connection: Connection) -> str:
        try:
            answer = connection.call("auth.register", login=self.login, password=PASSWORD)
        except Refused as refusal:
            if refusal.type != "LoginTaken":
                raise
            answer = connection.call("auth.login", login=self.login, password=PASSWORD)
        return answer["access_token"]
