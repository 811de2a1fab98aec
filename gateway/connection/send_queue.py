"""The messages that wait to be sent to one client."""

import logging
from collections.abc import Callable

import eventlet
from eventlet.hubs import get_hub

from gateway.connection.reliable_socket import SendTimeout
from gateway.connection.websocket import WebSocket

_log = logging.getLogger(__name__)

MAX_QUEUED_BYTES = 1024 * 1024
MAX_MESSAGES = 1000


class SendQueue:
    """Sends messages in order. What is put while the hub is at work goes out in one write.

    `on_overflow` is called when the client does not read its messages, and `on_empty` when all
    messages have been sent. Neither may wait.
    """

    def __init__(
        self, socket: WebSocket, on_overflow: Callable[[], None], on_empty: Callable[[], None]
    ) -> None:
        self._socket = socket
        self._on_overflow, self._on_empty = on_overflow, on_empty
        self._waiting: list[bytes] = []
        self._bytes = 0
        self.is_sending = False
        self._is_due = False  # what waits, to be sent in the hub's next turn

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, text: bytes) -> None:
        """Add a message."""
        if self._is_due and self._overflows(text):
            self._send_early()  # only what then still waits says that the client does not read
        if self._overflows(text):
            self._waiting.clear()
            self._on_overflow()
            return
        self._waiting.append(text)
        self._bytes += len(text)
        if not self.is_sending:
            self.is_sending = self._is_due = True
            _due.add(self._send_now)

    def _overflows(self, text: bytes) -> bool:
        # The first message may have any size: it says nothing about whether the client reads.
        too_many = len(self._waiting) >= MAX_MESSAGES
        too_large = self._bytes + len(text) > MAX_QUEUED_BYTES
        return bool(self._waiting) and (too_many or too_large)

    def _send_now(self) -> None:
        if self._is_due and self._send_early():
            self._is_due = False
            self._finish()

    def _send_early(self) -> bool:
        """Send what is due; returns False where the rest has to be sent slowly."""
        try:
            send_rest = self._send_waiting()
        except Exception as error:  # of any kind: others are served after this client
            self._fail(error)
            send_rest = None
        if send_rest is not None:
            self._is_due = False
            eventlet.spawn_n(self._send_slowly, send_rest)
        return send_rest is None

    def _send_slowly(self, send_rest: Callable[[], None] | None) -> None:
        try:
            while send_rest is not None:
                send_rest()
                send_rest = self._send_waiting()
        except Exception as error:  # nobody else would log it
            self._fail(error)
        finally:
            self._finish()

    def _send_waiting(self) -> Callable[[], None] | None:
        texts, self._waiting = self._waiting, []
        self._bytes = 0
        return self._socket.send(texts) if texts else None

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, OSError | SendTimeout):
            _log.error("Sending to a client failed", exc_info=error)
        self._socket.abort()  # a frame may be torn: nothing more can be sent

    def _finish(self) -> None:
        self.is_sending = False
        self._on_empty()


class _Due:
    """What is to be done, for all connections, once the hub has done what is ready by now."""

    def __init__(self) -> None:
        self._actions: list[Callable[[], None]] = []

    def add(self, action: Callable[[], None]) -> None:
        if not self._actions:
            get_hub().schedule_call_global(0, self._run)
        self._actions.append(action)

    def _run(self) -> None:
        actions, self._actions = self._actions, []
        for action in actions:
            action()


_due = _Due()
