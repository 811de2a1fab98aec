"""A WebSocket under eventlet, with what flask-sock's own lacks.

Whole frames are sent also to a client that reads slowly, sending has a timeout, reading exerts
back-pressure, a close frame is not lost to a reset, and a ping that is not answered is noticed.
"""

import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

import eventlet
from eventlet.semaphore import Semaphore
from simple_websocket import ConnectionClosed
from wsproto.events import CloseConnection, Ping, TextMessage
from wsproto.utilities import LocalProtocolError

SEND_TIMEOUT_SECONDS = 15.0  # for each chunk
CLOSE_TIMEOUT_SECONDS = 1.0
CHUNK_BYTES = 65536
MAX_UNREAD_MESSAGES = 32


class SendTimeout(Exception):
    """The client has not read what was sent to it in time."""


class ReliableSocket:
    """The socket of a WebSocket: sends all or fails, and one message after the other."""

    def __init__(self, wrapped: socket.socket) -> None:
        self._wrapped = wrapped
        self._lock = Semaphore()
        self.on_read: Callable[[], None] = lambda: None

    def send(self, data: bytes) -> int:
        with self._lock:
            try:
                # In chunks, so that the timeout is one for a client that reads nothing at all.
                for begin in range(0, len(data), CHUNK_BYTES):
                    with eventlet.Timeout(SEND_TIMEOUT_SECONDS, SendTimeout("no data was read")):
                        self._wrapped.sendall(data[begin : begin + CHUNK_BYTES])
            except BaseException:
                self.abort()  # a frame is torn: nothing may follow it
                raise
        return len(data)

    def recv(self, size: int) -> bytes:
        self.on_read()
        return self._wrapped.recv(size)

    def abort(self) -> None:
        """End the connection at once, and wake whoever waits for it."""
        try:
            self._wrapped.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it has already ended

    def close(self) -> None:
        """Close the socket, after giving the client time to read what was sent last."""
        try:
            self._wrapped.shutdown(socket.SHUT_WR)
            # Closing with unread input would reset the connection and lose the close frame.
            with eventlet.Timeout(CLOSE_TIMEOUT_SECONDS, False):
                while self._wrapped.recv(CHUNK_BYTES):
                    pass
        except OSError:
            pass  # it has already ended
        self._wrapped.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wrapped, name)


class BoundedBuffer(list[str | bytes]):
    """Messages that have been received and not yet taken; appending to a full one waits."""

    def __init__(self, messages: Iterable[str | bytes]) -> None:
        super().__init__(messages)
        self._free = Semaphore(max(MAX_UNREAD_MESSAGES - len(self), 0))

    def append(self, message: str | bytes) -> None:
        self._free.acquire()
        super().append(message)

    def pop(self, index: Any = -1) -> str | bytes:
        message = super().pop(index)
        self._free.release()
        return message


class WebSocket:
    """flask-sock's WebSocket: receive, send text messages, ping, close."""

    def __init__(self, ws: Any) -> None:
        ws.sock.settimeout(None)
        self._socket = ws.sock = ReliableSocket(ws.sock)
        ws.input_buffer = BoundedBuffer(ws.input_buffer)
        self._ws = ws
        self._pinged_at: float | None = None
        self.round_trip: float | None = None  # in seconds, measured by the last ping
        self._socket.on_read = self._measure_round_trip

    def receive(self) -> str | bytes | None:
        """Return the next message, or None once the client is gone."""
        try:
            message: str | bytes = self._ws.receive()
        except ConnectionClosed:
            return None
        return message

    def send(self, texts: list[str]) -> None:
        """Send text messages, in one write; raises OSError or SendTimeout."""
        if not self._ws.connected:
            raise BrokenPipeError("the socket is closed")
        frames = [self._ws.ws.send(TextMessage(data=text)) for text in texts]
        self._socket.send(b"".join(frames))

    def ping(self) -> bool:
        """Send a ping; returns False, without sending, where the last one was not answered."""
        if not self._ws.pong_received:
            return False
        self._ws.pong_received = False
        self._pinged_at = time.monotonic()
        try:
            frame = self._ws.ws.send(Ping())
        except LocalProtocolError as error:  # the client has just sent a close frame
            raise BrokenPipeError("the socket is closed") from error
        self._socket.send(frame)
        return True

    def close(self, code: int, reason: str) -> None:
        """Send a close frame, and end the connection."""
        if self._ws.connected:
            self._ws.connected = False
            self._socket.send(self._ws.ws.send(CloseConnection(code, reason)))
        self._ws.event.set()

    def abort(self) -> None:
        """End the connection without a close frame."""
        self._ws.connected = False
        self._socket.abort()
        self._ws.event.set()

    def join(self) -> None:
        """Wait for the greenthread that reads, so that nothing is left of the socket."""
        self._ws.thread.join(2 * CLOSE_TIMEOUT_SECONDS)

    def _measure_round_trip(self) -> None:
        # It is called when reading goes on, which is just after a pong has been handled.
        if self._pinged_at is not None and self._ws.pong_received:
            self.round_trip = time.monotonic() - self._pinged_at
            self._pinged_at = None
