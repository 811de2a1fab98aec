"""The socket of a WebSocket under eventlet: the hub reads, and writing waits only if it must."""

import socket
from collections.abc import Callable
from functools import partial
from typing import Any

import eventlet
from eventlet.hubs import get_hub
from eventlet.semaphore import Semaphore

SEND_TIMEOUT_SECONDS = 15.0  # for each chunk
CLOSE_TIMEOUT_SECONDS = 1.0
SEND_BYTES = 64 * 1024
READ_BYTES = 16 * 1024


class SendTimeout(Exception):
    """The client has not read what was sent to it in time."""


class ReliableSocket:
    """A socket that sends all or fails, and one piece of data after the other.

    Reading costs no greenthread: the hub calls `on_data`, which must not wait, with what has
    arrived, and with nothing at the end.
    """

    def __init__(self, wrapped: Any, on_data: Callable[[bytes], None]) -> None:
        self._wrapped, self._on_data = wrapped, on_data
        self._lock = Semaphore()
        self._listener: Any = None

    # Reading

    def listen(self) -> None:
        """Read from now on what arrives."""
        if self._listener is None:
            hub = get_hub()
            self._listener = hub.add(
                hub.READ, self._wrapped.fileno(), self._read, self._forget, self._forget
            )

    def pause(self) -> None:
        """Read nothing until `listen`, so that the client has to wait."""
        listener, self._listener = self._listener, None
        if listener is not None:
            get_hub().remove(listener)

    def _read(self, _: int) -> None:
        try:
            data: bytes = self._wrapped.fd.recv(READ_BYTES)
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
            sent = self._wrapped.fd.send(data)
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
                    self._wrapped.sendall(data[begin : begin + SEND_BYTES])
        except BaseException:  # also where its greenthread is killed
            self.abort()  # a frame is torn: nothing may follow it
            raise
        finally:
            self._lock.release()

    # Ending

    def abort(self) -> None:
        """End the connection at once, and wake whoever waits for it."""
        try:
            self._wrapped.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it has already ended

    def close(self) -> None:
        """Close the socket, after giving the client time to read what was sent last."""
        self.pause()
        try:
            self._wrapped.shutdown(socket.SHUT_WR)
            # Closing with unread input would reset the connection and lose the close frame.
            with eventlet.Timeout(CLOSE_TIMEOUT_SECONDS, False):
                while self._wrapped.recv(READ_BYTES):
                    pass
        except OSError:
            pass  # it has already ended
        self._wrapped.close()
