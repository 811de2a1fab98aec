"""What waits to be sent to a client: in order, by one greenthread, and never too much of it."""

import logging
from collections import deque
from collections.abc import Callable

import eventlet

from gateway.connection.websocket import SendTimeout, WebSocket

_log = logging.getLogger(__name__)

LARGEST = 1024 * 1024  # characters
MOST_MESSAGES = 1000


class SendQueue:
    """The messages on their way to one client.

    `on_overflow` is called where the client does not read them, and `on_sent` whenever nothing is
    under way any more.
    """

    def __init__(
        self, socket: WebSocket, on_overflow: Callable[[], None], on_sent: Callable[[], None]
    ):
        self._socket = socket
        self._on_overflow, self._on_sent = on_overflow, on_sent
        self._waiting: deque[str] = deque()
        self._size = 0
        self.is_sending = False

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, text: str) -> None:
        """Have a message sent once those before it have been."""
        if self._overflows(text):
            self._waiting.clear()
            self._on_overflow()
            return
        self._waiting.append(text)
        self._size += len(text)
        if not self.is_sending:
            self.is_sending = True
            eventlet.spawn_n(self._send)

    def _overflows(self, text: str) -> bool:
        # A single answer may be larger than all that may wait: it says nothing of its reader.
        too_much = len(self._waiting) >= MOST_MESSAGES or self._size + len(text) > LARGEST
        return bool(self._waiting) and too_much

    def _send(self) -> None:
        try:
            while self._waiting:
                texts = list(self._waiting)
                self._waiting.clear()
                self._size = 0
                self._socket.send(texts)
        except (OSError, SendTimeout):
            self._socket.break_off()
        except Exception:  # the frames may be torn: nothing more can be sent
            _log.exception("Sending to a client failed")
            self._socket.break_off()
        finally:
            self.is_sending = False
            self._on_sent()
