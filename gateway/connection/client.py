"""One client's WebSocket: reads requests, serves them side by side, sends answers and events."""

import logging
import time
import uuid
from collections import deque

import eventlet
from eventlet.hubs import get_hub
from eventlet.hubs.timer import Timer
from eventlet.semaphore import Semaphore

from gateway import metrics
from gateway.connection.send_queue import SendQueue
from gateway.connection.websocket import SendTimeout, WebSocket
from gateway.protocol import close_codes, dispatch, json_rpc

_log = logging.getLogger(__name__)

SERVED_AT_ONCE = 16
MOST_MALFORMED, MALFORMED_PER = 100, 10.0


class Client:
    """A client by its socket, whoever it is: from its first request until it is gone."""

    def __init__(self, gateway, socket: WebSocket, address: str = ""):
        self.id = uuid.uuid4().hex
        self.address = address
        self.closed = False
        self._gateway = gateway
        self._socket = socket
        self._slots = Semaphore(SERVED_AT_ONCE)
        self._serving = 0
        self._ending: tuple[int, str] | None = None
        self._outbox = SendQueue(socket, self._cut_off, self._end_if_due)
        self._malformed: deque[float] = deque(maxlen=MOST_MALFORMED)
        self._timers: dict[str, Timer] = {}

    @property
    def round_trip(self) -> float:
        """Seconds to the client and back, by the last ping; 0 before the first."""
        return self._socket.round_trip or 0.0

    @property
    def unsent(self) -> int:
        """How many messages wait to be sent."""
        return len(self._outbox)

    # Reading and answering

    def serve(self) -> None:
        """Read and serve requests until the connection ends; then leave everything."""
        self.set_timer("ping", 0, self._ping)  # at once: the round trip is wanted from the start
        try:
            while (message := self._socket.receive()) is not None:
                if self._ending:
                    continue  # else who always has something under way would never be closed
                if isinstance(message, bytes):
                    self.close(close_codes.NOT_TEXT, "only text messages are served")
                elif len(message.encode(errors="replace")) > json_rpc.MAX_MESSAGE_BYTES:
                    self.close(close_codes.MESSAGE_TOO_LARGE, "a message has 64 KiB at most")
                else:
                    self._slots.acquire()
                    self._serving += 1
                    eventlet.spawn_n(self._answer, message)
        finally:
            self.leave()
            self._socket.finish()

    def _answer(self, message: str) -> None:
        try:
            answer, after = dispatch.answer(self._gateway, message, connection=self)
            if dispatch.is_malformed(answer):
                self._note_malformed()
            self.send(answer.text)
            for action in after:
                action()
        except Exception:  # nothing may leave this greenthread unnoticed
            _log.exception("A request could not be answered")
        finally:
            self._serving -= 1
            self._slots.release()
            self._end_if_due()

    def _note_malformed(self) -> None:
        now = time.monotonic()
        self._malformed.append(now)
        if len(self._malformed) == MOST_MALFORMED and now - self._malformed[0] < MALFORMED_PER:
            self.close(close_codes.POLICY_VIOLATION, "too many messages that are no requests")

    # Sending

    def send(self, text: str) -> None:
        """Put a message into the outbox; a client that does not read its messages is cut off."""
        if not self.closed:
            self._outbox.put(text)

    def _cut_off(self) -> None:
        metrics.CUT_OFF.inc()
        self.closed = True
        reason = "this client does not read its messages"
        eventlet.spawn_n(self._close_now, close_codes.POLICY_VIOLATION, reason)

    def notify(self, event: str, params: dict) -> None:
        """Tell the client of an event."""
        metrics.EVENTS.labels(event).inc()
        self.send(json_rpc.notification(event, params))

    # Ending

    def close(self, code: int, reason: str) -> None:
        """End the connection once what is in the outbox has been sent."""
        self._ending = self._ending or (code, reason)
        if not self._outbox.is_sending:
            self._finish()

    def close_after_answers(self, code: int, reason: str) -> None:
        """End the connection once the requests that are being served have been answered."""
        self._ending = self._ending or (code, reason)
        self._end_if_due()

    def _end_if_due(self) -> None:
        if self._ending and not self._serving and not self._outbox.is_sending:
            self._finish()

    def _finish(self) -> None:
        if not self.closed:
            self.closed = True
            eventlet.spawn_n(self._close_now, *self._ending)

    def _close_now(self, code: int, reason: str) -> None:
        try:
            self._socket.close(code, reason)
        except (OSError, SendTimeout):
            self._socket.break_off()

    def leave(self) -> None:
        """Leave everything: the client is gone."""
        self.closed = True
        for timer in self._timers.values():
            timer.cancel()

    # Keeping alive

    def _keep_alive(self) -> None:
        self.set_timer("ping", self._gateway.ping_interval, self._ping)

    def _ping(self) -> None:
        try:
            if self._socket.ping():
                self._keep_alive()
            else:
                self.close(close_codes.PONG_TIMEOUT, "no pong in time")
        except (OSError, SendTimeout):
            self._socket.break_off()

    def set_timer(self, name: str, seconds: float, action, *arguments) -> None:
        """Have something done after a while, unless the client has gone or it is set anew."""
        if name in self._timers:
            self._timers.pop(name).cancel()
        if not self.closed:
            # A greenthread that is to begin then would stay until then, also once it is cancelled,
            # and keep the connection in memory for as long as its token lasts.
            self._timers[name] = get_hub().schedule_call_global(
                seconds, eventlet.spawn_n, action, *arguments
            )
