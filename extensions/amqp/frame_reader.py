"""Reads what the broker sends in large pieces: deliveries for the link, all else for py-amqp.

py-amqp asks the system three times for each frame, and a delivery is three frames.
"""

from collections import deque
from ssl import SSLWantReadError
from typing import Any

from extensions.amqp.frames import Delivery, DeliveryAssembler, split

RECEIVE_BYTES = 262_144


class FrameReader:
    """The only reader of a connection of py-amqp, which is made to read by it as well."""

    def __init__(self, connection: Any) -> None:
        """Take a connection on which nothing is under way."""
        self._connection = connection
        self._transport = connection.transport
        self._buffer = b""  # the beginning of a frame
        self._frames: deque[tuple[int, int, bytes]] = deque()  # for py-amqp
        self._assemblers: dict[int, DeliveryAssembler] = {}
        self.deliveries: deque[Delivery] = deque()
        # Where py-amqp waits for an answer, deliveries are kept until their turn comes.
        self._transport.read_frame = self._wait_for_frame

    def receive(self) -> bool:
        """Take what has come, and have py-amqp handle what is for it; return whether there is more.

        Raises OSError where the broker has closed the connection.
        """
        sock = self._transport.sock
        timeout = sock.gettimeout()
        sock.settimeout(0)
        try:
            data = sock.recv(RECEIVE_BYTES)
        except (BlockingIOError, SSLWantReadError):
            data = None
        finally:
            sock.settimeout(timeout)
        if data is not None:
            self._take(data)
        while self._frames:
            self._connection.on_inbound_frame(self._frames.popleft())
        return data is not None and (len(data) == RECEIVE_BYTES or _is_decrypted(sock))

    def _wait_for_frame(self) -> tuple[int, int, bytes]:
        while not self._frames:
            self._take(self._transport.sock.recv(RECEIVE_BYTES))
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


def _is_decrypted(sock: Any) -> bool:
    """Return whether TLS has more to read that the system doesn't know of."""
    return hasattr(sock, "pending") and sock.pending() > 0
