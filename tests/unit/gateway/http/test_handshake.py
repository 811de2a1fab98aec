"""Which opening handshakes of a WebSocket are refused, and the answer to the others."""

import pytest

from gateway.http import handshake

RIGHT = {
    "Connection": "Upgrade", "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13",
}


def test_handshake_of_the_rfc_is_accepted():
    assert handshake.refusal(RIGHT, "HTTP/1.1") is None
    assert handshake.refusal({**RIGHT, "Content-Length": "0"}, "HTTP/1.1") is None
    answer = handshake.answer(RIGHT["Sec-WebSocket-Key"]).decode().split("\r\n")
    assert answer[0].startswith("HTTP/1.1 101 ") and answer[-2:] == ["", ""]
    assert set(answer[1:-2]) == {
        "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    }


@pytest.mark.parametrize(("name", "value"), [
    ("Connection", "keep-alive, Upgrade"), ("Connection", "upgrade,keep-alive"),
    ("Upgrade", "WebSocket"),
])
def test_upgrade_is_asked_for_in_any_case_and_order(name, value):
    assert handshake.refusal({**RIGHT, name: value}, "HTTP/1.1") is None


@pytest.mark.parametrize(("name", "value"), [
    ("Connection", ""), ("Connection", "keep-alive"), ("Connection", "upgraded"),
    ("Upgrade", ""), ("Upgrade", "h2c"), ("Upgrade", "websocket, h2c"),
])
def test_request_for_no_upgrade_is_refused(name, value):
    assert handshake.refusal({**RIGHT, name: value}, "HTTP/1.1") == 400


@pytest.mark.parametrize("key", [
    "", "a", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZR==", "dGhlIHNhbXBsZSBub25jZQ==,a",
    "dGhlIHNhbXBsZSBub25jZWE=",
])
def test_key_is_of_sixteen_bytes(key):
    assert handshake.refusal({**RIGHT, "Sec-WebSocket-Key": key}, "HTTP/1.1") == 400


def test_key_is_needed():
    headers = {name: value for name, value in RIGHT.items() if name != "Sec-WebSocket-Key"}
    assert handshake.refusal(headers, "HTTP/1.1") == 400


@pytest.mark.parametrize("version", ["8", "14", "", "13, 8"])
def test_other_version_is_told_which_one(version):
    headers = {**RIGHT, "Sec-WebSocket-Version": version}
    assert handshake.refusal(headers, "HTTP/1.1") == 426


def test_other_method_is_not_upgraded():
    assert handshake.refusal(RIGHT, "HTTP/1.1", "HEAD") == 405


def test_old_http_cannot_be_upgraded():
    assert handshake.refusal(RIGHT, "HTTP/1.0") == 400


@pytest.mark.parametrize("header", [("Content-Length", "5"), ("Transfer-Encoding", "chunked")])
def test_body_is_refused(header):
    assert handshake.refusal({**RIGHT, **dict([header])}, "HTTP/1.1") == 400
