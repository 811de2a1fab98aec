"""Rooms; a member may use the id of a private room in place of its key."""

import pytest

from rooms.exceptions import RoomIsPrivate, RoomNotFound

PRIVATE = {
    "room_id": "r1", "game": "dobutsu", "options": {}, "seats": 2, "players": ["alice"],
    "owner": "alice", "status": "open", "created_at": "2023-11-14T22:13:20.000Z",
    "session_id": None, "connection_key": "ARB1TER0",
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
