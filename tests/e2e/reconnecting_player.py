"""A player who plays on whatever restarts, retrying as the documentation tells clients to."""

import random
import secrets
import time

import eventlet

from client import Client, Closed, Refused

RETRY_INTERVAL_SECONDS = 0.2
TIMEOUT_SECONDS = 60.0
LOST = (Closed, TimeoutError, OSError)


class ReconnectingPlayer:
    """Plays one session on one connection at a time, and checks that it misses no event."""

    def __init__(self, url, thinking=1.0):
        self.login = f"p-{secrets.token_hex(6)}"
        self.acknowledged = {}  # moves by the versions that were answered
        self.retries = 0
        self.session_id = None
        self.version = 0
        self.url, self._thinking = url, thinking
        self._legal = []
        self._client = Client(url, timeout=10)
        self._tokens = self._client.call(
            "auth.register", login=self.login, password=f"password of {self.login}"
        )

    def close(self):
        self._client.close()

    def join(self, session_id):
        """Connect to the session to play."""
        self.session_id = session_id
        session = self._client.call("sessions.connect", session_id=session_id)["session"]
        self.version, self._legal = session["version"], session["legal"]

    def call(self, method, **params):
        """Call a method until it is answered, and return the result."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            try:
                return self._client.call(method, **params)
            except Refused as refusal:
                if refusal.type != "Unavailable" or time.monotonic() > deadline:
                    raise
            except LOST:
                if time.monotonic() > deadline:
                    raise
                self._come_back()
            self.retries += 1
            eventlet.sleep(RETRY_INTERVAL_SECONDS)

    def play(self, goes_on):
        """Move whenever it is this player's turn, for as long as `goes_on` returns true."""
        while goes_on():
            self._hear()
            if self._legal:
                self._move(random.choice(self._legal))
                eventlet.sleep(self._thinking)

    def hear_up_to(self, version):
        """Wait for all events up to a version."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while self.version < version:
            assert time.monotonic() < deadline, f"{self.login} has not heard of {version}"
            self._hear()

    def _move(self, move):
        self._legal = []
        answer = self.call(
            "sessions.execute", session_id=self.session_id, command_id=secrets.token_hex(8),
            command={"type": "move", "move": move},
        )
        assert answer["version"] not in self.acknowledged
        self.acknowledged[answer["version"]] = move
        if self.version < answer["version"]:  # coming back may have shown how it was before
            self._legal = []

    def _hear(self):
        try:
            event = self._client.next_event(timeout=0.5)
        except TimeoutError:
            return
        except Closed:
            self._come_back()
            return
        if event["params"].get("session_id") == self.session_id and "version" in event["params"]:
            self._take(event["method"], event["params"])

    def _take(self, kind, params):
        assert params["version"] == self.version + 1, (
            f"{self.login} heard of {params['version']} after {self.version}"
        )
        self.version = params["version"]
        if kind == "session.state_changed":
            self._legal = params.get("legal") or []

    def _come_back(self):
        """Connect again, from the last version that was received."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            try:
                self._client.drop()
                self._client = Client(self.url, timeout=10)
                self._client.call("auth.authenticate", access_token=self._tokens["access_token"])
                answer = self._client.call(
                    "sessions.connect", session_id=self.session_id, since=self.version
                )
                break
            except Refused as refusal:
                if refusal.type != "Unavailable" or time.monotonic() > deadline:
                    raise
            except LOST:
                if time.monotonic() > deadline:
                    raise
            self.retries += 1
            eventlet.sleep(RETRY_INTERVAL_SECONDS)
        for event in answer["events"]:
            self._take(event["type"], event)
        assert answer["session"]["version"] == self.version
        self._legal = answer["session"]["legal"]


def check_pair(one, other):
    """Check that each was told of every event, and that each acknowledged move was made once."""
    session_id = one.session_id
    events = one.call("sessions.history", session_id=session_id)["events"]
    assert [event["version"] for event in events] == list(range(1, len(events) + 1))
    for player in (one, other):
        player.hear_up_to(len(events))
        moves = {
            event["version"]: event["command"]["move"] for event in events
            if event["type"] == "session.state_changed"
            and event["command"]["login"] == player.login
        }
        assert moves == player.acknowledged
    assert one.acknowledged and other.acknowledged
