"""Reads what the broker sends in large pieces: deliveries for the link, most else for py-amqp.

py-amqp asks the system three times for each frame, and a delivery is three frames.
"""

from collections import deque
from collections.abc import Callable
from ssl import SSLWantReadError
from typing import Any

from eventlet.green.ssl import GreenSSLSocket

from extensions.amqp.frames import (
    BASIC_ACK_METHOD,
    METHOD,
    Delivery,
    DeliveryAssembler,
    read_ack,
    split,
)

RECEIVE_BYTES = 65_536  # for much more, the allocator maps memory at each call


class FrameReader:
    """The only reader of a connection of py-amqp, which is made to read by it as well."""

    def __init__(self, connection: Any, on_wait: Callable[[], None]) -> None:
        """Take a connection on which nothing is under way, and what to call before a wait."""
        self._connection, self._on_wait = connection, on_wait
        self._sock = connection.transport.sock
        self._buffer = b""  # the beginning of a frame
        self._frames: deque[tuple[int, int, bytes]] = deque()  # for py-amqp
        self._assemblers: dict[int, DeliveryAssembler] = {}
        self.deliveries: deque[Delivery] = deque()
        # Where py-amqp waits for an answer, deliveries are kept until their turn comes.
        connection.transport.read_frame = self._wait_for_frame

    @property
    def has_frames(self) -> bool:
        """Whether something has come that is not handled, as while py-amqp waited for more."""
        return bool(self._frames or self.deliveries)

    def receive(self) -> bool:
        """Take what has come; return whether there is more.

        Raises OSError where the broker has closed the connection.
        """
        try:
            data = _receive_now(self._sock)
        except (BlockingIOError, SSLWantReadError):
            return False
        self._take(data)
        return len(data) == RECEIVE_BYTES or _is_decrypted(self._sock)

    def pass_on(self) -> None:
        """Pass to py-amqp what has come for it, but for confirms, as there are so many."""
        while self._frames:
            kind, channel, payload = self._frames.popleft()
            if kind != METHOD or not payload.startswith(BASIC_ACK_METHOD):
                self._connection.on_inbound_frame((kind, channel, payload))
                continue
            self._connection.bytes_recv += 1
            for on_ack in self._connection.channels[channel].events["basic_ack"]:
                on_ack(*read_ack(payload))

    def _wait_for_frame(self) -> tuple[int, int, bytes]:
        while not self._frames:
            self._on_wait()
            self._take(self._sock.recv(RECEIVE_BYTES))
        return self._frames.popleft()

    def _take(self, data: bytes) -> None:
        if not data:
            raise ConnectionResetError("the broker has closed the connection")
        buffer = self._buffer + data
        frames, length = split(buffer)
        self._buffer = buffer[length:]
        for kind, channel, payload in frames:
            assembler = self._assemblers.get(channel)
            if assembler is None:
                assembler = self._assemblers[channel] = DeliveryAssembler(channel)
            if not assembler.expects(kind, payload):
                self._frames.append((kind, channel, payload))
                continue
            self._connection.bytes_recv += 1  # by which py-amqp knows that the broker lives
            delivery = assembler.take(kind, payload)
            if delivery is not None:
                self.deliveries.append(delivery)


def _receive_now(sock: Any) -> bytes:
    """Receive without waiting; raises what a socket raises where nothing has come."""
    if isinstance(sock, GreenSSLSocket):
        data: bytes = super(GreenSSLSocket, sock).read(RECEIVE_BYTES)
    else:
        data = sock.fd.recv(RECEIVE_BYTES)
    return data


def _is_decrypted(sock: Any) -> bool:
    """Return whether TLS has more to read that the system doesn't know of."""
    return isinstance(sock, GreenSSLSocket) and sock.pending() > 0
