"""Which headers leave it uncertain where a request ends, or have it end too late."""

import pytest

from gateway.http import framing

HOST = ("Host", "a")
LENGTH, CHUNKED = ("Content-Length", "5"), ("Transfer-Encoding", "chunked")


@pytest.mark.parametrize("headers", [
    [], [LENGTH], [CHUNKED], [("transfer-encoding", "Chunked ")],
])
def test_certain_end_is_accepted(headers):
    assert framing.refusal([HOST, *headers], "HTTP/1.1") is None


@pytest.mark.parametrize("coding", [
    "gzip, chunked", "chunked, gzip", "chunked, chunked", "identity", '"chunked"', "xchunked", "",
    "chunked\x0b", "chunked;a=b",
])
def test_other_coding_is_not_implemented(coding):
    assert framing.refusal([HOST, ("Transfer-Encoding", coding)], "HTTP/1.1") == 501


@pytest.mark.parametrize("headers", [
    [CHUNKED, CHUNKED], [CHUNKED, LENGTH], [LENGTH, CHUNKED], [LENGTH, LENGTH],
    [LENGTH, ("content-length", "6")], [("Transfer-Encoding", "gzip"), CHUNKED],
    *[[("Content-Length", length)] for length in ("+5", "-5", "5, 5", "1_0", "0x5", "", "5 5")],
    [("Transfer-Encoding ", "chunked")], [("", "a")], [("A", "b\r\n c")], [("A", "b\0")],
])
def test_uncertain_end_is_a_bad_request(headers):
    assert framing.refusal([HOST, *headers], "HTTP/1.1") == 400


@pytest.mark.parametrize("headers", [[HOST, ("host", "a")], [LENGTH]])
def test_request_without_exactly_one_host_is_a_bad_request(headers):
    assert framing.refusal(headers, "HTTP/1.1") == 400


def test_old_version_has_no_chunks():
    assert framing.refusal([CHUNKED], "HTTP/1.0") == 400
    assert framing.refusal([LENGTH], "HTTP/1.0") is None


@pytest.mark.parametrize(("length", "status"), [(65_536, None), (65_537, 413), (10 ** 14, 413)])
def test_large_body_is_refused_unread(length, status):
    assert framing.refusal([HOST, ("Content-Length", str(length))], "HTTP/1.1") == status
