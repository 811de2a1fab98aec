"""The upgrade of a request to a WebSocket: its answer, and whose the socket is afterwards."""

import socket
from typing import Any

import flask_sock
from eventlet.patcher import original

from gateway.http import handshake

_Socket = original("socket").socket


class Upgrade:
    """What flask-sock gives to its handler, in place of simple-websocket's `Server`.

    That one makes the request anew as text, for h11 to parse, and keeps what reads and writes
    frames. Here the request has been parsed and checked, and the gateway has the frames.
    """

    mode = "eventlet"  # so that flask-sock has the HTTP server answer nothing more

    def __init__(self, environ: dict[str, Any]) -> None:
        """Answer a handshake that is not refused; raises ConnectionError."""
        self._socket = environ["eventlet.input"].get_socket()
        self._socket.sendall(handshake.answer(environ["HTTP_SEC_WEBSOCKET_KEY"]))

    def take_socket(self) -> socket.socket:
        """Return the socket, as one that does not block.

        The HTTP server is left with a closed one. So it ends the request, its greenthread and its
        buffers when the handler returns, and does not end the connection.
        """
        served = self._socket.fd
        del self._socket  # what flask-sock has made of this object stays until it is collected
        taken: socket.socket = _Socket(served.family, served.type, served.proto, served.detach())
        taken.setblocking(False)
        return taken

    def close(self) -> None:
        """Do nothing: flask-sock calls it at the end of the handler, not of the connection."""


def install() -> None:
    """Have flask-sock upgrade requests in this way; calling it again changes nothing."""
    vars(flask_sock).update(Server=Upgrade)
