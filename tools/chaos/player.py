"""A player who reconnects, sends commands again until they are answered, and records everything."""

import random
import threading
import time
import uuid
from typing import Any

import websocket

from client import Closed, JsonObject, Notification, Refused
from tools.chaos.recording_client import RecordingClient
from tools.chaos.records import EventStream, SentCommand, latest_stream

PASSWORD = "correct horse battery"
RETRY_PAUSE_SECONDS = (0.1, 0.4)
# How often an answered command is sent again, which must get the same answer.
REPEAT_PROBABILITY = 0.03
CONNECTION_ERRORS = (OSError, websocket.WebSocketException, Closed)  # with TimeoutError


class Unanswered(Exception):
    """A request got no answer, so that it may have been served or not."""


class Player:
    """One player, on one connection at a time. Used by one thread.

    `activity` says what the player does. `snapshot` is the last session that it connected to, until
    it is taken. `stopping` is set when the player is to leave.
    """

    def __init__(self, url: str, login: str, seed: str) -> None:
        self.login = login
        self.rng = random.Random(seed)
        self.sent: list[SentCommand] = []
        self.streams: list[EventStream] = []
        self.errors: list[str] = []
        self.activity = "registers"
        self.stopping = threading.Event()
        self.snapshot: JsonObject | None = None
        self._following: str | None = None
        self._url = url
        self._token: str | None = None
        self._connection: RecordingClient | None = None

    def call(self, method: str, **params: Any) -> Any:
        """Call a method and return its result. Raises Refused, or Unanswered."""
        connection = self.connection()
        try:
            return connection.call(method, **params)
        except Refused as refusal:
            self._raise_unless_transient(refusal)
            raise Unanswered from None
        except CONNECTION_ERRORS:
            connection.drop()
            raise Unanswered from None

    def call_until_answered(self, method: str, **params: Any) -> Any:
        """Call a method that may be called twice, until it is answered. Raises Refused."""
        while True:
            try:
                return self.call(method, **params)
            except Unanswered:
                self.pause()

    def execute(
        self, session_id: str, command: JsonObject, version: int, thought: float
    ) -> int | None:
        """Send a command under one id until it is answered; return its version, None if refused."""
        sent = SentCommand(session_id, self.login, uuid.uuid4().hex, command, thought)
        self.sent.append(sent)
        answers = 2 if self.rng.random() < REPEAT_PROBABILITY else 1
        try:
            while len(sent.versions) < answers:
                self._execute_once(sent, version)
        except Refused as refusal:
            if sent.versions or refusal.type != "SessionEnded":
                self.errors.append(f"{self.login} sent {command}, {sent.versions}: {refusal}")
            sent.refused = refusal.type
            return None
        return sent.versions[0]

    def follow(self, session_id: str) -> None:
        """Connect to a session, now and on each new connection."""
        self._following = session_id
        connection = self.connection()
        while self.snapshot is None or self.snapshot["session_id"] != session_id:
            try:
                self._follow(connection, session_id)
            except (*CONNECTION_ERRORS, Refused) as error:
                if isinstance(error, Refused):
                    self._raise_unless_transient(error)
                self.pause()
                connection = self.connection()

    def next_event(self, timeout: float) -> Notification | None:
        """Return the next notification; None where none comes, or where it had to reconnect."""
        known = self._connection
        connection = self.connection()
        try:
            return connection.next_event(timeout) if connection is known else None
        except (Closed, TimeoutError):
            return None

    def connection(self) -> RecordingClient:
        """Return the connection; if it is broken, make a new one that follows the session."""
        while self._connection is None or not self._connection.is_open:
            if self.stopping.is_set():
                raise SystemExit  # ends this thread
            try:
                self._connection = self._connect()
            except (*CONNECTION_ERRORS, Refused):
                self.pause()
        return self._connection

    def pause(self) -> None:
        """Wait for a moment before trying again."""
        self.stopping.wait(self.rng.uniform(*RETRY_PAUSE_SECONDS))

    def close(self) -> None:
        """Stop, and end the connection."""
        self.stopping.set()
        if self._connection is not None:
            self._connection.close()

    def _raise_unless_transient(self, refusal: Refused) -> None:
        if refusal.type == "InternalError":
            self.errors.append(f"{self.login}: {refusal}")
        elif refusal.type != "Unavailable":
            raise refusal

    def _execute_once(self, sent: SentCommand, version: int) -> None:
        try:
            sent.last_sent_at = sent.last_sent_at if sent.versions else time.time()
            answer = self.call(
                "sessions.execute", session_id=sent.session_id, command=sent.command,
                command_id=sent.command_id, version=version,
            )
        except Unanswered:
            self.pause()
        else:
            sent.acknowledged_at = sent.acknowledged_at or time.time()
            sent.versions.append(answer["version"])

    def _connect(self) -> RecordingClient:
        connection = RecordingClient(self._url, self.login, self.streams, self.errors)
        try:
            if self._token is None:
                self._token = self._register(connection)
            else:
                connection.call("auth.authenticate", access_token=self._token)
            if self._following is not None:
                self._follow(connection, self._following)
        except Exception:  # whatever it is, the connection is of no use
            connection.drop()
            raise
        return connection

    def _follow(self, connection: RecordingClient, session_id: str) -> None:
        known = latest_stream(self.streams, session_id)
        since = known.version if known else None
        self.snapshot = connection.follow(session_id, since)["session"]

    def _register(self, connection: RecordingClient) -> str:
        try:
            answer = connection.call("auth.register", login=self.login, password=PASSWORD)
        except Refused as refusal:
            if refusal.type != "LoginTaken":
                raise
            answer = connection.call("auth.login", login=self.login, password=PASSWORD)
        return str(answer["access_token"])
