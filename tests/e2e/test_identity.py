"""The identity of a connection: how it is authenticated, extended and revoked."""

import json
import time
from dataclasses import replace

import pytest

from auth import token_codec
from client import Closed, Refused
from tests.client import CheckedClient
from tests.e2e.playing import begin, both_move
from tests.stack import SETTINGS

NEW = "another password"
# Seconds until a token expires, in one attempt after the other: a machine that stands still for so
# long has a longer time in the next.
LIFETIMES_SECONDS = (2, 4, 8, 16, 32)


@pytest.fixture
def renewed(connect):
    """Opens a connection that is authenticated by an access token."""

    def open_connection(token):
        client = connect(CheckedClient)
        client.identity = client.call("auth.authenticate", access_token=token)
        return client

    return open_connection


def running_out(token, seconds):
    """Return the same token as if it had been issued to expire in so many seconds."""
    keys = token_codec.Keys.of(SETTINGS["TOKEN_SECRET"])
    claims = token_codec.decode(token, token_codec.ACCESS, keys, time.time())
    return token_codec.encode(replace(claims, expires_at=time.time() + seconds), keys)


def test_each_way_of_identifying_binds_the_connection(player, connect, renewed):
    one = player()
    assert one.tokens["token_type"] == "Bearer" and one.tokens["expires_in"] == 900
    logged_in = connect(CheckedClient)
    logged_in.refused("Unauthenticated", "accounts.get")
    answer = logged_in.call("auth.login", login=one.login.upper(), password=one.password)
    assert answer["login"] == one.login
    authenticated = renewed(one.token)
    assert authenticated.identity["login"] == one.login
    for client in (one, logged_in, authenticated):
        assert client.call("accounts.get")["login"] == one.login


def test_a_connection_is_one_players_for_its_life(player):
    one, other = player(), player()
    for method, params in (
        ("auth.register", {"login": "somebody-new", "password": "long enough"}),
        ("auth.register", {"login": one.login, "password": "long enough"}),
        ("auth.login", {"login": other.login, "password": other.password}),
        ("auth.login", {"login": other.login, "password": "a wrong one"}),
        ("auth.login", {"login": one.login, "password": one.password}),
        ("auth.authenticate", {"access_token": "nonsense"}),
        ("auth.authenticate", {"access_token": other.token}),
    ):
        one.refused("AlreadyAuthenticated", method, **params)
        assert one.call("accounts.get")["login"] == one.login
    # And nothing came of what was refused.
    assert player("somebody-new").login == "somebody-new"


def test_any_token_of_the_same_player_renews_the_connection(player, rpc):
    one = player()
    again = rpc("auth.login", login=one.login.upper(), password=one.password)
    for token in (one.token, again["access_token"]):
        assert one.call("auth.authenticate", access_token=token)["login"] == one.login


def test_one_of_two_registrations_on_a_connection_binds(connect, player):
    client = connect(CheckedClient)
    stem = f"t{time.time_ns() % 10**9}"
    questions = {
        login: client.ask("auth.register", login=login, password="long enough")
        for login in (f"{stem}-a", f"{stem}-b")
    }
    answers = {login: client.answer(number) for login, number in questions.items()}
    [bound] = [login for login, answer in answers.items() if "result" in answer]
    [refused] = [login for login, answer in answers.items() if "error" in answer]
    assert answers[refused]["error"]["data"]["type"] == "AlreadyAuthenticated"
    assert client.call("accounts.get")["login"] == bound
    assert player(refused).login == refused


def test_a_login_is_taken_whatever_the_case(player, connect):
    one = player()
    refusal = connect(CheckedClient).refused(
        "LoginTaken", "auth.register", login=one.login.upper(), password="long enough"
    )
    assert refusal.details["login"] == one.login.upper()


@pytest.mark.parametrize("password", ["a secret of everybody", "a secret of number {}"])
def test_one_of_many_concurrent_registrations_succeeds(connect, password):
    login = f"wanted-{time.time_ns() % 10**9}"
    clients = [connect(CheckedClient) for _ in range(8)]
    questions = [
        client.ask("auth.register", login=login, password=password.format(number))
        for number, client in enumerate(clients)
    ]
    answers = [client.answer(number) for client, number in zip(clients, questions, strict=True)]
    refused = [answer["error"]["data"]["type"] for answer in answers if "error" in answer]
    assert refused == ["LoginTaken"] * 7
    [winner] = [client for client, answer in zip(clients, answers, strict=True)
                if "result" in answer]
    assert winner.call("accounts.get")["login"] == login


