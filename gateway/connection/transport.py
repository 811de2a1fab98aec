"""Reads requests from a client's WebSocket, and sends answers and events."""

import logging
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import eventlet
from eventlet.hubs import get_hub

from gateway import metrics
from gateway.connection.pings import Pings
from gateway.connection.refusals import Refusals
from gateway.connection.reliable_socket import SendTimeout
from gateway.connection.send_queue import SendQueue
from gateway.connection.timers import Timers
from gateway.connection.websocket import WebSocket
from gateway.protocol import close_codes, json_rpc
from gateway.protocol.dispatch import Answer, Served

_log = logging.getLogger(__name__)

MAX_CONCURRENT_REQUESTS = 16
MAX_UNSERVED_MESSAGES = 32  # then no more are read
UNSERVED_POLL_INTERVAL_SECONDS = 0.05
CLOSING_TIMEOUT_SECONDS = 15.0  # for a client that reads what is sent before the end too slowly


class Transport:
    """Serves the requests of one client side by side, and closes the connection properly."""

    def __init__(self, socket: WebSocket, pings: Pings) -> None:
        self._socket, self._pings = socket, pings
        self._unserved: deque[str] = deque()
        self._unanswered = 0  # requests that are under way
        self._is_paused = False
        self._closing: tuple[int, str] | None = None
        self._send_queue = SendQueue(socket, self._drop_slow_client, self._close_if_due)
        self._refusals = Refusals()
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

    def start(self, receive: Callable[[str], Served], on_end: Callable[[], None]) -> None:
        """Serve messages: `receive` makes a request of each.

        When the connection has ended, `on_end` is called; it has to call `finish`.
        """
        self._receive, self._on_end = receive, on_end
        self._socket.start(self._on_message, self.close, self._end)
        self._pings.add(self._ping)
        self._ping()  # at once, as the first command needs the round trip

    def _end(self) -> None:
        try:
            while self._unserved:  # it is served, though its answer reaches nobody
                eventlet.sleep(UNSERVED_POLL_INTERVAL_SECONDS)
        finally:
            self._on_end()

    def _on_message(self, message: str | bytes) -> None:
        if self._closing:
            return  # a client that never stops asking must not keep the connection open
        if isinstance(message, bytes):
            self.close(close_codes.NOT_TEXT, "only text messages are served")
        elif len(message.encode(errors="replace")) > json_rpc.MAX_MESSAGE_BYTES:
            self._refuse_large()
        else:
            self._unserved.append(message)
            self._serve_waiting()

    def _refuse_large(self) -> None:
        self.close(close_codes.MESSAGE_TOO_LARGE, "a message has 64 KiB at most")

    def _serve_waiting(self) -> None:
        """Serve messages while few enough requests are under way, else have the client wait."""
        if self._closing:
            self._unserved.clear()
        while self._unserved and self._unanswered < MAX_CONCURRENT_REQUESTS:
            self._unanswered += 1
            request = self._receive(self._unserved.popleft())
            if request.waits:
                eventlet.spawn_n(self._serve, request)
            else:
                self._serve(request)
        if self._is_paused != (len(self._unserved) >= MAX_UNSERVED_MESSAGES):
            self._is_paused = not self._is_paused
            (self._socket.pause if self._is_paused else self._socket.resume)()

    def _serve(self, request: Served) -> None:
        try:
            request.serve(self._answer)
        except Exception:  # nothing else would log what a greenthread raises
            _log.exception("A request could not be served")
            self._count_answered()

    def _answer(self, answered: Answer) -> None:
        try:
            if answered.refusal is not None and (reason := self._refusals.count(answered)):
                self.close(close_codes.POLICY_VIOLATION, reason)
            self.send(answered.text)
            for action in answered.after_answer:
                action()
        except Exception:  # whoever calls this has others to answer
            _log.exception("A request could not be answered")
        finally:
            self._count_answered()

    def _count_answered(self) -> None:
        self._unanswered -= 1
        if self._unserved:
            get_hub().schedule_call_global(0, self._serve_waiting)
        self._close_if_due()

    # Sending

    def send(self, text: bytes) -> None:
        """Send a message; a client that does not read its messages is disconnected."""
        if not self.closed:
            self._send_queue.put(text)

    def notify(self, event: str, params: Mapping[str, Any]) -> None:
        """Send an event."""
        self.send_event(event, json_rpc.notification(event, params))

    def send_event(self, event: str, notification: bytes) -> None:
        """Send an event that is encoded already, as it is for many connections.

        Nothing is told to a client whose connection is about to end.
        """
        if self._closing is None:
            metrics.events(event).inc()
            self.send(notification)

    def _drop_slow_client(self) -> None:
        metrics.SLOW_CLIENTS.inc()
        self._begin_closing(
            close_codes.POLICY_VIOLATION, "this client does not read its messages"
        )
        self._close_now()

    # Closing

    def close(self, code: int, reason: str) -> None:
        """Close the connection once the messages that wait have been sent."""
        self._begin_closing(code, reason)
        if not self._send_queue.is_sending:
            self._close_now()

    def close_after_answers(self, code: int, reason: str) -> None:
        """Close the connection once the requests that are being served have been answered."""
        self._begin_closing(code, reason)
        self._close_if_due()

    def _begin_closing(self, code: int, reason: str) -> None:
        if self._closing is None:
            self._closing = code, reason
            self.timers.set("closing", CLOSING_TIMEOUT_SECONDS, self._socket.abort)

    def stop(self) -> None:
        """Send nothing more, and cancel all timers: the client is gone."""
        self.closed = True
        self.timers.cancel_all()
        self._pings.remove(self._ping)

    def finish(self) -> None:
        """Close the socket once reading has ended."""
        self._socket.finish()

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
            if not self._socket.ping():
                self.close(close_codes.PONG_TIMEOUT, "no pong in time")
        except OSError:
            self._socket.abort()
