"""Challenges between players who come and go, and who is online meanwhile."""

from tests.client import CheckedClient
from tests.stack import eventually


def come_back(connect, player):
    """Return a new connection of a player's."""
    again = connect(CheckedClient)
    again.call("auth.authenticate", access_token=player.token)
    return again


def seen_by(player, other):
    """Return whether another player is online to a player."""
    return player.call("accounts.relation", login=other.login)["online"]


def challenge(player, other, **options):
    """Challenge a player; return the challenge, of which the challenger has been told."""
    made = player.call("rooms.challenge", login=other.login, **options)
    assert player.wait_for("room.challenged")["room"] == made
    return made


def test_player_who_comes_back_finds_the_challenge(stack, two_players, connect, outage):
    one, other = two_players
    other.drop()
    made = challenge(one, other, side="second")
    stack.restart("rooms", "accounts")
    again = come_back(connect, other)
    eventually(lambda: again.call("rooms.challenges")["items"] == [made])
    accepted = again.call("rooms.accept", room_id=made["room_id"])
    assert accepted["players"] == [other.login, one.login]
    assert one.wait_for("room.filled")["room"] == accepted
    for client in (one, again):
        assert client.wait_for("session.created")["session_id"] == accepted["session_id"]


def test_every_connection_is_told_of_a_challenge_and_its_end(two_players, connect):
    one, other = two_players
    clients = [other, come_back(connect, other)]
    declined, closed = challenge(one, other), challenge(one, other)
    for made in (declined, closed):
        assert [each.wait_for("room.challenged")["room"] for each in clients] == [made] * 2
    other.call("rooms.decline", room_id=declined["room_id"], reason="busy")
    one.call("rooms.close", room_id=closed["room_id"])
    for client in (one, *clients):
        assert client.wait_for("room.declined")["reason"] == "busy"
        assert client.wait_for("room.closed")["room"]["room_id"] == closed["room_id"]


def test_challenge_of_a_blocked_player_looks_unanswered(player):
    one, other, third = player(), player(), player()
    before = challenge(one, other)
    assert other.wait_for("room.challenged")["room"] == before
    other.call("accounts.block", login=one.login)
    unheard, unanswered = challenge(one, other), challenge(one, third)
    of_each = {"room_id", "challenged", "created_at"}
    assert {**unheard, **dict.fromkeys(of_each)} == {**unanswered, **dict.fromkeys(of_each)}
    shown = one.call("rooms.challenges")["items"]
    assert shown == [unanswered, unheard, before]
    assert other.call("rooms.challenges")["items"] == []
    other.refused("RoomNotFound", "rooms.accept", room_id=unheard["room_id"])
    for made in shown:
        assert one.call("rooms.get", room_id=made["room_id"]) == made
        assert one.call("rooms.close", room_id=made["room_id"]) == {}
    assert other.fence() == []


def test_presence_follows_connections_and_respects_blocks(player, connect):
    one, other = player(), player()
    one.call("accounts.follow", login=other.login)
    eventually(lambda: seen_by(one, other) and seen_by(other, one))
    [followed] = one.call("accounts.following")["items"]
    assert (followed["login"], followed["online"]) == (other.login, True)
    other.call("accounts.block", login=one.login)
    assert not seen_by(one, other) and not seen_by(other, one)
    other.call("accounts.unblock", login=one.login)
    other.drop()
    eventually(lambda: not seen_by(one, other))
