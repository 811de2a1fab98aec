"""A process dies at a fault point while a player registers, logs in or changes the account."""

import secrets

import pytest

from client import Closed
from extensions.fault_points import Point
from tests.client import CheckedClient

pytestmark = pytest.mark.usefixtures("outage")

PASSWORD, REVOKED = "long enough", 4401


@pytest.mark.parametrize("method", ["auth.register", "auth.login"])
def test_a_login_without_account_gets_it_by_its_password(
    stack, connect, method
):
    identity = {"login": f"half-{secrets.token_hex(4)}", "password": PASSWORD}
    with stack.armed("gateway", Point.LOGIN_TAKEN, identity["login"]) as await_death:
        client = connect(CheckedClient)
        client.ask("auth.register", **identity)
        await_death()
        client.wait_closed()
    again = connect(CheckedClient)
    other = {**identity, "password": "another password"}
    again.refused("LoginTaken", "auth.register", **other)
    assert again.call(method, **identity)["login"] == identity["login"]
    assert again.call("accounts.get")["login"] == identity["login"]


@pytest.mark.parametrize("point", [Point.BEFORE_COMMIT, Point.COMMITTED, Point.ANNOUNCED])
def test_a_registration_is_made_or_not_and_can_be_made_again(stack, connect, point):
    identity = {"login": f"half-{secrets.token_hex(4)}", "password": PASSWORD}
    client = connect(CheckedClient)
    with stack.armed("accounts", point, "account.created", identity["login"]) as await_death:
        number = client.ask("auth.register", **identity)
        await_death()
        registered = "result" in client.answer(number)
    if not registered:
        client.call("auth.register", **identity)
    assert client.call("accounts.get")["login"] == identity["login"]
    assert connect(CheckedClient).call("auth.login", **identity)


def test_a_refresh_that_was_not_answered_is_answered_later(
    stack, player, connect
):
    one, client = player(), connect(CheckedClient)
    spent = one.tokens["refresh_token"]
    with stack.armed("auth", Point.REFRESH_SPENT) as await_death:
        number = client.ask("auth.refresh", refresh_token=spent)
        await_death()
        fresh = client.answer(number)["result"]
    fresh = client.call("auth.refresh", refresh_token=fresh["refresh_token"])
    client.call("auth.authenticate", access_token=fresh["access_token"])
    client.refused("InvalidToken", "auth.refresh", refresh_token=spent)
    assert one.wait_closed() == REVOKED


@pytest.mark.parametrize("point", [Point.BEFORE_COMMIT, Point.COMMITTED, Point.ANNOUNCED])
def test_a_password_change_survives_and_closes_all_sockets(
    stack, player, connect, point
):
    one, client = player(), connect(CheckedClient)
    change = {"password": one.password, "new_password": PASSWORD}
    with stack.armed("auth", point, "auth.revoked", one.login) as await_death:
        number = one.ask("auth.change_password", **change)
        await_death()
        finish(one, number, "auth.change_password", **change)
    assert one.wait_closed() == REVOKED
    client.refused("InvalidCredentials", "auth.login", login=one.login, password=one.password)
    assert client.call("auth.login", login=one.login, password=PASSWORD)


@pytest.mark.parametrize("point", [Point.BEFORE_COMMIT, Point.ANNOUNCED])
def test_a_half_deleted_account_is_deleted_by_a_repeat(
    stack, player, connect, point
):
    one, client = player(), connect(CheckedClient)
    with stack.armed("accounts", point, "account.deleted", one.login) as await_death:
        number = one.ask("accounts.delete", password=one.password)
        await_death()
        finish(one, number, "accounts.delete", password=one.password)
    assert one.wait_closed() == REVOKED
    client.refused("InvalidCredentials", "auth.login", login=one.login, password=one.password)
    client.refused("LoginTaken", "auth.register", login=one.login, password=PASSWORD)
    with_account = connect(CheckedClient)
    with_account.call("auth.register", login=f"p-{secrets.token_hex(4)}", password=PASSWORD)
    with_account.refused("AccountNotFound", "accounts.get", login=one.login)


def finish(player, number, method, **params):
    """Wait for the answer to a call, and repeat the call where that is Unavailable."""
    answer = player.answer(number)
    if "error" not in answer:
        assert answer["result"] == {}
        return
    assert answer["error"]["data"]["type"] == "Unavailable", answer
    try:
        assert player.call(method, **params) == {}
    except Closed as closed:  # it had been done, and this connection ended by it
        assert closed.code == REVOKED
