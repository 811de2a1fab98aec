"""Whose address a request comes from: the client's, also where a proxy has passed it on.

What is taken for a page's origin, and for a request's body.
"""

import http.client
import json
from types import SimpleNamespace

import eventlet
import eventlet.wsgi
import pytest

from gateway.app import create_app
from gateway.protocol.json_rpc import MAX_MESSAGE_BYTES

INFO = '{"jsonrpc": "2.0", "id": 1, "method": "server.info"}'
PROXY, CLIENT, OTHER = "192.0.2.1", "203.0.113.5", "198.51.100.7"


@pytest.fixture
def asked(fake_gateway):
    """Posts a request to a gateway behind so many proxies: by whom it is counted."""

    def asked(proxies, **headers):
        counted = []
        fake_gateway.limits = SimpleNamespace(count_request=counted.append)
        app = create_app({"ALLOWED_ORIGINS": "", "TRUSTED_PROXIES": proxies}, fake_gateway)
        answer = app.test_client().post(
            "/rpc", data=INFO, headers=headers, environ_base={"REMOTE_ADDR": PROXY}
        )
        assert answer.status_code == 200 and "result" in answer.json
        return counted

    return asked


def test_without_a_proxy_nobody_is_believed_who_says_where_they_come_from(asked):
    assert asked(0) == [PROXY]
    assert asked(0, **{"X-Forwarded-For": CLIENT}) == [PROXY]


def test_behind_one_it_is_whom_that_one_has_named_last(asked):
    assert asked(1, **{"X-Forwarded-For": CLIENT}) == [CLIENT]
    assert asked(1, **{"X-Forwarded-For": f"{OTHER}, {CLIENT}"}) == [CLIENT]
    assert asked(2, **{"X-Forwarded-For": f"{OTHER}, {CLIENT}, {PROXY}"}) == [CLIENT]
    assert asked(1) == [PROXY]


def test_a_site_of_ipv6_is_one_client(asked):
    assert asked(1, **{"X-Forwarded-For": "2001:db8:1:2::7"}) == ["2001:db8:1:2::/64"]


def test_the_host_is_still_the_one_that_the_client_has_asked_for(fake_gateway):
    fake_gateway.limits = SimpleNamespace(count_request=lambda client: None)
    app = create_app({"ALLOWED_ORIGINS": "", "TRUSTED_PROXIES": 1}, fake_gateway)
    headers = {"X-Forwarded-Host": "evil.example", "Origin": "https://evil.example"}
    assert app.test_client().post("/rpc", data=INFO, headers=headers).status_code == 403


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//", "\xff", ""])
def test_what_is_no_origin_is_a_foreign_one(fake_gateway, origin):
    app = create_app({"ALLOWED_ORIGINS": "", "TRUSTED_PROXIES": 0}, fake_gateway)
    answer = app.test_client().post("/rpc", data=INFO, headers={"Origin": origin})
    assert answer.status_code == 403


class TestChunks:
    """A body may come in chunks, its length unsaid."""

    @pytest.fixture
    def link(self, fake_gateway):
        """A connection to a gateway that serves."""
        listener = eventlet.listen(("127.0.0.1", 0))
        app = create_app({"ALLOWED_ORIGINS": "", "TRUSTED_PROXIES": 0}, fake_gateway)
        serving = eventlet.spawn(eventlet.wsgi.server, listener, app, log_output=False)
        link = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=5)
        yield link
        link.close()
        serving.kill()
        listener.close()

    @staticmethod
    def post(link, *chunks):
        chunks = [each.encode() for each in chunks]
        link.request(
            "POST", "/rpc", iter(chunks), {"Transfer-Encoding": "chunked"}, encode_chunked=True
        )
        answer = link.getresponse()
        return answer.status, answer.read()

    @pytest.mark.parametrize("size", [len(INFO), 1000, MAX_MESSAGE_BYTES])
    def test_they_are_put_together(self, link, size):
        padded = INFO.ljust(size)
        for _ in range(2):
            status, text = self.post(link, padded[:7], padded[7:50], padded[50:])
            assert status == 200 and json.loads(text)["result"]["protocol"] == "1.0"

    def test_too_many_of_them_are_too_large(self, link):
        assert self.post(link, INFO.ljust(MAX_MESSAGE_BYTES), " ")[0] == 413
        assert self.post(link, *[" " * 1000] * 1000)[0] == 413
        assert self.post(link, INFO)[0] == 200

    def test_none_are_no_request(self, link):
        status, text = self.post(link)
        assert status == 200 and json.loads(text)["error"]["data"]["type"] == "ParseError"

    def test_what_is_none_is_a_bad_request(self, link):
        link.request("POST", "/rpc", b"many\r\n", {"Transfer-Encoding": "chunked"})
        assert link.getresponse().status == 400

    @pytest.mark.parametrize("path", ["/rpc", "/healthz"])
    @pytest.mark.parametrize("before", ["", "5\r\n12345\r\n", "0\r\nA: "])
    def test_a_line_around_them_that_never_ends_is_not_waited_for(self, link, path, before):
        link.putrequest("POST", path)
        link.putheader("Transfer-Encoding", "chunked")
        link.endheaders(before.encode() + b"1" * 10_000)
        assert link.getresponse().status in (400, 405)
        assert link.sock is None or not link.sock.recv(1)  # it is closed
