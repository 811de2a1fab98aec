"""Services and Redis that go away and come back while players play."""

import time
from urllib.parse import urlsplit

import pytest

from tests.client import CheckedClient
from tests.e2e.playing import RESIGN, begin, both_move, by_room, by_search, wait_for_version
from tests.stack import SERVICES, eventually
from tools.chaos.proxy import Proxies

UNAUTHORISED = 4401


def test_readiness_names_a_killed_service_until_it_is_back(stack, player):
    one = player()
    stack.kill("accounts")
    question = one.ask("accounts.get")
    eventually(lambda: stack.readiness() == (503, ["accounts"]))
    assert stack.request("GET", "/healthz")[0] == 200
    error = one.answer(question)["error"]
    assert (error["data"]["type"], error["data"]["service"]) == ("Unavailable", "accounts")
    assert one.call("rooms.create")["status"] == "open"
    stack.start("accounts")
    eventually(lambda: stack.readiness() == (200, []))
    assert one.call("accounts.get")["login"] == one.login


def test_a_failed_registration_leaves_the_login_free(stack, connect):
    fresh, identity = connect(CheckedClient), {"login": "half-way", "password": "long enough"}
    stack.kill("accounts")
    refusal = fresh.refused("Unavailable", "auth.register", **identity)
    assert refusal.details["service"] == "accounts"
    stack.start("accounts")
    identity["password"] = "another password"
    assert fresh.call("auth.register", **identity)["login"] == "half-way"
    assert fresh.call("accounts.get")["login"] == "half-way"


@pytest.fixture
def redis_link(stack, redis_server):
    """The link between the auth service and Redis, which can be cut."""
    address = urlsplit(redis_server.uri())
    with Proxies() as proxies:
        link = proxies.before(address.port)
        away = address._replace(netloc=address.netloc.replace(str(address.port), str(link.port)))
        with stack.given("auth", REDIS_URL=away.geturl()):
            yield link
            link.refuse(False)


def test_a_password_changes_while_redis_is_away(
    stack, redis_link, player, connect
):
    one, change = player(), {"new_password": "another password"}
    redis_link.refuse(True)
    redis_link.cut()
    assert one.call("auth.change_password", password=one.password, **change) == {}
    assert one.wait_closed() == UNAUTHORISED
    client = connect(CheckedClient)
    login = {"login": one.login, "password": change["new_password"]}
    client.refused("Unavailable", "auth.login", **login)
    redis_link.refuse(False)
    assert client.call("auth.login", **login)["login"] == one.login
    connect(CheckedClient).refused("InvalidToken", "auth.authenticate", access_token=one.token)


def test_a_game_survives_a_kill_of_the_session_service(
    stack, two_players, connect
):
    one, other = two_players
    session_id = begin(one, other)
    last = both_move(one, other, session_id)
    stack.kill("sessions")
    legal = ["a1a2", "a1b2"]
    refusal = one.refused_command(
        "Unavailable", session_id, {"type": "move", "move": legal[0]}, "during the outage"
    )
    assert refusal.details["service"] == "sessions"
    stack.start("sessions")
    session = one.call("sessions.get", session_id=session_id)
    assert (session["version"], session["status"]) == (last, "active")
    assert session["connected"] == [one.login, other.login]
    move = {"type": "move", "move": session["legal"][0]}
    version = one.command(session_id, move, "during the outage")["version"]
    assert version == last + 1
    assert one.command(session_id, move, "during the outage")["version"] == version
    wait_for_version(other, session_id, version)
    other.command(session_id, RESIGN)
    for player in two_players:
        assert player.wait_for("session.ended")["version"] == version + 1
    events = one.call("sessions.history", session_id=session_id)["events"]
    assert [event["version"] for event in events] == list(range(1, version + 2))


def test_a_game_needs_no_service_but_its_own(stack, two_players, player):
    one, other = two_players
    session_id = begin(one, other)
    others = [name for name in SERVICES if name != "sessions"]
    stack.kill(*others)
    last = both_move(one, other, session_id)
    one.command(session_id, RESIGN)
    assert other.wait_for("session.ended")["version"] == last + 1
    stack.start(*others)
    assert by_search(player(), player())


def test_a_game_with_days_outlives_a_restart_with_nobody_there(stack, two_players, connect):
    one, other = two_players
    session_id = begin(one, other, clock={"days": 1})
    one.move(session_id, "b2b3")
    one.drop()
    other.drop()
    stack.restart("gateway", *SERVICES)
    again = connect(CheckedClient)
    again.call("auth.authenticate", access_token=other.token)
    session = again.call("sessions.connect", session_id=session_id)["session"]
    assert (session["status"], session["to_move"]) == ("active", [other.login])
    assert 80_000 < session["clocks"][other.login] <= 86_400
    move = {"type": "move", "move": "b4b3"}
    again.call("sessions.execute", session_id=session_id, command=move, command_id="back")


def test_a_search_is_taken_up_again_when_the_searcher_was_killed(stack, two_players):
    one, other = two_players
    one.call("searcher.start")
    stack.restart("searcher")
    eventually(lambda: one.call("searcher.status")["status"] == "searching", 30)
    found = other.call("searcher.start")
    assert (found["status"], found["opponent"]) == ("found", one.login)
    assert one.wait_for("searcher.opponent_found")["session_id"] == found["session_id"]


@pytest.mark.parametrize("delay", [0.0, 0.004])
def test_a_move_during_a_kill_is_made_once_and_told_once(
    stack, two_players, delay
):
    one, other = two_players
    session_id = begin(one, other)
    move = {
        "session_id": session_id, "command": {"type": "move", "move": "b2b3"},
        "command_id": "the fatal one",
    }
    question = one.ask("sessions.execute", **move)
    time.sleep(delay)
    stack.restart("sessions")
    answer = one.answer(question)
    assert "result" in answer or answer["error"]["data"]["type"] == "Unavailable"
    version = one.call("sessions.execute", **move)["version"]
    for player in two_players:
        wait_for_version(player, session_id, version)
    other.move(session_id, "b4b3")
    for player in two_players:
        wait_for_version(player, session_id, version + 1)
    events = one.call("sessions.history", session_id=session_id)["events"]
    assert [event["version"] for event in events] == list(range(1, version + 2))
    assert [event["type"] for event in events].count("session.state_changed") == 2


def test_a_player_whose_connect_was_lost_and_left_is_gone(stack, two_players):
    one, other = two_players
    session_id = by_room(one, other)
    other.connect(session_id)
    other.forget()
    stack.pause("sessions")
    try:
        one.refused("Unavailable", "sessions.connect", session_id=session_id)
        one.drop()
    finally:
        stack.resume("sessions")
    # The call was served all the same, as its service had been given it.
    assert other.wait_for("session.player_connected")["login"] == one.login
    assert other.wait_for("session.player_disconnected")["login"] == one.login
