"""Takes a WebSocket over from the HTTP server, after the handshake that flask-sock has made."""

import socket
from typing import Any

from eventlet.patcher import original

_Socket = original("socket").socket


def take_over(ws: Any) -> socket.socket:
    """Return the socket of what flask-sock gives to its handler, as one that does not block.

    The HTTP server is left with a closed one. So it ends the request, its greenthread and its
    buffers when the handler returns, and does not end the connection.
    """
    served = ws.sock.fd
    ws.connected = False  # flask-sock sends no close frame
    taken: socket.socket = _Socket(served.family, served.type, served.proto, served.detach())
    taken.setblocking(False)
    return taken
