"""A WebSocket under eventlet, after the handshake that flask-sock has made.

Text messages, which are nearly everything, are written and read here. The rest is wsproto's: pings,
fragments, closing, and what breaks the protocol. A ping that is not answered is noticed.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

import eventlet
from eventlet.event import Event
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError

from gateway.connection.frames import FrameReader, FrameTooLarge, text_frame
from gateway.connection.reliable_socket import ReliableSocket, SendTimeout
from gateway.protocol.json_rpc import MAX_MESSAGE_BYTES

_log = logging.getLogger(__name__)


class WebSocket:
    """Receives messages, sends text messages, pings, and closes."""

    def __init__(self, ws: Any) -> None:
        """Take what flask-sock gives to its handler."""
        ws.sock.settimeout(None)
        self._ws, self._protocol = ws, ws.ws
        self._socket = ReliableSocket(ws.sock, self._on_data)
        self._frames = FrameReader(MAX_MESSAGE_BYTES)
        self._fragments: list[Any] = []  # of the message that is arriving
        self._is_fragmented = False
        self._reasons_to_pause = 0
        self._ended = Event()
        self._goodbye: bytes | None = None  # the answer to the client's close frame
        self._pinged_at: float | None = None
        self.round_trip: float | None = None  # in seconds, measured by the last ping

    def run(
        self, on_message: Callable[[str | bytes], None], on_too_large: Callable[[], None]
    ) -> None:
        """Receive messages until the connection ends, which is to be followed by `finish`.

        `on_message` is called with each, and `on_too_large` where one is too large to be read
        and none can follow. Neither may wait.
        """
        self._on_message, self._on_too_large = on_message, on_too_large
        self._socket.listen()
        self._ended.wait()

    def finish(self) -> None:
        """Answer the client's close frame, and leave nothing of the socket."""
        if self._goodbye is not None:
            try:
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
        if not self._reasons_to_pause and self.is_connected:
            self._socket.listen()

    @property
    def is_connected(self) -> bool:
        """Whether messages can be sent."""
        connected: bool = self._ws.connected
        return connected

    def _on_data(self, data: bytes) -> None:
        if not data:
            self._end()
            return
        try:
            for frame in self._frames.feed(data):
                self._take(frame)
        except FrameTooLarge:
            self._refuse_large()
        except LocalProtocolError:  # something came after a close frame
            self._end()
        except Exception:  # nobody else would log it
            _log.exception("A message could not be handled")
            self.abort()

    def _take(self, frame: str | bytes) -> None:
        if not self.is_connected:
            return
        if isinstance(frame, bytes):
            self._protocol.receive_data(frame)
            for event in self._protocol.events():
                self._handle(event)
        elif self._is_fragmented:
            self._handle(CloseConnection(CloseReason.PROTOCOL_ERROR, "a fragment is missing"))
        else:
            self._on_message(frame)

    def _handle(self, event: object) -> None:
        if isinstance(event, TextMessage | BytesMessage):
            self._collect(event)
        elif isinstance(event, Ping):
            self._answer_ping(self._protocol.send(event.response()))
        elif isinstance(event, Pong):
            self._take_pong()
        elif isinstance(event, CloseConnection):
            self._goodbye = self._protocol.send(event.response())
            self._end()

    def _collect(self, part: TextMessage | BytesMessage) -> None:
        if part.data:
            self._fragments.append(part.data)
        self._is_fragmented = not part.message_finished
        if sum(map(len, self._fragments)) > MAX_MESSAGE_BYTES:
            self._refuse_large()
        elif part.message_finished:
            fragments, self._fragments = self._fragments, []
            is_text = isinstance(part, TextMessage)
            self._on_message("".join(fragments) if is_text else b"".join(fragments))

    def _refuse_large(self) -> None:
        self.pause()
        self._on_too_large()

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
        """Send a ping; returns False, without sending, where the last one was not answered.

        Raises OSError and SendTimeout.
        """
        if self._pinged_at is not None:
            return False
        self._pinged_at = time.monotonic()
        try:
            frame = self._protocol.send(Ping())
        except LocalProtocolError as error:  # the client has just sent a close frame
            raise BrokenPipeError("the socket is closed") from error
        self._socket.send(frame)
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
            eventlet.spawn_n(self._send_rest, send_rest)

    def _send_rest(self, send_rest: Callable[[], None]) -> None:
        try:
            send_rest()
        except (OSError, SendTimeout):
            self.abort()
        else:
            self.resume()

    # Closing

    def close(self, code: int, reason: str) -> None:
        """Send a close frame, and end the connection; raises OSError and SendTimeout."""
        if self.is_connected:
            self._ws.connected = False
            self._socket.send(self._protocol.send(CloseConnection(code, reason)))
        self._end()

    def abort(self) -> None:
        """End the connection without a close frame."""
        self._socket.abort()
        self._end()

    def _end(self) -> None:
        self._ws.connected = False
        if not self._ended.ready():
            self._ended.send()
