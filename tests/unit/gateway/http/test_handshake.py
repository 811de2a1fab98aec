"""Which opening handshakes of a WebSocket are refused."""

import pytest

from gateway.http import handshake

RIGHT = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}


def test_handshake_of_the_rfc_is_accepted():
    assert handshake.refusal(RIGHT, "HTTP/1.1") is None
    assert handshake.refusal({**RIGHT, "Content-Length": "0"}, "HTTP/1.1") is None


@pytest.mark.parametrize("key", [
    "", "a", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZR==", "dGhlIHNhbXBsZSBub25jZQ==,a",
    "dGhlIHNhbXBsZSBub25jZWE=",
])
def test_key_is_of_sixteen_bytes(key):
    assert handshake.refusal({**RIGHT, "Sec-WebSocket-Key": key}, "HTTP/1.1") == 400


def test_key_is_needed():
    assert handshake.refusal({"Sec-WebSocket-Version": "13"}, "HTTP/1.1") == 400


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
