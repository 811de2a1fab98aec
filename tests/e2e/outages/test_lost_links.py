"""A gateway without the broker makes up for what it missed when its link is back."""

from urllib.parse import urlsplit

import pytest

from tests.client import CheckedClient
from tests.stack import eventually
from tools.chaos.proxy import Proxies

UNAUTHORISED = 4401


@pytest.fixture
def link(broker):
    """The link between the second gateway and the broker."""
    with Proxies() as proxies:
        yield proxies.before(broker.port)


@pytest.fixture
def far_gateway(stack, link):
    """A gateway whose link to the broker can be cut by itself."""
    address = urlsplit(stack.settings["AMQP_URI"])
    host = address.netloc.rpartition(":")[0]
    process = stack.start_gateway("far gateway", AMQP_URI=address._replace(
        netloc=f"{host}:{link.port}"
    ).geturl())
    yield process
    stack.remove(process.name)


@pytest.fixture
def cut_off(stack, link, far_gateway):
    """Cuts the far gateway off from the broker, and connects it again."""

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


def test_only_connections_logged_out_meanwhile_are_closed(cut_off, again, player, rpc):
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


def counted(client, event):
    return [each["method"] for each in client.fence()].count(event)


def test_players_are_told_once_of_what_has_started_meanwhile(cut_off, again, player, rpc):
    one, other = player(), player()
    far = [again(each) for each in (one, other)]
    before = rpc("rooms.create", one.token)
    rpc("rooms.join", other.token, room_id=before["room_id"])
    for each in far:
        each.wait_for("session.created")
    cut_off(True)
    room = rpc("rooms.create", one.token)
    session_id = rpc("rooms.join", other.token, room_id=room["room_id"])["session_id"]
    assert one.wait_for("session.created", lambda params: params["session_id"] == session_id)
    cut_off(False)
    for each, login in zip(far, (one.login, other.login), strict=True):
        told = each.wait_for("session.created")
        assert told["session_id"] == session_id
        assert bool(told["session"]["legal"]) is (login == told["session"]["players"][0])
        assert counted(each, "session.created") == 0


def test_a_search_that_has_found_somebody_meanwhile_is_over(cut_off, again, player):
    one, other = player(), player()
    far = again(one)
    far.call("searcher.start")
    cut_off(True)
    found = other.call("searcher.start")
    assert found["opponent"] == one.login
    cut_off(False)
    told = far.wait_for("searcher.opponent_found")
    assert told == {**one.wait_for("searcher.opponent_found"), "at": told["at"]}
    assert far.wait_for("session.created")["session_id"] == found["session_id"]
    assert far.call("searcher.status") == {"status": "idle"}
    assert counted(far, "searcher.opponent_found") == counted(far, "session.created") == 0
