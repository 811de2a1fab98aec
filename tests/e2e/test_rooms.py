"""Rooms, public and private, as players see them."""

import time

import pytest

from tests.client import CheckedClient
from tests.e2e.playing import by_key, by_room
from tests.stack import eventually


def test_the_last_seat_goes_to_one_of_twenty_who_want_it_at_once(player):
    owner = player()
    room_id = owner.call("rooms.create")["room_id"]
    joiners = [player() for _ in range(20)]
    questions = [joiner.ask("rooms.join", room_id=room_id) for joiner in joiners]
    answers = [joiner.answer(number) for joiner, number in zip(joiners, questions, strict=True)]
    refused = [answer["error"]["data"]["type"] for answer in answers if "error" in answer]
    assert refused == ["RoomFull"] * 19
    [room] = [answer["result"] for answer in answers if "result" in answer]
    [winner] = [joiner for joiner in joiners if joiner.login in room["players"]]
    assert room["session_id"] == winner.wait_for("room.filled")["room"]["session_id"]
    for joiner in joiners:
        assert joiner is winner or joiner.fence() == []


def test_only_open_rooms_are_listed(player, connect):
    owner, joiner, anybody = player(), player(), connect(CheckedClient)

    def listed(room_id):
        return room_id in [room["room_id"] for room in anybody.call("rooms.list")["items"]]

    filled, closed, still_open = (owner.call("rooms.create")["room_id"] for _ in range(3))
    joiner.call("rooms.join", room_id=filled)
    assert owner.call("rooms.close", room_id=closed) == {}
    assert [listed(each) for each in (filled, closed, still_open)] == [False, False, True]


def test_rooms_are_listed_newest_first_by_pages(player):
    owner = player()
    made = [owner.call("rooms.create")["room_id"] for _ in range(3)]
    first = owner.call("rooms.list", limit=2)
    assert [room["room_id"] for room in first["items"]] == [made[2], made[1]]
    second = owner.call("rooms.list", limit=1, after=first["next"])
    assert [room["room_id"] for room in second["items"]] == [made[0]]
    assert owner.call("rooms.list", game="dobutsu", limit=1)["items"]
    owner.refused("GameNotFound", "rooms.list", game="go")


def test_a_cursor_that_this_list_has_not_given_is_refused(player):
    owner = player()
    for _ in range(2):
        owner.call("rooms.create")
    given = owner.call("rooms.list", limit=1)["next"]
    for method, after in (("rooms.list", "made up"), ("rooms.list", ""), ("sessions.list", given)):
        refusal = owner.refused("InvalidParams", method, after=after)
        assert [error["path"] for error in refusal.details["errors"]] == ["after"]


def test_forbidden_actions_in_a_room_have_their_errors(player):
    owner, member, stranger = player(), player(), player()
    room_id = owner.call("rooms.create")["room_id"]
    owner.refused("AlreadyInRoom", "rooms.join", room_id=room_id)
    stranger.refused("NotAMember", "rooms.leave", room_id=room_id)
    stranger.refused("NotTheOwner", "rooms.close", room_id=room_id)
    member.call("rooms.join", room_id=room_id)
    stranger.refused("RoomFull", "rooms.join", room_id=room_id)
    member.refused("AlreadyInRoom", "rooms.join", room_id=room_id)
    member.refused("RoomClosed", "rooms.leave", room_id=room_id)
    stranger.refused("NotAMember", "rooms.leave", room_id=room_id)
    owner.refused("RoomClosed", "rooms.close", room_id=room_id)
    assert stranger.fence() == []


def test_only_the_closing_is_told_when_the_owner_leaves(player):
    owner, stranger = player(), player()
    room_id = owner.call("rooms.create")["room_id"]
    assert owner.call("rooms.leave", room_id=room_id) == {}
    closed = owner.wait_for("room.closed")
    assert (closed["room"]["room_id"], closed["room"]["status"]) == (room_id, "closed")
    assert owner.fence() == []
    stranger.refused("RoomClosed", "rooms.join", room_id=room_id)
    assert stranger.call("rooms.get", room_id=room_id)["status"] == "closed"


def test_a_room_has_as_many_seats_as_the_game_has_players(player):
    owner = player()
    refusal = owner.refused("InvalidParams", "rooms.create", seats=3)
    assert [error["path"] for error in refusal.details["errors"]] == ["seats"]
    assert owner.call("rooms.create", seats=2)["seats"] == 2


