"""Puts a message together that arrives in fragments, by wsproto."""

from typing import Any

from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, TextMessage

from gateway.protocol.json_rpc import MAX_MESSAGE_BYTES


class MessageTooLarge(Exception):
    """The fragments are more together than a message may have."""


class Fragments:
    """What has arrived of one message; it also tells what breaks the protocol."""

    __slots__ = ("_protocol", "_parts", "_size")

    def __init__(self) -> None:
        self._protocol = Connection(ConnectionType.SERVER)
        self._parts: list[Any] = []
        self._size = 0

    def feed(self, frame: bytes) -> str | bytes | CloseConnection | None:
        """Take a frame; return the whole message, or how the connection is to end, if it is.

        Raises MessageTooLarge.
        """
        self._protocol.receive_data(frame)
        for event in self._protocol.events():
            if isinstance(event, CloseConnection):
                return event
            if isinstance(event, TextMessage | BytesMessage):
                self._collect(event)
                if event.message_finished:
                    is_text = isinstance(event, TextMessage)
                    return "".join(self._parts) if is_text else b"".join(self._parts)
        return None

    def close_frame(self, event: CloseConnection) -> bytes:
        """Return the frame that ends the connection."""
        return self._protocol.send(event)

    def _collect(self, part: TextMessage | BytesMessage) -> None:
        if part.data:
            self._parts.append(part.data)
            self._size += len(part.data)
        if self._size > MAX_MESSAGE_BYTES:
            raise MessageTooLarge
