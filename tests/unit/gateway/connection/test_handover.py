"""A WebSocket is taken over from the HTTP server, which keeps nothing of it."""

from types import SimpleNamespace

import eventlet
import eventlet.wsgi
import pytest
import websocket

from extensions.settings import Settings
from gateway.app import create_app
from gateway.connection.websocket import WebSocket


@pytest.fixture
def requests():
    """The requests that the HTTP server has under way."""
    return eventlet.GreenPool()


@pytest.fixture
def served():
    """The WebSockets that have been taken over."""
    return []


@pytest.fixture
def client(requests, served):
    """A client of a gateway that sends back what it receives."""
    def serve(raw, address):
        ws = WebSocket(raw)
        ws.start(lambda text: ws.send([text.encode()]), lambda: None, ws.finish)
        served.append(ws)

    app = create_app(Settings(), SimpleNamespace(serve=serve))
    listener = eventlet.listen(("127.0.0.1", 0))
    server = eventlet.spawn(
        eventlet.wsgi.server, listener, app, custom_pool=requests, log_output=False
    )
    client = websocket.create_connection(
        f"ws://127.0.0.1:{listener.getsockname()[1]}/ws", timeout=5
    )
    yield client
    client.shutdown()
    server.kill()
    listener.close()


def test_websocket_outlives_the_request_that_opened_it(client, requests, served):
    with eventlet.Timeout(5):
        requests.waitall()
    client.send("hello")
    assert client.recv() == "hello"


def test_end_of_the_websocket_is_the_end_of_its_socket(client, requests, served):
    requests.waitall()
    [ws] = served
    ws.close(1001, "going away")
    frame = client.recv_frame()
    assert int.from_bytes(frame.data[:2]) == 1001
    with pytest.raises(websocket.WebSocketConnectionClosedException):
        client.recv_frame()
