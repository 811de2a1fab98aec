"""Rooms; a member may use the id of a private room in place of its key."""

import pytest

from accounts.exceptions import AccountNotFound, OwnAccount
from rooms.exceptions import RoomIsPrivate, RoomNotFound

PRIVATE = {
    "room_id": "r1", "game": "dobutsu", "options": {}, "seats": 2, "players": ["alice"],
    "owner": "alice", "status": "open", "created_at": "2023-11-14T22:13:20.000Z",
    "session_id": None, "connection_key": "ARB1TER0",
}
CHALLENGE = {
    **{name: value for name, value in PRIVATE.items() if name != "connection_key"},
    "challenged": "Bob", "side": "first",
}


@pytest.fixture
def private(services):
    for method in ("get", "leave", "close"):
        getattr(services.rooms, method).side_effect = RoomIsPrivate.of("no", room_id="r1")
    services.private_rooms.get.return_value = PRIVATE


def test_private_room_is_returned_with_its_key(call, private):
    assert call("rooms.get", "alice", room_id="r1") == PRIVATE


@pytest.mark.parametrize("method", ["leave", "close"])
def test_private_room_is_left_and_closed_by_its_key(call, services, private, method):
    assert call(f"rooms.{method}", "alice", room_id="r1") == {}
    getattr(services.private_rooms, method).assert_called_once_with("ARB1TER0", "alice")


@pytest.mark.parametrize("method", ["get", "join", "leave", "close"])
def test_private_room_is_not_found_by_others(refused, services, method):
    getattr(services.rooms, method).side_effect = RoomNotFound.of("no", room_id="r1")
    assert refused(f"rooms.{method}", "mallory", room_id="r1") == "RoomNotFound"
    assert not services.private_rooms.method_calls


def test_list_of_an_unknown_game_is_refused(refused):
    assert refused("rooms.list", "alice", game="tafl") == "GameNotFound"


def test_challenge_is_to_the_player_by_the_login_as_registered(call, services):
    services.accounts.opponent.return_value = {"login": "Bob", "has_blocked": False}
    services.rooms.challenge.return_value = CHALLENGE
    assert call("rooms.challenge", "alice", login="bob", side="first") == CHALLENGE
    services.rooms.challenge.assert_called_once_with(
        "alice", "Bob", "dobutsu", {}, "first", hidden=False, guest=False
    )


def test_several_are_challenged_each_by_the_login_as_registered(call, services):
    services.accounts.opponent.side_effect = lambda player, login: {
        "login": login.title(), "has_blocked": login == "dave"
    }
    services.rooms.challenge.return_value = several = {**CHALLENGE, "others": ["Carol", "Dave"]}
    named = ["carol", "BOB", "dave"]
    assert call("rooms.challenge", "alice", login="bob", others=named, side="first") == several
    services.rooms.challenge.assert_called_once_with(
        "alice", "Bob", "dobutsu", {}, "first", hidden=False, guest=False,
        others=[("Carol", False), ("Dave", True)],
    )


@pytest.mark.parametrize("error", [AccountNotFound, OwnAccount])
def test_challenge_to_nobody_or_oneself_is_refused(refused, services, error):
    services.accounts.opponent.side_effect = error.of("no", login="bob")
    assert refused("rooms.challenge", "alice", login="bob") == error.__name__
    assert not services.rooms.method_calls


def test_challenge_is_declined_for_one_of_the_reasons(call, refused, services):
    assert call("rooms.decline", "bob", room_id="r1", reason="busy") == {}
    services.rooms.decline.assert_called_once_with("r1", "bob", "busy")
    assert refused("rooms.decline", "bob", room_id="r1", reason="fool") == "InvalidParams"