def test_a_token_that_cannot_be_used_binds_nothing(player, connect):
    one = player()
    client = connect(CheckedClient)
    header, payload, signature = one.token.split(".")
    for token in (
        "", "nonsense", one.token[:-4], f"{header}.{payload}.", f"{payload}.{header}.{signature}",
        one.tokens["refresh_token"], running_out(one.token, -1), "\0", "x" * 10_000,
    ):
        client.refused("InvalidToken", "auth.authenticate", access_token=token)
    client.refused("Unauthenticated", "accounts.get")


class TestExpiry:
    @pytest.fixture
    def in_time(self):
        """Runs a scenario with tokens that last a while, and again where that was too short."""

        def in_time(scenario):
            for lifetime in LIFETIMES_SECONDS:
                try:
                    return scenario(lifetime)
                except (Closed, Refused) as too_late:
                    last = too_late
            raise AssertionError(f"no lifetime was long enough: {last}")

        return in_time

    def test_a_connection_whose_token_expires_is_closed(self, player, renewed, in_time):
        one = player()
        client = in_time(lambda lifetime: renewed(running_out(one.token, lifetime)))
        assert client.wait_closed() == 4401
        with pytest.raises(Closed) as closed:
            client.call("server.info")
        assert closed.value.code == 4401
        assert one.call("accounts.get")["login"] == one.login

    def test_a_connection_that_is_renewed_in_time_stays(self, player, renewed, in_time):
        one = player()

        def renew(lifetime):
            soon = running_out(one.token, lifetime)
            client, witness = renewed(soon), renewed(soon)
            client.call("auth.authenticate", access_token=one.token)
            return client, witness

        client, witness = in_time(renew)
        assert witness.wait_closed() == 4401
        time.sleep(0.3)
        assert client.call("accounts.get")["login"] == one.login

    def test_a_connection_is_warned_before_its_token_expires(self, player, renewed, in_time):
        one = player()

        def renew(lifetime):
            client = renewed(running_out(one.token, lifetime))
            warned = client.wait_for("auth.expiring")
            later = client.call(
                "auth.authenticate", access_token=running_out(one.token, 2 * lifetime)
            )
            return client, warned, later

        client, warned, later = in_time(renew)
        assert later["expires_at"] > warned["expires_at"]
        assert client.wait_for("auth.expiring")["expires_at"] == later["expires_at"]
        assert client.wait_closed() == 4401

    def test_a_token_that_expires_is_no_good_over_http(self, player, rpc, in_time):
        one = player()

        def use(lifetime):
            soon, expires_at = running_out(one.token, lifetime), time.time() + lifetime
            assert rpc("accounts.get", soon)["login"] == one.login
            return soon, expires_at

        soon, expires_at = in_time(use)
        time.sleep(max(expires_at - time.time(), 0) + 0.1)
        with pytest.raises(Refused, match="expired"):
            rpc("accounts.get", soon)


def test_a_new_password_ends_all_tokens_and_sockets_after_it(
    player, renewed, connect, rpc
):
    one, bystander = player(), player()
    second = renewed(one.token)
    third = connect(CheckedClient)
    other_login = third.call("auth.login", login=one.login, password=one.password)
    answer = one.call("auth.change_password", password=one.password, new_password=NEW)
    assert answer == {}
    for client in (one, second, third):
        assert client.wait_closed() == 4401
    for token in (one.token, other_login["access_token"]):
        with pytest.raises(Exception, match="revoked"):
            rpc("accounts.get", token)
        connect(CheckedClient).refused("InvalidToken", "auth.authenticate", access_token=token)
    fresh = connect(CheckedClient)
    fresh.refused("InvalidCredentials", "auth.login", login=one.login, password=one.password)
    assert fresh.call("auth.login", login=one.login, password=NEW)["login"] == one.login
    assert fresh.call("accounts.get")["login"] == one.login
    assert bystander.call("accounts.get")["login"] == bystander.login


def test_a_new_password_over_http_ends_the_sockets_as_well(player, rpc):
    one = player()
    assert rpc(
        "auth.change_password", one.token, password=one.password, new_password=NEW
    ) == {}
    assert one.wait_closed() == 4401


def test_a_wrong_password_changes_nothing(player, renewed):
    one = player()
    second = renewed(one.token)
    for method, params in (
        ("auth.change_password", {"password": "wrong one", "new_password": NEW}),
        ("accounts.delete", {"password": "wrong one"}),
    ):
        one.refused("InvalidCredentials", method, **params)
    for client in (one, second):
        assert client.call("accounts.get")["login"] == one.login


