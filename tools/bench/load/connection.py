"""A connection to the gateway that costs little."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

from tools.bench.load.frames import CLOSE, PING, PONG, FrameReader, text_frame

STATE_CHANGED = b'{"jsonrpc":"2.0","method":"session.state_changed"'
NOTIFICATION = b'{"jsonrpc":"2.0","method":'
HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
CONNECT_TIMEOUT_SECONDS = 60.0

Message = dict[str, Any]


class Refused(Exception):
    """The server has refused a call, or the connection has ended before the answer."""

    def __init__(self, message: Message) -> None:
        error = message["error"]
        super().__init__(f"{error.get('message')}")
        # When to call again on the same connection; None where that is not told.
        self.retry_after: float | None = error.get("data", {}).get("retry_after")


def ignore() -> None:
    """Do nothing."""


class Connection(asyncio.Protocol):
    """A WebSocket. `on_move` is called for each state change, and `on_close` once at the end."""

    def __init__(self, parts: SplitResult) -> None:
        self.on_move: Callable[[], None] = ignore
        self.on_close: Callable[[], None] = ignore
        self._parts = parts
        self._frames = FrameReader()
        self._head: bytes | None = b""  # None once the handshake is done
        self._last_id = 0
        self._answers: dict[int, Callable[[Message], None]] = {}
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(cls, url: str) -> "Connection":
        """Connect; raises OSError where the server takes no connection."""
        parts, loop = urlsplit(url), asyncio.get_running_loop()
        host = "127.0.0.1" if parts.hostname == "localhost" else str(parts.hostname)
        async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
            _, made = await loop.create_connection(lambda: cls(parts), host, parts.port or 80)
            try:
                await made._opened
            except BaseException:  # also where it is cancelled
                made.close()
                raise
        return made

    async def call(self, method: str, **params: Any) -> Any:
        """Call a method and return its result; raises Refused."""
        answered: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

        def answer(message: Message) -> None:
            if not answered.done():
                answered.set_result(message)

        self.request(method, json.dumps(params), answer)
        message = await answered
        if "error" in message:
            raise Refused(message)
        return message["result"]

    def request(self, method: str, params: str, answer: Callable[[Message], None]) -> None:
        """Send a request; `answer` is called with the whole message, with an error at the end."""
        self._last_id += 1
        self._answers[self._last_id] = answer
        self._transport.write(text_frame(
            f'{{"jsonrpc":"2.0","id":{self._last_id},"method":"{method}","params":{params}}}'
            .encode()
        ))

    def close(self) -> None:
        """Break the connection off."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        head = HANDSHAKE.format(path=self._parts.path, host=self._parts.netloc)
        self._transport.write(head.encode())

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            data = self._shake_hands(data)
        for opcode, payload in self._frames.feed(data):
            if payload.startswith(STATE_CHANGED):
                self.on_move()
            elif opcode == PING:
                self._transport.write(PONG)
            elif opcode == CLOSE:
                self._transport.close()
            elif not payload.startswith(NOTIFICATION):
                message = json.loads(payload)
                self._answers.pop(message["id"])(message)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._opened.done():
            self._opened.set_exception(ConnectionError(f"The connection has ended: {error}"))
        answers, self._answers = self._answers, {}
        for answer in answers.values():
            answer({"error": {"message": "The connection has ended"}})
        self.on_close()

    def _shake_hands(self, data: bytes) -> bytes:
        """Take a part of the answer to the handshake; return what follows it."""
        head, end, rest = ((self._head or b"") + data).partition(b"\r\n\r\n")
        if not end:
            self._head = head
            return b""
        self._head = None
        if not self._opened.done():
            if b" 101 " in head.split(b"\r\n", 1)[0]:
                self._opened.set_result(None)
            else:
                self._opened.set_exception(ConnectionError(f"Not upgraded: {head[:80]!r}"))
        return rest
