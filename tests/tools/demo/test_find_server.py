"""The server that the demo uses: given, found, or started."""

import http.server
import threading

import pytest

from tools.demo import find_server
from tools.errors import ToolError
from tools.launch.ports import free_ports


class Handler(http.server.BaseHTTPRequestHandler):
    """Gives the answers of the test in turn, the last one repeatedly."""

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
    """Return a function that starts an HTTP server with these answers, and returns its address."""
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
UNREADY = 503, b'{"ready": false, "not_answering": ["rooms", "auth"]}'


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
def test_an_address_is_accepted_in_several_forms(given, address):
    assert find_server.http_address(given) == address


@pytest.mark.parametrize("given", ["ftp://localhost", "http://", ":::"])
def test_an_invalid_address_is_refused_with_an_example(given):
    with pytest.raises(ToolError, match="give one as http://localhost:8000"):
        find_server.http_address(given)


def test_the_websocket_address_follows_from_the_servers():
    assert find_server.socket_address("http://localhost:8000") == "ws://localhost:8000/ws"
    assert find_server.socket_address("https://example.org") == "wss://example.org/ws"


def test_a_server_that_is_ready_is_used(answering, capsys):
    url = answering(READY)
    with find_server.ready_server(url, print) as found:
        assert found == url
    assert capsys.readouterr().out == ""


def test_a_server_that_is_not_ready_is_waited_for(answering):
    url = answering(UNREADY, UNREADY, READY)
    with find_server.ready_server(url, print) as found:
        assert found == url


def test_a_server_that_stays_unready_is_an_error(answering, monkeypatch):
    monkeypatch.setattr(find_server, "READY_TIMEOUT_SECONDS", 0.1)
    with pytest.raises(ToolError, match="is not ready: rooms, auth does not answer"):
        with find_server.ready_server(answering(UNREADY), print):
            pass


@pytest.mark.parametrize(
    "answer", [(200, b"<html>"), (404, b"not found"), (200, b"[]"), (200, b'{"ready": true}')]
)
def test_another_program_is_not_taken_for_the_server(answering, answer):
    with pytest.raises(ToolError, match="is not Arbiter"):
        find_server.answers(answering(answer))


def test_no_server_is_started_for_a_given_address():
    [port] = free_ports(1)
    with pytest.raises(ToolError, match="start one there, as by `make run`"):
        with find_server.ready_server(f"http://localhost:{port}", print):
            pass
