"""A WebSocket under eventlet, after the handshake.

Text messages and pongs, which are nearly everything, are written and read here. The rest is
wsproto's: fragments, closing, and what breaks the protocol. A ping that is not answered is noticed.
"""

import logging
import socket
import time
from collections.abc import Callable

import eventlet
from eventlet.hubs import get_hub
from wsproto.events import CloseConnection
from wsproto.frame_protocol import CloseReason

from gateway.connection.fragments import Fragments, MessageTooLarge
from gateway.connection.frames import (
    PING,
    FrameReader,
    FrameTooLarge,
    is_ping,
    is_pong,
    pong_frame,
    text_frame,
)
from gateway.connection.reliable_socket import (
    SEND_TIMEOUT_SECONDS,
    ReliableSocket,
    SendTimeout,
)
from gateway.protocol import close_codes
from gateway.protocol.flood_meter import FloodMeter
from gateway.protocol.json_rpc import MAX_MESSAGE_BYTES

_log = logging.getLogger(__name__)

# Of one client within FloodMeter's window: five times the requests that rate limits let through.
MAX_FRAMES = 10_000
MAX_WINDOW_BYTES = 16 * 1024 * 1024


class WebSocket:
    """Receives messages, sends text messages, pings, and closes."""

    __slots__ = (
        "_socket", "_frames", "_meter", "_fragments",
        "_reasons_to_pause", "_goodbye", "_pinged_at", "_on_message", "_on_refused", "_on_end",
        "_has_ended", "is_connected", "round_trip",
    )

    def __init__(self, raw: socket.socket, is_limited: bool = True) -> None:
        """Take the client's socket, which does not block, and whether it may not send too much."""
        self._socket = ReliableSocket(raw, self._on_data)
        self._frames = FrameReader(MAX_MESSAGE_BYTES)
        self._meter = FloodMeter(MAX_FRAMES, MAX_WINDOW_BYTES) if is_limited else None
        self._fragments: Fragments | None = None  # of the message that is arriving
        self._reasons_to_pause = 0
        self._has_ended = False
        self.is_connected = True  # so that messages can be sent
        self._goodbye: bytes | None = None  # the answer to the client's close frame
        self._pinged_at: float | None = None
        self.round_trip: float | None = None  # in seconds, measured by the last ping

    def start(
        self, on_message: Callable[[str | bytes], None], on_refused: Callable[[int, str], None],
        on_end: Callable[[], None],
    ) -> None:
        """Receive messages from now on.

        `on_message` is called with each, and `on_refused` with a close code and a reason where no
        more is read. Neither may wait. When the connection has ended, `on_end` is called in a
        greenthread of its own; it has to call `finish`.
        """
        self._on_message, self._on_refused, self._on_end = on_message, on_refused, on_end
        # By the hub, which keeps the greenthread that has begun to listen.
        get_hub().schedule_call_global(0, self._listen)

    def finish(self) -> None:
        """Answer the client's close frame, and leave nothing of the socket."""
        if self._goodbye is not None:
            try:
                with eventlet.Timeout(SEND_TIMEOUT_SECONDS, SendTimeout("others are being sent")):
                    self._socket.send(self._goodbye)
            except (OSError, SendTimeout):
                pass  # it has left without waiting for it
        self._socket.close()

    def pause(self) -> None:
        """Receive no messages until `resume`, so that the client has to wait."""
        self._reasons_to_pause += 1
        self._socket.pause()

    def resume(self) -> None:
        """Take a `pause` back."""
        self._reasons_to_pause -= 1
        self._listen()

    def _listen(self) -> None:
        if not self._reasons_to_pause and not self._has_ended:
            self._socket.listen()

    def _on_data(self, data: bytes) -> None:
        if not data:
            self._end()
            return
        number = 0
        try:
            for frame in self._frames.feed(data):
                number += 1
                self._take(frame)
            if self._meter is not None and self._meter.count(number, len(data)):
                self._refuse(close_codes.POLICY_VIOLATION, "too many frames or bytes")
        except (FrameTooLarge, MessageTooLarge):
            self._refuse_large()
        except Exception:  # nobody else would log it
            _log.exception("A message could not be handled")
            self.abort()

    def _take(self, frame: str | bytes) -> None:
        if not self.is_connected:
            return
        if isinstance(frame, bytes):
            if is_pong(frame):
                self._take_pong()
            elif is_ping(frame):
                self._answer_ping(pong_frame(frame))
            else:
                self._take_fragment(frame)
        elif self._fragments is not None:
            self._take_close(CloseConnection(CloseReason.PROTOCOL_ERROR, "a fragment is missing"))
        else:
            self._on_message(frame)

    def _take_fragment(self, frame: bytes) -> None:
        if self._fragments is None:
            self._fragments = Fragments()
        taken = self._fragments.feed(frame)
        if isinstance(taken, CloseConnection):
            self._take_close(taken)
        elif taken is not None:
            self._fragments = None
            self._on_message(taken)

    def _take_close(self, event: CloseConnection) -> None:
        assert self._fragments is not None
        self._goodbye = self._fragments.close_frame(event.response())
        self._end()

    def _refuse_large(self) -> None:
        self._refuse(close_codes.MESSAGE_TOO_LARGE, "a message has 64 KiB at most")

    def _refuse(self, code: int, reason: str) -> None:
        self.pause()
        self._on_refused(code, reason)

    # Sending

    def send(self, texts: list[bytes]) -> Callable[[], None] | None:
        """Send text messages, in one write and without waiting; raises OSError.

        Returns None, or what has to be called to send the rest. That may wait, and raises
        OSError and SendTimeout.
        """
        if not self.is_connected:
            raise BrokenPipeError("the socket is closed")
        return self._socket.send_now(b"".join(map(text_frame, texts)))

    def ping(self) -> bool:
        """Send a ping, without waiting; raises OSError.

        Returns False, without sending, where the last one was not answered.
        """
        if self._pinged_at is not None:
            return False
        if self.is_connected:
            self._pinged_at = time.monotonic()
            if (send_rest := self._socket.send_now(PING)) is not None:
                eventlet.spawn_n(self._send_rest, send_rest)
        return True

    def _take_pong(self) -> None:
        if self._pinged_at is not None:
            self.round_trip = time.monotonic() - self._pinged_at
            self._pinged_at = None

    def _answer_ping(self, pong: bytes) -> None:
        try:
            send_rest = self._socket.send_now(pong)
        except OSError:
            self.abort()
            return
        if send_rest is not None:  # who does not read is not read from
            self.pause()
            eventlet.spawn_n(self._send_rest, send_rest, self.resume)

    def _send_rest(
        self, send_rest: Callable[[], None], on_sent: Callable[[], None] = lambda: None
    ) -> None:
        try:
            send_rest()
        except (OSError, SendTimeout):
            self.abort()
        else:
            on_sent()

    # Closing

    def close(self, code: int, reason: str) -> None:
        """Send a close frame, and end the connection; raises OSError and SendTimeout."""
        if self.is_connected:
            self.is_connected = False
            self._socket.send(Fragments().close_frame(CloseConnection(code, reason)))
        self._end()

    def abort(self) -> None:
        """End the connection without a close frame, unless the client's is about to be answered."""
        if self._goodbye is None:
            self._socket.abort()
        self._end()

    def _end(self) -> None:
        self.is_connected = False
        if not self._has_ended:
            self._has_ended = True
            self._socket.pause()
            eventlet.spawn_n(self._on_end)
