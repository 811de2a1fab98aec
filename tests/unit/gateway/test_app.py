"""The routes: the client's address, the origins that are allowed, and bodies in chunks."""

import http.client
import json
from functools import partial
from types import SimpleNamespace

import eventlet
import pytest

from extensions.settings import Settings
from gateway.app import create_app
from gateway.http import protocol
from gateway.http.admission import Admission
from gateway.http.drawings import Drawings
from gateway.http.protocol import READ_KEY, SLOT_KEY
from gateway.http.server import HttpServer
from gateway.protocol.json_rpc import MAX_MESSAGE_BYTES

INFO = '{"jsonrpc": "2.0", "id": 1, "method": "server.info"}'
HANDSHAKE = {
    "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
PROXY, CLIENT, OTHER = "192.0.2.1", "203.0.113.5", "198.51.100.7"


@pytest.fixture
def addresses():
    """The addresses that requests have come from."""
    return []


@pytest.fixture
def make_app(answer, addresses):
    """Makes the application of a gateway that answers, behind so many proxies."""

    def answer_from(message, address, token):
        addresses.append(address)
        return answer(message, token, address=address)

    def make_app(proxies=0):
        gateway = SimpleNamespace(answer=answer_from)
        return create_app(Settings(trusted_proxies=proxies), gateway, Drawings().files)

    return make_app


@pytest.fixture
def asked(make_app, addresses):
    """Posts a request to a gateway behind so many proxies: the address that it sees."""

    def asked(proxies, **headers):
        addresses.clear()
        answered = make_app(proxies).test_client().post(
            "/rpc", data=INFO, headers=headers,
            environ_base={"REMOTE_ADDR": PROXY, READ_KEY: lambda: None},
        )
        assert answered.status_code == 200 and "result" in answered.json
        return addresses

    return asked


def test_forwarded_address_is_ignored_without_a_proxy(asked):
    assert asked(0) == [PROXY]
    assert asked(0, **{"X-Forwarded-For": CLIENT}) == [PROXY]


def test_address_is_the_one_that_the_outer_proxy_names(asked):
    assert asked(1, **{"X-Forwarded-For": CLIENT}) == [CLIENT]
    assert asked(1, **{"X-Forwarded-For": f"{OTHER}, {CLIENT}"}) == [CLIENT]
    assert asked(2, **{"X-Forwarded-For": f"{OTHER}, {CLIENT}, {PROXY}"}) == [CLIENT]
    assert asked(1) == [PROXY]


def test_ipv6_site_is_one_client(asked):
    assert asked(1, **{"X-Forwarded-For": "2001:db8:1:2::7"}) == ["2001:db8:1:2::/64"]


def test_forwarded_host_is_ignored(make_app):
    app = make_app(proxies=1)
    headers = {"X-Forwarded-Host": "evil.example", "Origin": "https://evil.example"}
    assert app.test_client().post("/rpc", data=INFO, headers=headers).status_code == 403


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//", "\xff", ""])
def test_invalid_origin_is_foreign(make_app, origin):
    answer = make_app().test_client().post("/rpc", data=INFO, headers={"Origin": origin})
    assert answer.status_code == 403


def test_metrics_are_made_for_one_after_the_other(make_app, monkeypatch):
    running, counted = set(), []

    def make(service, accept):
        running.add(object())
        counted.append(len(running))
        eventlet.sleep(0)
        running.clear()
        return b"", "text/plain"

    monkeypatch.setattr("gateway.app.exposition", make)
    made = make_app()
    asked = [eventlet.spawn(made.test_client().get, "/metrics") for _ in range(3)]
    assert [each.wait().status_code for each in asked] == [200] * 3
    assert counted == [1] * 3


@pytest.fixture
def link(make_app):
    """A connection to a gateway that serves."""
    listener = eventlet.listen(("127.0.0.1", 0))
    server = HttpServer(
        listener, make_app(), Admission(100, None), is_limited=True, by_address=True
    )
    accepting = eventlet.spawn(server.run)
    link = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=60)
    yield link
    link.close()
    accepting.kill()
    server.finish(timeout_seconds=0)
    listener.close()


@pytest.mark.parametrize(("method", "length", "status"), [
    ("POST", MAX_MESSAGE_BYTES + 1, 413), ("POST", "x", 400), ("GET", 0, 200),
])
def test_every_answer_has_the_headers_of_security(link, method, length, status):
    link.request(method, "/healthz", headers={"Content-Length": length})
    with link.getresponse() as answer:
        assert answer.status == status
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Content-Security-Policy"].startswith("default-src '")


