"""Tokens that are refreshed, and logins that are revoked at once."""

import pytest

from client import Refused
from tests.client import CheckedClient
from tests.interface.tap import Tap

UNAUTHORISED = 4401


@pytest.fixture
def connected(connect):
    """Opens a connection with an access token."""

    def open_connection(token):
        client = connect(CheckedClient)
        client.call("auth.authenticate", access_token=token)
        return client

    return open_connection


@pytest.fixture
def revocations(stack):
    """Hears what the auth service announces."""
    tap = Tap(stack.settings["AMQP_URI"], "auth.events")
    yield tap
    tap.close()


@pytest.fixture
def far_gateway(stack):
    """A second gateway."""
    process = stack.start_gateway("far gateway")
    yield process
    stack.remove(process.name)


def log_out(one, rpc):
    rpc("auth.logout", one.token)


def change_password(one, rpc):
    rpc(
        "auth.change_password", one.token, password=one.password, new_password="another password"
    )


def delete_account(one, rpc):
    rpc("accounts.delete", one.token, password=one.password)


def use_a_token_again(one, rpc):
    fresh = rpc("auth.refresh", refresh_token=one.tokens["refresh_token"])
    rpc("auth.refresh", refresh_token=fresh["refresh_token"])
    with pytest.raises(Refused, match="used before"):
        rpc("auth.refresh", refresh_token=one.tokens["refresh_token"])


@pytest.mark.parametrize("end", [log_out, change_password, delete_account, use_a_token_again])
def test_a_login_that_ends_is_closed_on_every_gateway(
    stack, far_gateway, player, connect, rpc, end
):
    one, far = player(), connect(CheckedClient, url=stack.url(far_gateway.port))
    far.call("auth.authenticate", access_token=one.token)
    end(one, rpc)
    assert far.wait_closed() == one.wait_closed() == UNAUTHORISED


@pytest.mark.parametrize("end", [log_out, change_password, delete_account, use_a_token_again])
def test_the_end_of_a_login_is_announced_before_it_is_answered(revocations, player, rpc, end):
    one = player()
    end(one, rpc)
    assert [each.params["login"] for each in revocations.rest()] == [one.login]


def test_refreshed_tokens_renew_a_connection(player, connected):
    one = player()
    fresh = one.call("auth.refresh", refresh_token=one.tokens["refresh_token"])
    assert fresh["login"] == one.login
    renewed = one.call("auth.authenticate", access_token=fresh["access_token"])
    assert renewed["login"] == one.login
    assert connected(fresh["access_token"]).call("accounts.get")["login"] == one.login


def test_a_page_loaded_again_during_a_renewal_stays_logged_in(player, connected, rpc):
    one = player()
    rpc("auth.refresh", refresh_token=one.tokens["refresh_token"])  # the answer is lost
    fresh = rpc("auth.refresh", refresh_token=one.tokens["refresh_token"])
    assert connected(fresh["access_token"]).call("accounts.get")["login"] == one.login
    assert rpc("auth.refresh", refresh_token=fresh["refresh_token"])["login"] == one.login


def test_a_refresh_token_used_after_its_successor_ends_its_login(player, connected, rpc):
    one = player()
    other_login = rpc("auth.login", login=one.login, password=one.password)
    elsewhere = connected(other_login["access_token"])
    fresh = rpc("auth.refresh", refresh_token=one.tokens["refresh_token"])
    fresh = rpc("auth.refresh", refresh_token=fresh["refresh_token"])
    elsewhere.refused("InvalidToken", "auth.refresh", refresh_token=one.tokens["refresh_token"])
    assert one.wait_closed() == UNAUTHORISED
    elsewhere.refused("InvalidToken", "auth.refresh", refresh_token=fresh["refresh_token"])
    assert elsewhere.call("accounts.get")["login"] == one.login


def test_logging_out_closes_the_sockets_of_this_login_only(player, connected, rpc):
    one = player()
    beside = connected(one.token)
    other_login = rpc("auth.login", login=one.login, password=one.password)
    elsewhere = connected(other_login["access_token"])
    assert one.call("auth.logout") == {}
    assert one.wait_closed() == beside.wait_closed() == UNAUTHORISED
    elsewhere.refused("InvalidToken", "auth.refresh", refresh_token=one.tokens["refresh_token"])
    assert elsewhere.call("accounts.get")["login"] == one.login


def test_a_login_too_many_closes_the_sockets_of_the_oldest(stack, player, connected, rpc):
    with stack.given("auth", MAX_LOGINS=2):
        one = player()
        logins = [rpc("auth.login", login=one.login, password=one.password) for _ in range(2)]
        assert one.wait_closed() == UNAUTHORISED
        for each in logins:
            assert connected(each["access_token"]).call("accounts.get")["login"] == one.login


def test_logging_out_over_http_closes_sockets_as_well(player, rpc):
    one = player()
    assert rpc("auth.logout", one.token, refresh_token=one.tokens["refresh_token"]) == {}
    assert one.wait_closed() == UNAUTHORISED


def test_an_access_token_is_no_refresh_token(player):
    one = player()
    one.refused("InvalidToken", "auth.refresh", refresh_token=one.token)
    one.refused("InvalidToken", "auth.refresh", refresh_token="nonsense")
