"""The messages that wait to be sent to one client."""

import logging
from collections import deque
from collections.abc import Callable

import eventlet

from gateway.connection.websocket import SendTimeout, WebSocket

_log = logging.getLogger(__name__)

MAX_CHARACTERS = 1024 * 1024
MAX_MESSAGES = 1000


class SendQueue:
    """Sends messages in order, in a greenthread of its own while there are any.

    `on_overflow` is called when the client does not read its messages, and `on_empty` when all
    messages have been sent.
    """

    def __init__(
        self, socket: WebSocket, on_overflow: Callable[[], None], on_empty: Callable[[], None]
    ) -> None:
        self._socket = socket
        self._on_overflow, self._on_empty = on_overflow, on_empty
        self._waiting: deque[str] = deque()
        self._characters = 0
        self.is_sending = False

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, text: str) -> None:
        """Add a message."""
        if self._overflows(text):
            self._waiting.clear()
            self._on_overflow()
            return
        self._waiting.append(text)
        self._characters += len(text)
        if not self.is_sending:
            self.is_sending = True
            eventlet.spawn_n(self._send)

    def _overflows(self, text: str) -> bool:
        # The first message may have any size: it says nothing about whether the client reads.
        too_many = len(self._waiting) >= MAX_MESSAGES
        too_large = self._characters + len(text) > MAX_CHARACTERS
        return bool(self._waiting) and (too_many or too_large)

    def _send(self) -> None:
        try:
            while self._waiting:
                texts = list(self._waiting)
                self._waiting.clear()
                self._characters = 0
                self._socket.send(texts)
        except (OSError, SendTimeout):
            self._socket.abort()
        except Exception:  # the frames may be torn: nothing more can be sent
            _log.exception("Sending to a client failed")
            self._socket.abort()
        finally:
            self.is_sending = False
            self._on_empty()
