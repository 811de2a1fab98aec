"""TCP ports of this machine: which are free, and why one is not."""

import random
import socket

# Below the range of outgoing connections, so that none of these takes a port while the program
# that listens on it is being restarted.
LISTENING_PORTS = range(10_000, 30_000)


def port_problem(port: int, host: str = "127.0.0.1") -> str | None:
    """Return why a program can't listen on the port; None where it can."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()
        except OSError as error:
            return error.strerror
    return None


def reserve(port: int) -> socket.socket:
    """Return a socket that reserves the port until it is closed, and accepts no connections.

    A program that sets SO_REUSEPORT can listen on the port meanwhile, and gets all connections.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        # Without SO_REUSEADDR, since any program that sets it too could then listen.
        holder.bind(("", port))
    except OSError:  # connections linger of a program that did not set SO_REUSEPORT
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("", port))
    return holder


def free_ports(count: int) -> list[int]:
    """Return some different ports of 127.0.0.1 that no program listens on."""
    ports: set[int] = set()
    while len(ports) < count:
        # Not the shared generator: processes that seed it alike would get the same ports.
        port = random.SystemRandom().choice(LISTENING_PORTS)
        if port_problem(port) is None:
            ports.add(port)
    return list(ports)
