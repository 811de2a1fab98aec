"""Gateways that end, by a crash or in order, while their players play."""

import signal

import pytest

from client import Closed
from tests.client import CheckedClient
from tests.e2e.playing import RESIGN, begin, both_move, wait_for_version
from tests.process import STOP_TIMEOUT_SECONDS
from tests.stack import eventually


def again(connect, player, url=None):
    """Return another connection of a player's."""
    client = connect(CheckedClient, url=url)
    client.call("auth.authenticate", access_token=player.token)
    return client


@pytest.fixture
def second_gateway(stack):
    process = stack.start_gateway()
    yield process
    stack.remove(process.name)


def test_players_of_two_gateways_play_with_each_other(stack, player, second_gateway):
    one, other = player(), player(url=stack.url(second_gateway.port))
    session_id = begin(one, other)
    both_move(one, other, session_id)
    other.command(session_id, RESIGN)
    assert one.wait_for("session.ended")["result"]["winner"] == one.login


def test_players_of_a_killed_gateway_play_on_by_another(
    stack, player, connect, second_gateway
):
    url = stack.url(second_gateway.port)
    one, other = player(url=url), player(url=url)
    session_id = begin(one, other)
    last = both_move(one, other, session_id)
    stack.kill(second_gateway.name)
    for client in (one, other):
        with pytest.raises(Closed):
            client.call("server.info")

    one_again = again(connect, one)
    answer = one_again.call("sessions.connect", session_id=session_id, since=last)
    assert answer["session"]["version"] == last and answer["events"] == []
    # The lease of the dead gateway runs out, and only then who is not back is known to be away.
    gone = one_again.wait_for("session.player_disconnected")
    assert (gone["login"], gone["version"]) == (other.login, last + 1)
    assert one_again.call("sessions.get", session_id=session_id)["connected"] == [one.login]
    other_again = again(connect, other)
    missed = other_again.call("sessions.connect", session_id=session_id, since=last)["events"]
    assert [event["type"] for event in missed] == [
        "session.player_disconnected", "session.player_connected"
    ]
    assert one_again.wait_for("session.player_connected")["login"] == other.login
    legal = one_again.call("sessions.get", session_id=session_id)["legal"]
    version = one_again.execute(session_id, {"type": "move", "move": legal[0]})["version"]
    wait_for_version(other_again, session_id, version)


def test_a_stopping_gateway_closes_its_clients_with_1001(
    stack, player, connect, second_gateway
):
    url = stack.url(second_gateway.port)
    one, other, anonymous = player(url=url), player(), connect(CheckedClient, url=url)
    session_id = begin(one, other)
    last = both_move(one, other, session_id)
    second_gateway.signal(signal.SIGTERM)
    for client in (one, anonymous):
        assert client.wait_closed() == 1001
    assert other.wait_for("session.player_disconnected")["version"] == last + 1
    assert second_gateway.ends(STOP_TIMEOUT_SECONDS) and second_gateway.status == 0
    with pytest.raises(OSError):
        stack.request("GET", "/healthz", port=second_gateway.port)
    one_again = again(connect, one)
    answer = one_again.call("sessions.connect", session_id=session_id, since=last)
    assert [event["version"] for event in answer["events"]] == [last + 1, last + 2]


def test_requests_in_progress_are_answered_before_the_end(stack, player, second_gateway):
    one = player(url=stack.url(second_gateway.port))
    stack.pause("accounts")
    try:
        number = one.ask("accounts.get")
        one.call("server.info")
        second_gateway.signal(signal.SIGTERM)
        eventually(lambda: second_gateway.has_said(b"Stopping"))
    finally:
        stack.resume("accounts")
    assert one.answer(number)["result"]["login"] == one.login
    assert one.wait_closed() == 1001
