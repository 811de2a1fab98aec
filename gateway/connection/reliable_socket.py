"""The socket of a WebSocket under eventlet: the hub reads, and writing waits only if it must."""

import socket
from collections.abc import Callable
from functools import partial
from typing import Any

import eventlet
from eventlet.hubs import get_hub, trampoline

from gateway.connection.lock import Lock

SEND_TIMEOUT_SECONDS = 15.0  # for each chunk
CLOSE_TIMEOUT_SECONDS = 2.0
DRAIN_INTERVAL_SECONDS = 0.01
DRAIN_BYTES = 64 * 1024
SEND_BYTES = 64 * 1024
READ_BYTES = 4 * 1024  # before others have their turn


class SendTimeout(Exception):
    """The client has not read what was sent to it in time."""


class ReliableSocket:
    """A socket that sends all or fails, and one piece of data after the other.

    Reading costs no greenthread: the hub calls `on_data`, which must not wait, with what has
    arrived, and with nothing at the end.
    """

    __slots__ = ("_socket", "_on_data", "_lock", "_listener")

    def __init__(self, raw: socket.socket, on_data: Callable[[bytes], None]) -> None:
        """Take the socket, which is one of the system's and does not block."""
        self._socket, self._on_data = raw, on_data
        self._lock = Lock()
        self._listener: Any = None

    # Reading

    def listen(self) -> None:
        """Read from now on what arrives."""
        if self._listener is None:
            hub, forget = get_hub(), self._forget
            self._listener = hub.add(hub.READ, self._socket.fileno(), self._read, forget, forget)

    def pause(self) -> None:
        """Read nothing until `listen`, so that the client has to wait."""
        listener, self._listener = self._listener, None
        if listener is not None:
            get_hub().remove(listener)

    def _read(self, _: int) -> None:
        try:
            data = self._socket.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.pause()
        self._on_data(data)

    def _forget(self, *_: object) -> None:
        self._listener = None

    # Sending

    def send_now(self, data: bytes) -> Callable[[], None] | None:
        """Send without waiting; raises OSError.

        Returns None, or what has to be called to send the rest. That may wait, and raises
        OSError and SendTimeout.
        """
        if self._lock.locked():
            return partial(self.send, data)
        try:
            sent = self._socket.send(data)
        except BlockingIOError:
            sent = 0
        if sent == len(data):
            return None
        self._lock.acquire()  # at once, as it is free: nothing may come between the two parts
        return partial(self._send_rest, data[sent:])

    def send(self, data: bytes) -> None:
        """Send and wait; raises OSError and SendTimeout."""
        self._lock.acquire()
        self._send_rest(data)

    def _send_rest(self, data: bytes) -> None:
        try:
            # In chunks, so that the timeout is one for a client that reads nothing at all.
            for begin in range(0, len(data), SEND_BYTES):
                with eventlet.Timeout(SEND_TIMEOUT_SECONDS, SendTimeout("no data was read")):
                    self._send_chunk(data[begin : begin + SEND_BYTES])
        except BaseException:  # also where its greenthread is killed
            self.abort()  # a frame is torn: nothing may follow it
            raise
        finally:
            self._lock.release()

    def _send_chunk(self, data: bytes) -> None:
        while data:
            try:
                data = data[self._socket.send(data) :]
            except BlockingIOError:
                trampoline(self._socket, write=True)

    # Ending

    def abort(self) -> None:
        """End the connection at once, and wake whoever waits for it."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it has already ended

    def close(self) -> None:
        """Close the socket, after giving the client time to read what was sent last."""
        self.pause()
        try:
            self._socket.shutdown(socket.SHUT_WR)
            # Closing with unread input would reset the connection and lose the close frame.
            with eventlet.Timeout(CLOSE_TIMEOUT_SECONDS, False):
                self._drain()
        except OSError:
            pass  # it has already ended
        self._socket.close()

    def _drain(self) -> None:
        """Read until the client's end, slowly: it may send for as long as it is read from."""
        while True:
            trampoline(self._socket, read=True)
            if not self._socket.recv(DRAIN_BYTES):
                return
            eventlet.sleep(DRAIN_INTERVAL_SECONDS)