def test_a_busy_socket_is_closed_when_its_login_ends(player, renewed, rpc):
    one = player()
    busy = renewed(one.token)

    def ask():  # it takes a while, since a password is checked
        return busy.ask("auth.login", login=one.login, password="a wrong one")

    under_way = [ask() for _ in range(6)]
    rpc("auth.change_password", one.token, password=one.password, new_password=NEW)
    with pytest.raises(Closed):
        for _ in range(1000):
            under_way.append(ask())
            busy.answer(under_way.pop(0))
    assert busy.wait_closed() == 4401


def test_a_deleted_account_is_gone_with_all_that_hung_on_it(player, renewed, connect, rpc):
    one, other = player(), player()
    second = renewed(one.token)
    session_id = begin(one, other)
    both_move(one, other, session_id)
    public = one.call("rooms.create")["room_id"]
    private = one.call("private_rooms.create")["connection_key"]
    one.call("searcher.start", options={"rated": False})
    assert one.call("accounts.delete", password=one.password) == {}

    for client in (one, second):
        assert client.wait_closed() == 4401
    ended = other.wait_for("session.ended")
    assert ended["result"]["winner"] == other.login
    assert ended["result"]["reason"] == "resignation"
    assert other.call("rooms.get", room_id=public)["status"] == "closed"
    other.refused("RoomClosed", "private_rooms.join", connection_key=private)
    assert other.call("searcher.start", options={"rated": False}) == {"status": "searching"}
    other.refused("AccountNotFound", "accounts.get", login=one.login)
    with pytest.raises(Exception, match="revoked"):
        rpc("accounts.get", one.token)
    fresh = connect(CheckedClient)
    fresh.refused("InvalidCredentials", "auth.login", login=one.login, password=one.password)
    fresh.refused("LoginTaken", "auth.register", login=one.login.upper(), password="long enough")
    listed = other.call("sessions.list", login=one.login)["items"]
    assert [session["session_id"] for session in listed] == [session_id]
    assert one.login in listed[0]["players"]


def test_a_profile_is_changed_by_its_owner_and_seen_by_players(player, rpc):
    one, other = player(), player()
    refusal = one.refused("InvalidParams", "accounts.update", display_name="\u3164")
    assert refusal.details["errors"] == [{
        "path": "display_name",
        "message": "Value error, U+3164 HANGUL FILLER is not seen and not allowed",
    }]
    account = one.call("accounts.update", display_name="One É \u2603", bio="b" * 500)
    assert (account["display_name"], account["bio"]) == ("One É \u2603", "b" * 500)
    assert one.call("accounts.update", display_name="O")["bio"] == "b" * 500
    assert other.call("accounts.get", login=one.login.upper())["display_name"] == "O"
    assert account["ratings"]["dobutsu"] == {
        "speed": None, "rating": 1500, "deviation": 350,
        "games": 0, "wins": 0, "draws": 0, "losses": 0, "places": {},
    }
    assert rpc("accounts.get", other.token)["login"] == other.login


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (None, "Unauthenticated"), ("", "InvalidToken"), ("nonsense", "InvalidToken"),
        ("Bearer", "InvalidToken"), ("Bearer ", "InvalidToken"), ("Bearer x", "InvalidToken"),
        ("Basic {token}", "InvalidToken"), ("Bearer {token}x", "InvalidToken"),
        ("Bearer {token} x", "InvalidToken"), ("Bearer {refresh}", "InvalidToken"),
    ],
)
def test_a_bearer_token_is_there_or_it_is_wrong(player, post, header, kind):
    one = player()
    filled = header and header.format(token=one.token, refresh=one.tokens["refresh_token"])
    headers = {} if header is None else {"Authorization": filled}

    def outcome(method, **params):
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = post(json.dumps(request), headers)[1]
        return answer["error"]["data"]["type"] if "error" in answer else "ok"

    assert outcome("accounts.get") == kind
    assert outcome("server.info") == ("ok" if header is None else "InvalidToken")
    assert outcome("auth.login", login=one.login, password=one.password) == "ok"
    assert outcome("auth.register", login=one.login, password=one.password) == "LoginTaken"


def test_the_scheme_of_the_header_is_read_whatever_the_case(player, post):
    one = player()
    request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "accounts.get"})
    for scheme in ("Bearer", "bearer", "BEARER"):
        _, answer = post(request, {"Authorization": f"{scheme} {one.token}"})
        assert answer["result"]["login"] == one.login
