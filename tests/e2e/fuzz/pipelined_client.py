"""A client that has many messages under way at once, and keeps all that it is told."""

import json
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import websocket

from tests.e2e.fuzz.frames import CLOSE, GOODBYE, PONG, frame

TIMEOUT_SECONDS = 60.0


class PipelinedClient:
    """A connection on which texts are sent whatever they are, all at once."""

    def __init__(self, url: str) -> None:
        self._ws = websocket.create_connection(url, timeout=TIMEOUT_SECONDS)
        self._is_pinged = False
        self.events: list[dict[str, Any]] = []
        self.close_code: int | None = None

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Return the whole answer to a request, while nothing else is under way."""
        request = {"jsonrpc": "2.0", "id": 0, "method": method, "params": params}
        [answer] = self.exchange([json.dumps(request)])
        return answer

    def exchange(self, texts: Sequence[str]) -> list[dict[str, Any]]:
        """Send texts and return as many answers; fewer where the connection ends before."""
        data = b"".join(frame(text.encode()) for text in texts)
        writer = threading.Thread(target=self._write, args=(data,))
        writer.start()
        answers: list[dict[str, Any]] = []
        while len(answers) < len(texts) and (message := self._next()) is not None:
            (self.events if "method" in message else answers).append(message)
        writer.join()
        if self._is_pinged:  # not before: it would come in the middle of a frame
            self._write(frame(b"", 0x80 | PONG))
            self._is_pinged = False
        return answers

    def finish(self, data: bytes = GOODBYE) -> list[dict[str, Any]]:
        """Send what ends the connection; return what is told before it has ended."""
        writer = threading.Thread(target=self._write, args=(data,))
        writer.start()
        told = list(iter(self._next, None))
        writer.join()
        self._ws.shutdown()
        return told

    def _write(self, data: bytes) -> None:
        with suppress(OSError):  # it is said by the close code why
            self._ws.sock.sendall(data)

    def _next(self) -> dict[str, Any] | None:
        """Return the next message, or None once the server has said goodbye."""
        while self.close_code is None:
            received = self._ws.recv_frame()
            if received.opcode == websocket.ABNF.OPCODE_TEXT:
                message: dict[str, Any] = json.loads(received.data)
                return message
            if received.opcode == CLOSE:
                self.close_code = int.from_bytes(received.data[:2])
            self._is_pinged |= received.opcode == websocket.ABNF.OPCODE_PING
        return None
