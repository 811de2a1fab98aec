"""One connection to the server: calls, their answers, and events, over a WebSocket.

    with Client("ws://localhost:8000/ws") as client:
        client.call("auth.register", login="alice", password="correct horse")
        client.call("searcher.start")
        found = client.wait_for("searcher.opponent_found")
"""

import itertools
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any, TypeAlias, TypedDict, TypeVar, cast

import websocket

Found = TypeVar("Found")
JsonObject: TypeAlias = dict[str, Any]
MAX_TURN_SECONDS = 120.0  # for a turn that the server gives where very many come at once


class Notification(TypedDict):
    """An event: its name, and its params."""

    method: str
    params: JsonObject


class Refused(Exception):
    """The server has refused a call: `type` is the error's type, `details` its data."""

    def __init__(self, error: JsonObject):
        super().__init__(error["message"])
        self.code = error["code"]
        self.details = error["data"]
        self.type = self.details["type"]

    @property
    def turn_seconds(self) -> float | None:
        """When to call again, where nothing was done because very many came at once."""
        return self.details.get("retry_after") if self.type == "Unavailable" else None


class Closed(Exception):
    """The connection has ended; `code` is the server's close code, if it gave one."""

    def __init__(self, code: int | None):
        super().__init__(f"the connection has ended (code {code})")
        self.code = code


class Client:
    """One connection to the server. Several threads may use it: each gets its own answers."""

    def __init__(self, url: str, timeout: float = 10.0, **options: Any):
        self.timeout = timeout
        self.close_code: int | None = None
        self._socket = websocket.create_connection(url, timeout=timeout, **options)
        self._socket.settimeout(None)
        self._ids = itertools.count(1)
        self._answers: dict[int, JsonObject] = {}
        self._events: list[Notification] = []
        self._changed = threading.Condition()
        self._open = True
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, method: str, **params: Any) -> Any:
        """Call a method and return its result. Raises Refused, Closed or TimeoutError.

        Where very many come at once, the server says when to come again: this waits for it.
        """
        give_up_at = time.monotonic() + MAX_TURN_SECONDS
        while True:
            try:
                return self._call(method, params)
            except Refused as refusal:
                seconds = refusal.turn_seconds
                if seconds is None or time.monotonic() + seconds > give_up_at:
                    raise
            time.sleep(seconds)

    def _call(self, method: str, params: JsonObject) -> Any:
        number = next(self._ids)
        self.send(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}))
        answer = self._wait(lambda: self._answers.pop(number, None), f"the answer to {method}")
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["result"]

    def execute(self, session_id: str, command: JsonObject, version: int | None = None) -> Any:
        """Send a command to a session, under a new command id."""
        return self.call(
            "sessions.execute", session_id=session_id, command=command,
            command_id=uuid.uuid4().hex, version=version,
        )

    def wait_for(
        self, event: str, where: Callable[[JsonObject], bool] = lambda params: True,
        timeout: float | None = None,
    ) -> JsonObject:
        """Return the params of the next event of this name, and remove it from those received."""

        def find() -> JsonObject | None:
            for received in self._events:
                if received["method"] == event and where(received["params"]):
                    self._events.remove(received)
                    return received["params"]
            return None

        return self._wait(find, event, timeout)

    def next_event(self, timeout: float | None = None) -> Notification:
        """Return the next event of any name."""
        return self._wait(
            lambda: self._events.pop(0) if self._events else None, "an event", timeout
        )

    @property
    def events(self) -> list[Notification]:
        """The events that were received and not yet returned."""
        return list(self._events)

    def send(self, text: str) -> None:
        """Send a text as it is. Raises Closed."""
        try:
            self._socket.send(text)
        except (OSError, websocket.WebSocketException):
            raise Closed(self.close_code) from None

    def wait_closed(self, timeout: float | None = None) -> int | None:
        """Wait until the connection has ended; return the close code."""
        self._reader.join(timeout or self.timeout)
        if self._reader.is_alive():
            raise TimeoutError("the connection has not ended in time")
        return self.close_code

    def close(self) -> None:
        """End the connection."""
        try:
            self._socket.send_close()
            self._reader.join(timeout=1)  # it reads the server's answer
        except (OSError, websocket.WebSocketException):
            pass  # it has ended already
        self.drop()

    def drop(self) -> None:
        """Break the connection off without a close message, as a lost network does."""
        if (below := self._socket.sock) is not None:
            try:
                below.shutdown(socket.SHUT_RDWR)  # wakes the reader, as closing would not
            except OSError:
                pass  # it has ended already
        self._reader.join(self.timeout)

    def _wait(
        self, find: Callable[[], Found | None], what: str, timeout: float | None = None
    ) -> Found:
        deadline = time.monotonic() + (timeout or self.timeout)
        with self._changed:
            while (found := find()) is None:
                if not self._open:
                    raise Closed(self.close_code)
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise TimeoutError(f"{what} has not come in time")
                self._changed.wait(remaining)
        return found

    def _read(self) -> None:
        try:
            while True:
                opcode, data = self._socket.recv_data()
                if opcode == websocket.ABNF.OPCODE_CLOSE:
                    self.close_code = int.from_bytes(data[:2], "big") if len(data) >= 2 else None
                    break
                self._take(json.loads(data))
        except (OSError, websocket.WebSocketException):
            pass  # the connection has ended
        self._socket.shutdown()
        with self._changed:
            self._open = False
            self._changed.notify_all()

    def _take(self, message: JsonObject) -> None:
        with self._changed:
            if "method" in message:
                self._events.append(cast(Notification, message))
            else:
                self._answers[message["id"]] = message
            self._changed.notify_all()
