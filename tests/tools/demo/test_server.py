import http.server
import threading

import pytest

from tools.demo import server
from tools.errors import ToolError
from tools.launch.ports import free_ports


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with what the server is to answer."""

    def do_GET(self):
        status, body = self.server.answers[min(self.server.asked, len(self.server.answers) - 1)]
        self.server.asked += 1
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def answering():
    """Starts an HTTP server that gives these answers, the last one again and again: its address."""
    running = []

    def start(*answers):
        made = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        made.answers, made.asked = answers, 0
        thread = threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        running.append((made, thread))
        return f"http://127.0.0.1:{made.server_port}"

    yield start
    for made, thread in running:
        made.shutdown()
        thread.join()
        made.server_close()


READY = 200, b'{"ready": true, "not_answering": []}'
AILING = 503, b'{"ready": false, "not_answering": ["rooms", "auth"]}'


@pytest.mark.parametrize(
    "given, address",
    [
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://localhost:8000/", "http://localhost:8000"),
        ("localhost:8000", "http://localhost:8000"),
        ("ws://localhost:8000/ws", "http://localhost:8000"),
        ("https://example.org", "https://example.org"),
        ("wss://example.org/ws", "https://example.org"),
    ],
)
def test_an_address_is_understood_in_whatever_form(given, address):
    assert server.address(given) == address


@pytest.mark.parametrize("given", ["ftp://localhost", "http://", ":::"])
def test_what_is_no_address_is_refused_with_an_example(given):
    with pytest.raises(ToolError, match="give one as http://localhost:8000"):
        server.address(given)


def test_the_websocket_is_where_the_server_is():
    assert server.socket_address("http://localhost:8000") == "ws://localhost:8000/ws"
    assert server.socket_address("https://example.org") == "wss://example.org/ws"


def test_a_server_that_is_ready_is_used(answering):
    url = answering(READY)
    with server.server(url, said.append) as found:
        assert found == url
    assert said == []


said: list[str] = []


def test_a_server_that_is_not_ready_is_waited_for(answering):
    url = answering(AILING, AILING, READY)
    with server.server(url, said.append) as found:
        assert found == url


def test_a_server_that_does_not_get_ready_is_told_of(answering, monkeypatch):
    monkeypatch.setattr(server, "PATIENCE", 0.1)
    with pytest.raises(ToolError, match="is not ready: rooms, auth does not answer"):
        with server.server(answering(AILING), said.append):
            pass


@pytest.mark.parametrize(
    "answer", [(200, b"<html>"), (404, b"not found"), (200, b"[]"), (200, b'{"ready": true}')]
)
def test_something_else_is_told_apart(answering, answer):
    with pytest.raises(ToolError, match="is not Arbiter"):
        server.answers(answering(answer))


def test_where_an_address_is_given_and_nobody_answers_there_none_is_started():
    [port] = free_ports(1)
    with pytest.raises(ToolError, match="start one there, as by `make run`"):
        with server.server(f"http://localhost:{port}", said.append):
            pass
