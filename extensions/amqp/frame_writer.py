"""Writes frames to the broker: in order, each whole, and on one connection only."""

from typing import Any

from eventlet.green.ssl import GreenSSLSocket
from eventlet.hubs import get_hub

from extensions.waiter import Waiter


class FrameWriter:
    """Writes for a link what others hand over in one turn, at once.

    While the owner of the link waits, the hub writes; otherwise the owner does, by `flush`.
    """

    def __init__(self, waiter: Waiter) -> None:
        """Take the owner's wait."""
        self._waiter = waiter
        self._transport: Any = None  # of py-amqp, on the present connection
        self._unwritten: list[bytes] = []
        self.is_blocked = False  # the broker reads nothing
        self.is_mid_frame = False

    def connect(self, transport: Any) -> None:
        """Write on this transport of py-amqp from now on."""
        self._transport = transport

    def disconnect(self) -> None:
        """Lose what is not written, and all that comes until `connect`."""
        self._transport, self.is_mid_frame = None, False
        self._unwritten.clear()

    def write(self, frames: bytes, at_once: bool = False) -> None:
        """Have the owner send frames on the present connection, or lose them with it.

        `at_once` is for the last ones of a turn: while the owner waits, all are sent without it.
        """
        if self._transport is None:  # on the next one, tags of deliveries mean others
            return
        self._unwritten.append(frames)
        if at_once:
            self._flush_for_owner()
        elif len(self._unwritten) == 1 and self._waiter.is_waiting:
            get_hub().schedule_call_global(0, self._flush_for_owner)

    def flush(self) -> None:
        """Send all that is written, also what others write meanwhile; for the owner."""
        while self._unwritten:
            frames, self._unwritten = self._unwritten, []
            self._transport.write(b"".join(frames))
        self.is_mid_frame = False

    def _flush_for_owner(self) -> None:
        """Write pending frames without waiting, also from the hub; the owner writes the rest."""
        if not self._waiter.is_waiting or self.is_blocked or not self._unwritten:
            return  # the owner is at work, and comes to it
        data = b"".join(self._unwritten)
        sent = _send_now(self._transport.sock, data)
        self.is_mid_frame = sent < len(data)
        self._unwritten = [data[sent:]] if self.is_mid_frame else []
        if self.is_mid_frame:
            self._waiter.wake()


def _send_now(sock: Any, data: bytes) -> int:
    """Send without waiting; return how many bytes have gone, which are none over TLS."""
    if isinstance(sock, GreenSSLSocket):
        return 0
    try:
        sent: int = sock.fd.send(data)
    except OSError:  # if it is not only full, the next one who writes will see
        return 0
    return sent
