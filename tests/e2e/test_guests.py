"""Guests: nobody registers to play, and who sets a password in mid-game keeps everything."""

import pytest

from tests.client import CheckedClient, Player
from tests.e2e.playing import RESIGN, both_move

PASSWORD = "a password at last"


class Caller(Player):
    """A player's connection that is nobody's yet."""

    def __init__(self, url):
        CheckedClient.__init__(self, url)


@pytest.fixture
def guest(connect):
    """Makes guests, each on a connection of their own."""

    def make(**given):
        client = connect(Caller)
        client.tokens = client.call("auth.guest", **given)
        client.login = client.tokens["login"]
        return client

    return make


def test_guest_plays_and_is_shown_as_one(guest, player):
    one, host = guest(), player()
    assert one.call("accounts.get")["guest"]
    room = host.call("private_rooms.create", options={"rated": False})
    joined = one.call("private_rooms.join", connection_key=room["connection_key"])
    assert joined["session_id"] and joined["players"] == [host.login, one.login]
    assert host.call("accounts.get", login=one.login)["kind"] == "guest"


def test_claim_in_mid_game_keeps_connections_and_seat(guest, player, connect, rpc):
    one, other = guest(login=f"g-{player().login}"[:20]), player()
    room = other.call("rooms.create", options={"rated": False})
    session_id = one.call("rooms.join", room_id=room["room_id"])["session_id"]
    second = connect(Caller)
    second.call("auth.authenticate", access_token=one.tokens["access_token"])
    for each in (one, other, second):
        each.connect(session_id)
    one.refused("GuestNotAllowed", "searcher.start")
    assert one.call("auth.claim", password=PASSWORD) == {}
    assert second.wait_for("auth.claimed")["login"] == one.login
    both_move(other, second, session_id)
    one.command(session_id, RESIGN)
    assert not rpc("accounts.get", one.tokens["access_token"])["guest"]
    again = rpc("auth.login", login=one.login, password=PASSWORD)
    [session] = rpc("sessions.list", again["access_token"], login=one.login)["items"]
    assert (session["session_id"], session["players"]) == (session_id, [other.login, one.login])
    for each in (one, second):
        each.call("private_rooms.create")  # which is rated
    assert one.call("auth.claim", password=PASSWORD) == {}
    one.refused("InvalidCredentials", "auth.claim", password="another password")
