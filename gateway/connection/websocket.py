"""A WebSocket under eventlet, with what flask-sock's own lacks.

Whole frames reach the peer also where it reads slowly, sending has a deadline, reading has
back-pressure, and a close frame is not lost to a reset. Pings are answered in time or the peer is
gone.
"""

import socket
import time

import eventlet
from eventlet.semaphore import Semaphore
from simple_websocket import ConnectionClosed
from wsproto.events import CloseConnection, Ping, TextMessage
from wsproto.utilities import LocalProtocolError

SEND_DEADLINE = 15.0
LINGER = 1.0
MOST_UNREAD = 32
CHUNK = 65536


class SendTimeout(Exception):
    """The peer has not taken what was sent to it in time."""


class WholeSocket:
    """The socket below a WebSocket: sends all or fails, one sender at a time."""

    def __init__(self, below):
        self._below = below
        self._lock = Semaphore()
        self.on_read = lambda: None

    def send(self, data: bytes) -> int:
        with self._lock:
            try:
                for begin in range(0, len(data), CHUNK):  # a slow reader gets on, a deaf one not
                    with eventlet.Timeout(SEND_DEADLINE, SendTimeout("the peer does not read")):
                        self._below.sendall(data[begin : begin + CHUNK])
            except BaseException:
                self.break_off()  # the frame is torn: nothing may follow it
                raise
        return len(data)

    def recv(self, size: int) -> bytes:
        self.on_read()
        return self._below.recv(size)

    def break_off(self) -> None:
        """End the connection at once, whoever waits for it."""
        try:
            self._below.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it has ended already

    def close(self) -> None:
        """Close, once the peer has had the time to read what was sent to it last."""
        try:
            self._below.shutdown(socket.SHUT_WR)
            # Closing with unread input would reset the connection and lose the close frame.
            with eventlet.Timeout(LINGER, False):
                while self._below.recv(CHUNK):
                    pass
        except OSError:
            pass  # it has ended already
        self._below.close()

    def __getattr__(self, name: str):
        return getattr(self._below, name)


class BoundedBuffer(list):
    """Received messages that nobody has taken yet; when full, reading from the socket waits."""

    def __init__(self, messages):
        super().__init__(messages)
        self._room = Semaphore(max(MOST_UNREAD - len(messages), 0))

    def append(self, message) -> None:
        self._room.acquire()
        super().append(message)

    def pop(self, index: int = -1):
        message = super().pop(index)
        self._room.release()
        return message


class WebSocket:
    """flask-sock's socket: receive, send text frames, ping, close."""

    def __init__(self, ws):
        ws.sock.settimeout(None)
        self._below = ws.sock = WholeSocket(ws.sock)
        ws.input_buffer = BoundedBuffer(ws.input_buffer)
        self._ws = ws
        self._pinged_at: float | None = None
        self.round_trip: float | None = None
        self._below.on_read = self._measure

    @property
    def open(self) -> bool:
        return self._ws.connected

    def receive(self) -> str | bytes | None:
        """The next message; None where the peer is gone."""
        try:
            return self._ws.receive()
        except ConnectionClosed:
            return None

    def send(self, texts: list[str]) -> None:
        """Send text frames, in one write. Raises OSError or SendTimeout where the peer is gone."""
        if not self._ws.connected:
            raise BrokenPipeError("the socket is closed")
        frames = [self._ws.ws.send(TextMessage(data=text)) for text in texts]
        self._below.send(b"".join(frames))

    def ping(self) -> bool:
        """Ask whether the peer is there; False where it has not answered the last time."""
        if not self._ws.pong_received:
            return False
        self._ws.pong_received = False
        self._pinged_at = time.monotonic()
        try:
            frame = self._ws.ws.send(Ping())
        except LocalProtocolError as error:  # the peer has said goodbye a moment ago
            raise BrokenPipeError("the socket is closed") from error
        self._below.send(frame)
        return True

    def close(self, code: int, reason: str) -> None:
        """Tell the peer why, and end the connection."""
        if self._ws.connected:
            self._ws.connected = False
            self._below.send(self._ws.ws.send(CloseConnection(code, reason)))
        self._ws.event.set()

    def break_off(self) -> None:
        """End the connection without a word: the peer takes none."""
        self._ws.connected = False
        self._below.break_off()
        self._ws.event.set()

    def finish(self) -> None:
        """Wait until the reading greenthread is done, so that nothing is left of the socket."""
        self._ws.thread.join(2 * LINGER)

    def _measure(self) -> None:
        # Called when reading goes on, so right after a pong has been taken in.
        if self._pinged_at is not None and self._ws.pong_received:
            self.round_trip = time.monotonic() - self._pinged_at
            self._pinged_at = None
