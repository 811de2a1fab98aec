"""What was announced while a gateway could not hear it: made up for when its link is back."""

from urllib.parse import urlsplit

import pytest

from chaos.proxy import Proxies
from tests.client import CheckedClient
from tests.stack import eventually

pytestmark = pytest.mark.usefixtures("outage")

UNAUTHORISED = 4401


@pytest.fixture
def link(broker):
    """The way of the second gateway to the broker."""
    with Proxies() as proxies:
        yield proxies.before(broker.port)


@pytest.fixture
def far_gateway(stack, link):
    """A gateway whose link to the broker can be cut, and nobody else's with it."""
    address = urlsplit(stack.settings["AMQP_URI"])
    host = address.netloc.rpartition(":")[0]
    process = stack.start_gateway("far gateway", AMQP_URI=address._replace(
        netloc=f"{host}:{link.port}"
    ).geturl())
    yield process
    stack.remove(process.name)


@pytest.fixture
def cut_off(stack, link, far_gateway):
    """Takes the far gateway's broker away, and gives it back."""

    def cut_off(away):
        link.refuse(away)
        if away:
            link.cut()
            eventually(lambda: "broker" in stack.readiness(far_gateway.port)[1])
        else:
            stack.wait_until_ready(far_gateway.port)

    yield cut_off
    link.refuse(False)


@pytest.fixture
def again(stack, connect, far_gateway):
    """Another connection of a player's, by the far gateway."""

    def again(player):
        client = connect(CheckedClient, url=stack.url(far_gateway.port))
        client.call("auth.authenticate", access_token=player.token)
        return client

    return again


def test_who_was_logged_out_meanwhile_is_closed_and_nobody_else(cut_off, again, player, rpc):
    logged_out, changed, other = player(), player(), player()
    far = [again(each) for each in (logged_out, changed, other)]
    cut_off(True)
    rpc("auth.logout", logged_out.token)
    rpc(
        "auth.change_password", changed.token, password=changed.password,
        new_password="another password",
    )
    assert logged_out.wait_closed() == changed.wait_closed() == UNAUTHORISED
    cut_off(False)
    assert [each.wait_closed() for each in far[:2]] == [UNAUTHORISED, UNAUTHORISED]
    assert far[2].call("accounts.get")["login"] == other.login
