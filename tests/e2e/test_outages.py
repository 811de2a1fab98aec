"""Processes that end, and come back, while players play."""

import os
import signal
import time
from urllib.parse import urlsplit

import pytest

from tests.client import CheckedClient
from tests.e2e.playing import RESIGN, begin, both_move, by_search, wait_for_version
from tests.stack import GATEWAY_LEASE, GRACE, SERVICES, eventually
from tools.chaos.proxy import Proxies
from tools.demo.client import Closed, Refused

UNAUTHORISED = 4401

pytestmark = pytest.mark.usefixtures("outage")


def again(connect, player, url=None):
    """Another connection of a player's."""
    client = connect(CheckedClient, url=url)
    client.call("auth.authenticate", access_token=player.token)
    return client


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
    """The way of the auth service to a Redis, which can be cut."""
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


def test_a_search_is_taken_up_again_when_the_searcher_was_killed(stack, two_players):
    one, other = two_players
    one.call("searcher.start")
    stack.restart("searcher")
    eventually(lambda: one.call("searcher.status")["status"] == "searching", 30)
    found = other.call("searcher.start")
    assert (found["status"], found["opponent"]) == ("found", one.login)
    assert one.wait_for("searcher.opponent_found")["session_id"] == found["session_id"]


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
    gone = one_again.wait_for("session.player_disconnected", timeout=GATEWAY_LEASE + 20)
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
    assert second_gateway.ends(10) and second_gateway.status == 0
    with pytest.raises(OSError):
        stack.request("GET", "/healthz", port=second_gateway.port)
    one_again = again(connect, one)
    answer = one_again.call("sessions.connect", session_id=session_id, since=last)
    assert [event["version"] for event in answer["events"]] == [last + 1, last + 2]


def test_what_is_under_way_is_answered_before_the_gateway_ends(stack, player, second_gateway):
    one = player(url=stack.url(second_gateway.port))
    stack.pause("accounts")
    try:
        number = one.ask("accounts.get")
        one.call("server.info")
        second_gateway.signal(signal.SIGTERM)
        time.sleep(0.3)
    finally:
        stack.resume("accounts")
    assert one.answer(number)["result"]["login"] == one.login
    assert one.wait_closed() == 1001


@pytest.fixture
def patient_sessions(stack):
    """The grace of everyday: a broker may be away for longer than the one of these tests."""
    with stack.given("sessions", GRACE=30):
        yield


def test_a_broker_that_restarts_ends_no_process_and_games_go_on(
    stack, broker, patient_sessions, two_players, player
):
    one, other = two_players
    session_id = begin(one, other)
    last = both_move(one, other, session_id)
    broker.kill()
    assert stack.readiness()[0] == 503
    one.refused("Unavailable", "rooms.create")
    broker.start()
    stack.wait_until_ready()
    assert all(process.runs for process in stack.processes.values())
    session = one.call("sessions.get", session_id=session_id)
    assert (session["status"], session["version"] >= last) == ("active", True)

    wait_for_version(other, session_id, one.move(session_id, session["legal"][0]))
    ended = other.command(session_id, RESIGN)["version"]
    for each in two_players:
        assert each.wait_for("session.ended")["version"] == ended
    assert by_search(player(), player())


def answered(player, session_id):
    """A session, as soon as somebody answers."""
    def ask():
        try:
            return player.call("sessions.get", session_id=session_id)
        except Refused as refusal:
            assert refusal.type == "Unavailable"
            return None

    return eventually(ask, 30)


def test_a_time_without_a_broker_is_on_nobodys_clock(stack, broker, two_players):
    one, other = two_players
    initial = 12
    session_id = begin(one, other, clock={"initial": initial, "increment": 0})
    both_move(one, other, session_id)
    broker.kill()
    time.sleep(initial)  # all that it shows
    broker.start()

    def is_given_back():  # by the first look at all clocks, which may come after an answer
        session = answered(one, session_id)
        assert session["status"] == "active", session["result"]
        return session["clocks"][one.login] > initial / 2

    eventually(is_given_back, 30, "the time without a broker")
    stack.wait_until_ready()


def test_a_broker_that_falls_silent_is_held_against_nobody(stack, broker, two_players):
    one, other = two_players
    with stack.given("sessions", HEARTBEAT=2):
        session_id = begin(one, other)
        last = both_move(one, other, session_id)
        os.kill(broker.pid, signal.SIGSTOP)
        try:
            time.sleep(GATEWAY_LEASE + GRACE + 3)
        finally:
            os.kill(broker.pid, signal.SIGCONT)
        session = answered(one, session_id)
        time.sleep(GRACE + 1)
        assert session == answered(other, session_id) | {"legal": session["legal"]}
        assert (session["status"], session["version"]) == ("active", last)
        assert session["connected"] == [one.login, other.login]
    stack.wait_until_ready()


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
