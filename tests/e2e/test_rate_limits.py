"""Rate limits count by client; through a proxy, by the address that the proxy names."""

import json

import pytest

PASSWORD = "correct horse battery"
PASSWORD_CHECKS = 100  # at once
MAX_ATTEMPTS = 100  # far fewer are let through


@pytest.fixture
def gateway(stack):
    """A gateway with rate limits, behind a proxy."""
    yield stack.start_gateway(
        "limited gateway", RATE_LIMITS="on", TRUSTED_PROXIES=1, PASSWORD_CHECKS=1
    )
    stack.remove("limited gateway")


@pytest.fixture
def log_in(gateway, post):
    """Logs in from an address, as the proxy tells of it: the error, if there is one."""

    def log_in(login, password, address):
        request = {
            "jsonrpc": "2.0", "id": 1, "method": "auth.login",
            "params": {"login": login, "password": password},
        }
        headers = {"X-Forwarded-For": f"198.51.100.1, {address}"}
        status, answer = post(json.dumps(request), headers, gateway.port)
        assert status == 200
        return answer.get("error")

    return log_in


def test_an_address_cannot_guess_for_ever_new_logins(log_in, player):
    one = player()
    for number in range(PASSWORD_CHECKS + MAX_ATTEMPTS):
        error = log_in(f"nobody-{number}", "wrong password", "2001:db8:1:2::1")
        if error["data"]["type"] == "RateLimited":
            break
    assert number >= PASSWORD_CHECKS
    assert 0 < error["data"]["retry_after"] <= 60
    # The whole of a site's addresses is refused, and no other.
    assert log_in(one.login, one.password, "2001:db8:1:2::2")["data"]["type"] == "RateLimited"
    assert log_in(one.login, one.password, "2001:db8:1:3::1") is None


def test_the_key_of_a_private_room_is_not_guessed_for_long(gateway, post, player):
    one, guest = player(), player()
    key = one.call("private_rooms.create")["connection_key"]

    def join(given):
        params = {"connection_key": given}
        request = {"jsonrpc": "2.0", "id": 1, "method": "private_rooms.join", "params": params}
        headers = {"Authorization": f"Bearer {guest.token}", "X-Forwarded-For": "203.0.113.9"}
        return post(json.dumps(request), headers, gateway.port)[1].get("error")

    kinds = [join(f"UUUU{number:04}")["data"]["type"] for number in range(MAX_ATTEMPTS)]
    assert kinds[0] == "RoomNotFound" and kinds[-1] == "RateLimited"
    assert join(key)["data"]["type"] == "RateLimited"
    assert guest.call("private_rooms.join", connection_key=key)["session_id"]


def test_a_password_is_not_guessed_for_long(log_in, player):
    login = player().login
    for _ in range(MAX_ATTEMPTS):
        error = log_in(login, "wrong password", "203.0.113.1")
        if error["data"]["type"] == "RateLimited":
            break
        assert error["data"]["type"] == "InvalidCredentials"
    assert (error["code"], error["data"]["type"]) == (-32006, "RateLimited")
    assert 0 < error["data"]["retry_after"] <= 6
    # Elsewhere it is another's, and the player's own; what the client itself has named is nobody's.
    assert log_in(login, "wrong password", "203.0.113.2")["data"]["type"] == "InvalidCredentials"
