"""Reads requests from a client's WebSocket, and sends answers and events."""

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import eventlet
from eventlet.semaphore import Semaphore

from gateway import metrics
from gateway.connection.send_queue import SendQueue
from gateway.connection.timers import Timers
from gateway.connection.websocket import SendTimeout, WebSocket
from gateway.protocol import close_codes, json_rpc
from gateway.protocol.dispatch import Answer, Served

_log = logging.getLogger(__name__)

MAX_CONCURRENT_REQUESTS = 16
MAX_MALFORMED_MESSAGES = 100
MALFORMED_WINDOW_SECONDS = 10.0


class Transport:
    """Serves the requests of one client side by side, and ends the connection in good order."""

    def __init__(self, socket: WebSocket, ping_interval: float) -> None:
        self._socket = socket
        self._ping_interval = ping_interval
        self._slots = Semaphore(MAX_CONCURRENT_REQUESTS)
        self._unanswered = 0
        self._closing: tuple[int, str] | None = None
        self._send_queue = SendQueue(socket, self._drop_slow_client, self._close_if_due)
        self._malformed_at: deque[float] = deque(maxlen=MAX_MALFORMED_MESSAGES)
        self.timers = Timers()
        self.closed = False

    @property
    def round_trip(self) -> float:
        """Seconds to the client and back, measured by the last ping; 0 before the first."""
        return self._socket.round_trip or 0.0

    @property
    def unsent(self) -> int:
        """How many messages wait to be sent."""
        return len(self._send_queue)

    # Requests

    def read(self, receive: Callable[[str], Served]) -> None:
        """Read messages, and serve what `receive` makes of each, until the connection ends."""
        self.timers.set("ping", 0, self._ping)  # now, as the first command needs the round trip
        while (message := self._socket.receive()) is not None:
            if self._closing:
                continue  # a client that never stops asking must not keep the connection open
            if isinstance(message, bytes):
                self.close(close_codes.NOT_TEXT, "only text messages are served")
            elif len(message.encode(errors="replace")) > json_rpc.MAX_MESSAGE_BYTES:
                self.close(close_codes.MESSAGE_TOO_LARGE, "a message has 64 KiB at most")
            else:
                self._slots.acquire()
                self._unanswered += 1
                request = receive(message)
                if request.waits:
                    eventlet.spawn_n(self._serve, request)
                else:
                    self._serve(request)

    def _serve(self, request: Served) -> None:
        try:
            request.serve(self._answer)
        except Exception:  # the reader goes on, and nothing else would log it
            _log.exception("A request could not be served")

    def _answer(self, answered: Answer) -> None:
        try:
            if answered.is_malformed:
                self._count_malformed()
            self.send(answered.text)
            for action in answered.after_answer:
                action()
        finally:
            self._unanswered -= 1
            self._slots.release()
            self._close_if_due()

    def _count_malformed(self) -> None:
        now, seen = time.monotonic(), self._malformed_at
        seen.append(now)
        if len(seen) == MAX_MALFORMED_MESSAGES and now - seen[0] < MALFORMED_WINDOW_SECONDS:
            self.close(close_codes.POLICY_VIOLATION, "too many messages that are no requests")

    # Sending

    def send(self, text: str) -> None:
        """Send a message; a client that does not read its messages is disconnected."""
        if not self.closed:
            self._send_queue.put(text)

    def notify(self, event: str, params: Mapping[str, Any]) -> None:
        """Send an event."""
        metrics.EVENTS.labels(event).inc()
        self.send(json_rpc.notification(event, params))

    def _drop_slow_client(self) -> None:
        metrics.SLOW_CLIENTS.inc()
        self.closed = True
        reason = "this client does not read its messages"
        eventlet.spawn_n(self._close_socket, close_codes.POLICY_VIOLATION, reason)

    # Closing

    def close(self, code: int, reason: str) -> None:
        """Close the connection once the messages that wait have been sent."""
        self._closing = self._closing or (code, reason)
        if not self._send_queue.is_sending:
            self._close_now()

    def close_after_answers(self, code: int, reason: str) -> None:
        """Close the connection once the requests that are being served have been answered."""
        self._closing = self._closing or (code, reason)
        self._close_if_due()

    def stop(self) -> None:
        """Send nothing more, and cancel all timers: the client is gone."""
        self.closed = True
        self.timers.cancel_all()

    def join(self) -> None:
        """Wait until nothing is left of the socket."""
        self._socket.join()

    def _close_if_due(self) -> None:
        if self._closing and not self._unanswered and not self._send_queue.is_sending:
            self._close_now()

    def _close_now(self) -> None:
        if self._closing and not self.closed:
            self.closed = True
            eventlet.spawn_n(self._close_socket, *self._closing)

    def _close_socket(self, code: int, reason: str) -> None:
        try:
            self._socket.close(code, reason)
        except (OSError, SendTimeout):
            self._socket.abort()

    # Pings

    def _ping(self) -> None:
        try:
            if self._socket.ping():
                self.timers.set("ping", self._ping_interval, self._ping)
            else:
                self.close(close_codes.PONG_TIMEOUT, "no pong in time")
        except (OSError, SendTimeout):
            self._socket.abort()
