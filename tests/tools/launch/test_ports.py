"""Ports that are reserved for gateways until they listen there."""

import socket
from collections.abc import Iterator

import pytest

from tools.launch.ports import free_ports, port_problem, reserve


@pytest.fixture
def port() -> int:
    (port,) = free_ports(1)
    return port


@pytest.fixture
def listening() -> Iterator[list[socket.socket]]:
    """What listens, to be closed after the test."""
    made: list[socket.socket] = []
    yield made
    for each in made:
        each.close()


def listen(port: int, *options: int) -> socket.socket:
    listener = socket.socket()
    for option in options:
        listener.setsockopt(socket.SOL_SOCKET, option, 1)
    listener.bind(("0.0.0.0", port))
    listener.listen(100)
    return listener


def test_a_reserved_port_is_taken_until_released(port: int) -> None:
    with reserve(port):
        assert port_problem(port, host="") == "Address already in use"
    assert port_problem(port, host="") is None


def test_a_gateway_gets_all_connections_to_a_reserved_port(
    port: int, listening: list[socket.socket]
) -> None:
    with reserve(port):
        listening.append(listen(port, socket.SO_REUSEADDR, socket.SO_REUSEPORT))
        for _ in range(50):
            listening.append(socket.create_connection(("127.0.0.1", port), timeout=30))
            accepted, _ = listening[0].accept()
            accepted.close()


def test_a_port_with_lingering_connections_can_be_reserved(port: int) -> None:
    with listen(port, socket.SO_REUSEADDR) as another:
        with socket.create_connection(("127.0.0.1", port)) as client:
            another.accept()[0].close()  # who closes first is who lingers
            assert client.recv(1) == b""
    reserve(port).close()
