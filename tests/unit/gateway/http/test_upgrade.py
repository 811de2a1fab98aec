"""A request becomes a WebSocket, and the HTTP server keeps nothing of it."""

import gc
from types import SimpleNamespace

import eventlet
import pytest
import websocket

from extensions.settings import Settings
from gateway.app import create_app
from gateway.connection.websocket import WebSocket
from gateway.http.admission import Admission
from gateway.http.drawings import Drawings
from gateway.http.protocol import HttpProtocol
from gateway.http.server import HttpServer


@pytest.fixture
def served():
    """The WebSockets that have been taken over."""
    return []


@pytest.fixture
def admission():
    return Admission(max_connections=10_000, max_by_address=1)


@pytest.fixture
def server(served, admission):
    """The HTTP server of a gateway that sends back what it receives."""
    def serve(raw, address, on_left):
        ws = WebSocket(raw)
        ws.start(lambda text: ws.send([text.encode()]), ws.close, lambda: (ws.finish(), on_left()))
        served.append(ws)

    app = create_app(Settings(), SimpleNamespace(serve=serve), Drawings().files)
    listener = eventlet.listen(("127.0.0.1", 0))
    server = HttpServer(listener, app, admission, is_limited=True, by_address=True)
    server.port = listener.getsockname()[1]
    accepting = eventlet.spawn(server.run)
    yield server
    accepting.kill()
    listener.close()


@pytest.fixture
def client(server):
    client = websocket.create_connection(f"ws://127.0.0.1:{server.port}/ws", timeout=60)
    yield client
    client.shutdown()


def test_websocket_outlives_the_request_that_opened_it(client, server):
    with eventlet.Timeout(60):
        server._pool.waitall()
    client.send("hello")
    assert client.recv() == "hello"


def test_compression_is_not_accepted(server):
    # Compression would take some 300 KB for each connection.
    client = websocket.create_connection(
        f"ws://127.0.0.1:{server.port}/ws", timeout=60,
        header=["Sec-WebSocket-Extensions: permessage-deflate"],
    )
    assert "sec-websocket-extensions" not in client.headers
    client.shutdown()


def test_request_is_gone_without_a_collection(server):
    gc.collect()
    gc.disable()
    try:
        client = websocket.create_connection(f"ws://127.0.0.1:{server.port}/ws", timeout=60)
        with eventlet.Timeout(60):
            server._pool.waitall()
        assert not any(type(each) is HttpProtocol for each in gc.get_objects())
    finally:
        gc.enable()
    client.shutdown()


def test_websocket_keeps_the_place_of_its_connection(client, server, admission):
    server._pool.waitall()
    assert not admission.enter().claim("127.0.0.1")
    client.close()
    with eventlet.Timeout(60):
        while not admission.enter().claim("127.0.0.1"):
            eventlet.sleep(0.01)


def test_end_of_the_websocket_is_the_end_of_its_socket(client, server, served):
    server._pool.waitall()
    [ws] = served
    ws.close(1001, "going away")
    frame = client.recv_frame()
    assert int.from_bytes(frame.data[:2]) == 1001
    with pytest.raises(websocket.WebSocketConnectionClosedException):
        client.recv_frame()
