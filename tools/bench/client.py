"""A client that costs little, since it shares the machine with the server that is measured.

It reads raw WebSocket frames, and parses no message that it need not.
"""

import json
import socket
import time
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, urlsplit

import eventlet
from eventlet.event import Event
from eventlet.queue import LightQueue

PASSWORD = "correct horse battery"
STATE_CHANGED = b'{"jsonrpc":"2.0","method":"session.state_changed"'
NOTIFICATION = b'{"jsonrpc":"2.0","method":'
MASKING_KEY = b"\0\0\0\0"  # a client must mask its frames; this key leaves them as they are
READ_BYTES = 65536
TEXT, PING = 1, 9  # opcodes
PONG_HEADER = b"\x8a\x80"


class Client:
    """A connection. `moves_seen` gets the time of each state change that it is told of."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""
        self._last_id = 0
        self._answers: dict[int, Event] = {}
        self.moves_seen = LightQueue()
        self._shake_hands(parts)
        eventlet.spawn_n(self._read)

    def call(self, method: str, **params: Any) -> Any:
        """Call a method and return its result; raise RuntimeError where it is refused."""
        self._last_id += 1
        answered = self._answers[self._last_id] = Event()
        self._send({"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params})
        message = answered.wait()
        if "error" in message:
            raise RuntimeError(message["error"]["message"])
        return message["result"]

    def close(self) -> None:
        """Break the connection off."""
        self._socket.shutdown(socket.SHUT_RDWR)  # ends the reader too

    def _shake_hands(self, parts: SplitResult) -> None:
        self._socket.sendall(
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self._socket.recv(READ_BYTES)
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(f"The server does not upgrade: {head[:80]!r}")

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode()
        size = len(data)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        self._socket.sendall(b"\x81" + length + MASKING_KEY + data)

    def _read(self) -> None:
        while True:
            for opcode, data in self._frames():
                if opcode == PING:
                    self._socket.sendall(PONG_HEADER + MASKING_KEY)
                elif data.startswith(STATE_CHANGED):
                    self.moves_seen.put(time.perf_counter())
                elif opcode == TEXT and not data.startswith(NOTIFICATION):
                    message = json.loads(data)
                    self._answers.pop(message["id"]).send(message)
            try:
                received = self._socket.recv(READ_BYTES)
            except OSError:
                return
            if not received:
                return
            self._buffer += received

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        """Yield the opcodes and payloads of the whole frames in the buffer, and remove them."""
        buffer, at = self._buffer, 0
        while len(buffer) >= at + 2:
            size, begin = buffer[at + 1], at + 2
            if size == 126:
                size, begin = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, begin = int.from_bytes(buffer[at + 2 : at + 10], "big"), at + 10
            if len(buffer) < begin + size:
                break
            yield buffer[at] & 15, buffer[begin : begin + size]
            at = begin + size
        self._buffer = buffer[at:]


class Player(Client):
    """A player who is registered on connecting, or authenticated by the tokens of another one."""

    def __init__(self, url: str, known: "Player | None" = None) -> None:
        super().__init__(url)
        if known is None:
            login = f"p{uuid.uuid4().hex[:15]}"
            self.tokens = self.call("auth.register", login=login, password=PASSWORD)
        else:
            refresh_token = known.tokens["refresh_token"]
            self.tokens = self.call("auth.refresh", refresh_token=refresh_token)
            self.call("auth.authenticate", access_token=self.tokens["access_token"])


def idle_clients(url: str, tokens: list[str], number: int) -> list[Client]:
    """Return so many connections of the players with these tokens, which do nothing."""
    clients = []
    for index in range(number):
        client = Client(url)
        client.call("auth.authenticate", access_token=tokens[index % len(tokens)])
        clients.append(client)
    return clients
