"""Ports: which are free, and what is wrong with one that is not."""

import random
import socket

# Below the range that outgoing connections are given their ports from, so that none takes a port
# while its owner is being started again.
OURS = range(10_000, 30_000)


def trouble_with(port: int, host: str = "127.0.0.1") -> str | None:
    """Return None where one can listen on the port, else why not."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()
        except OSError as error:
            return error.strerror
    return None


def hold(port: int) -> socket.socket:
    """Return a socket that makes `trouble_with` this port, until it is closed, and takes nothing.

    Who sets SO_REUSEPORT can listen on the port meanwhile, and gets all connections.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        # Without SO_REUSEADDR: with it, who sets that too could listen as long as nobody does.
        holder.bind(("", port))
    except OSError:  # connections linger of somebody who has gone and did not set SO_REUSEPORT
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("", port))
    return holder


def free_ports(count: int) -> list[int]:
    """Return so many different ports of 127.0.0.1 that nobody listens on."""
    ports: set[int] = set()
    while len(ports) < count:
        # Not the shared generator: processes that seed that one alike would get the same ports.
        port = random.SystemRandom().choice(OURS)
        if trouble_with(port) is None:
            ports.add(port)
    return list(ports)
