"""Whose address a request comes from: the client's, also where a proxy has passed it on."""

from types import SimpleNamespace

import pytest

from gateway.app import create_app

INFO = '{"jsonrpc": "2.0", "id": 1, "method": "server.info"}'
PROXY, CLIENT, OTHER = "192.0.2.1", "203.0.113.5", "198.51.100.7"


@pytest.fixture
def asked(fake_gateway):
    """Posts a request to a gateway behind so many proxies: by whom it is counted."""

    def asked(proxies, **headers):
        counted = []
        fake_gateway.limits = SimpleNamespace(ask=counted.append)
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
    fake_gateway.limits = SimpleNamespace(ask=lambda whose: None)
    app = create_app({"ALLOWED_ORIGINS": "", "TRUSTED_PROXIES": 1}, fake_gateway)
    headers = {"X-Forwarded-Host": "evil.example", "Origin": "https://evil.example"}
    assert app.test_client().post("/rpc", data=INFO, headers=headers).status_code == 403