def test_a_player_may_be_in_five_open_rooms_in_all(player):
    owner, other = player(), player()
    rooms = [owner.call("rooms.create") for _ in range(3)]
    private = [owner.call("private_rooms.create") for _ in range(2)]
    theirs = other.call("rooms.create")["room_id"]
    for method, params in (
        ("rooms.create", {}), ("private_rooms.create", {}), ("rooms.join", {"room_id": theirs})
    ):
        owner.refused("TooManyRooms", method, **params)
    owner.call("private_rooms.leave", connection_key=private[0]["connection_key"])
    assert owner.call("rooms.join", room_id=theirs)["status"] == "filled"
    owner.call("rooms.close", room_id=rooms[0]["room_id"])


def test_a_private_room_is_there_for_its_members_only(player):
    owner, stranger = player(), player()
    room = owner.call("private_rooms.create")
    room_id = room["room_id"]
    assert owner.call("rooms.get", room_id=room_id) == room
    for method in ("rooms.get", "rooms.join", "rooms.leave", "rooms.close"):
        stranger.refused("RoomNotFound", method, room_id=room_id)
    for client in (owner, stranger):
        listed = client.call("rooms.list", limit=100)["items"]
        assert room_id not in [each["room_id"] for each in listed]
    owner.refused("AlreadyInRoom", "rooms.join", room_id=room_id)
    stranger.refused(
        "NotTheOwner", "private_rooms.close", connection_key=room["connection_key"]
    )
    assert owner.call("rooms.close", room_id=room_id) == {}
    assert owner.wait_for("private_room.closed")["room"]["status"] == "closed"


def test_a_private_room_is_left_and_closed_by_its_key(player):
    owner = player()
    for method in ("private_rooms.leave", "private_rooms.close"):
        key = owner.call("private_rooms.create")["connection_key"]
        assert owner.call(method, connection_key=key) == {}
        assert owner.wait_for("private_room.closed")["room"]["connection_key"] == key
        owner.refused("RoomClosed", method, connection_key=key)
    assert owner.fence() == []


def test_a_private_session_is_listed_for_its_players_only(player, connect):
    one, other, stranger, anybody = player(), player(), player(), connect(CheckedClient)
    private, public = by_key(one, other), by_room(one, other)

    def listed(client):
        items = client.call("sessions.list", login=one.login.upper())["items"]
        return [session["session_id"] for session in items]

    assert listed(one) == listed(other) == [public, private]
    assert listed(stranger) == listed(anybody) == [public]
    assert stranger.call("sessions.get", session_id=private)["players"] == [one.login, other.login]


@pytest.fixture
def ten_seconds_ttl(stack):
    """Rooms that close ten seconds after their last member has gone; gateways renew every 3 s."""
    with stack.given("rooms", ROOM_TTL=10):
        yield 10


def test_a_room_closes_once_no_member_is_connected(ten_seconds_ttl, player):
    gone, here, watcher = player(), player(), player()
    kept = here.call("rooms.create")["room_id"]
    kept_private = here.call("private_rooms.create")["room_id"]
    made_at = time.monotonic()
    left = gone.call("rooms.create")["room_id"]
    gone.close()

    def status(client, room_id):
        return client.call("rooms.get", room_id=room_id)["status"]

    eventually(lambda: status(watcher, left) == "closed")
    assert time.monotonic() - made_at > ten_seconds_ttl - 0.5, "it was closed too soon"
    assert status(here, kept) == status(here, kept_private) == "open"
    assert here.fence() == []


@pytest.mark.parametrize("kind", ["rooms", "private_rooms"])
def test_a_closed_room_is_told_to_who_comes_back_only(
    player, connect, kind
):
    owner, stranger = player(), player()
    room_id = owner.call(f"{kind}.create")["room_id"]
    again = connect(CheckedClient)
    again.call("auth.login", login=owner.login, password=owner.password)
    owner.call("rooms.close", room_id=room_id)
    event = "room.closed" if kind == "rooms" else "private_room.closed"
    for connection in (owner, again):  # on every connection that the player has
        assert connection.wait_for(event)["room"]["room_id"] == room_id
    assert stranger.fence() == []