def test_refused_handshake_ends_the_connection(link):
    link.putrequest("GET", "/ws")
    link.endheaders(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    received = b"".join(iter(partial(link.sock.recv, 4096), b""))
    assert received.startswith(b"HTTP/1.1 426 ")
    assert received.count(b"HTTP/1.1 ") == received.count(b"Connection: close") == 1


def test_head_of_the_websocket_is_no_handshake(link):
    link.request("HEAD", "/ws", headers={
        "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    })
    with link.getresponse() as answer:
        assert answer.status == 405


class GoneSocket:
    """The socket of a client that has gone."""

    def sendall(self, data):
        raise ConnectionResetError


def test_client_that_goes_within_its_handshake_is_not_reported(make_app, caplog):
    slot = SimpleNamespace(claim=lambda address: True)
    answer = make_app().test_client().get(
        "/ws", headers=HANDSHAKE, environ_base={
            "SERVER_PROTOCOL": "HTTP/1.1", SLOT_KEY: slot,
            "eventlet.input": SimpleNamespace(get_socket=GoneSocket),
        },
    )
    assert answer.status_code == 400
    assert not caplog.records


class TestChunks:
    """A body may come in chunks, without its length."""

    @staticmethod
    def post(link, *chunks):
        chunks = [each.encode() for each in chunks]
        link.request(
            "POST", "/rpc", iter(chunks), {"Transfer-Encoding": "chunked"}, encode_chunked=True
        )
        with link.getresponse() as answer:
            return answer.status, answer.read()

    @staticmethod
    def check_refused(link):
        with link.getresponse() as answer:
            assert answer.status in (400, 405)
        assert link.sock is None or not link.sock.recv(1)  # it is closed

    @pytest.mark.parametrize("size", [len(INFO), 1000, MAX_MESSAGE_BYTES])
    def test_chunks_are_joined(self, link, size):
        padded = INFO.ljust(size)
        for _ in range(2):
            status, text = self.post(link, padded[:7], padded[7:50], padded[50:])
            assert status == 200 and json.loads(text)["result"]["protocol"] == "1.0"

    def test_too_large_a_body_is_refused(self, link):
        assert self.post(link, INFO.ljust(MAX_MESSAGE_BYTES), " ")[0] == 413
        assert self.post(link, *[" " * 1000] * 1000)[0] == 413
        assert self.post(link, INFO)[0] == 200

    def test_empty_body_is_a_parse_error(self, link):
        status, text = self.post(link)
        assert status == 200 and json.loads(text)["error"]["data"]["type"] == "ParseError"

    def test_invalid_chunk_is_a_bad_request(self, link):
        link.request("POST", "/rpc", b"many\r\n", {"Transfer-Encoding": "chunked"})
        self.check_refused(link)

    @pytest.mark.parametrize("path", ["/rpc", "/healthz"])
    @pytest.mark.parametrize("chunk", [
        "-1", "+5", "0x5", "1_0", " 5", "", "5\n12345", "5\r\n123456", "0\r\nA: b\n",
    ])
    def test_invalid_chunk_ends_the_connection(self, link, path, chunk):
        link.request("POST", path, f"{chunk}\r\n\r\n".encode(), {"Transfer-Encoding": "chunked"})
        self.check_refused(link)

    @pytest.mark.parametrize("path", ["/rpc", "/healthz"])
    @pytest.mark.parametrize("start", ["", "0\r\n"])
    def test_endless_body_ends_the_connection(self, link, path, start, monkeypatch):
        monkeypatch.setattr(protocol, "LINGER_SECONDS", 0.05)
        link.putrequest("POST", path)
        link.putheader("Transfer-Encoding", "chunked")
        link.endheaders(start.encode())
        with pytest.raises(OSError), eventlet.Timeout(60):  # as it is closed
            while True:
                link.sock.sendall(b"1\r\na\r\n" * 1000)

    def test_endless_body_leaves_room_for_others(self, link):
        link.putrequest("POST", "/rpc")
        link.putheader("Transfer-Encoding", "chunked")
        link.endheaders(b"1\r\na\r\n" * 20_000)
        other = http.client.HTTPConnection(link.host, link.port, timeout=60)
        other.request("GET", "/healthz")
        with other.getresponse() as answer:
            assert answer.status == 200
        other.close()

    @pytest.mark.parametrize("path", ["/rpc", "/healthz"])
    @pytest.mark.parametrize("before", ["", "5\r\n12345\r\n", "0\r\nA: "])
    def test_endless_line_around_chunks_ends_the_connection(self, link, path, before):
        link.putrequest("POST", path)
        link.putheader("Transfer-Encoding", "chunked")
        link.endheaders(before.encode() + b"1" * 10_000)
        self.check_refused(link)


@pytest.mark.parametrize(("not_answering", "for_people", "for_balancers"), [
    ([], 200, 200), (["rooms"], 503, 404),
])
def test_balancer_is_answered_by_the_last_pings(
    not_answering, for_people, for_balancers
):
    asked = []
    app = create_app(Settings(), SimpleNamespace(
        readiness=lambda: asked.append("services") or (not_answering, []),
        last_readiness=lambda: (not_answering, []),
    ), Drawings().files)
    client = app.test_client()
    assert client.get("/readyz?for=balancer").status_code == for_balancers and not asked
    answer = client.get("/readyz")
    assert answer.status_code == for_people and asked
    assert answer.json == {
        "ready": not not_answering, "not_answering": not_answering, "problems": [],
    }
