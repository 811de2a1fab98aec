"""Rooms as they are shown and listed, and private ones as they are hidden."""

from unittest.mock import Mock

import pytest
from nameko.exceptions import RpcTimeout

from extensions.pagination import UnknownCursor, encode_cursor
from rooms.exceptions import AlreadyInRoom, RoomIsPrivate, RoomNotFound
from rooms.session_starter import RETRY_AFTER_SECONDS
from tests.unit.rooms.support import changes_of_private_rooms


def ids(page):
    return [room["room_id"] for room in page["items"]]


class TestGetAndList:
    def test_an_unknown_room_is_not_found(self, service, refused):
        with refused(RoomNotFound):
            service.get("nowhere", "alice")

    def test_open_public_rooms_are_listed_newest_first(self, service, open_room):
        oldest, newest = open_room(), open_room()
        filled, closed = open_room("bob", seats=2), open_room(owner="carol")
        open_room(owner="dave", private=True)
        service.close(closed, "carol")
        assert ids(service.list()) == [newest, oldest]
        assert filled not in ids(service.list())

    def test_only_those_of_one_game_if_asked(self, service, open_room):
        open_room()
        assert len(service.list(game="dobutsu")["items"]) == 1
        assert service.list(game="chess") == {"items": [], "next": None}

    def test_pages_join_up_for_rooms_of_the_same_moment(self, service, open_room, clock):
        for owner in ("alice", "bob", "carol"):
            open_room(owner=owner)
            clock.advance(-1)
        everything = ids(service.list())
        first = service.list(limit=2)
        second = service.list(limit=2, after=first["next"])
        assert ids(first) + ids(second) == everything
        assert len(everything) == len(set(everything)) == 3
        assert second["next"] is None

    @pytest.mark.parametrize("after", ["nonsense", encode_cursor("sessions", [1.0, "x"])])
    def test_a_cursor_that_this_list_has_not_given_is_refused(self, service, refused, after):
        with refused(UnknownCursor):
            service.list(after=after)

    def test_many_are_got_at_once_of_any_kind(self, service, open_room):
        public, private = open_room(), open_room(private=True)
        found = service.get_many([public, private, "nowhere"])
        assert set(found) == {public, private}


class TestPrivateRooms:
    @pytest.fixture
    def room_id(self, open_room):
        return open_room("bob", private=True)

    def test_events_of_private_rooms_are_not_announced_here(self, service, room_id, silent):
        with silent():
            service.join(room_id, "carol", private=True)
            service.leave(service.create("dave", "dobutsu", {}, private=True)["room_id"], "dave",
                          private=True)

    def test_a_stranger_does_not_find_it_by_its_id(self, service, room_id, refused):
        for method in (service.get, service.join, service.leave, service.close):
            with refused(RoomNotFound):
                method(room_id, "mallory")

    def test_a_member_is_sent_to_the_service_that_has_the_key(self, service, room_id, refused):
        for method in (service.get, service.leave, service.close):
            with refused(RoomIsPrivate):
                method(room_id, "alice")

    def test_a_member_who_joins_it_by_its_id_is_in_it_already(self, service, room_id, refused):
        with refused(AlreadyInRoom):
            service.join(room_id, "bob")

    def test_each_change_gives_it_a_new_revision(self, service, sessions):
        sessions.away = True
        room = service.create("alice", "dobutsu", {}, 2, private=True)
        revisions = [
            each["revision"] for each in (
                room,
                service.join(room["room_id"], "bob", private=True),
                service.record_session(room["room_id"], "session"),
                service.record_session(room["room_id"], "session"),
            )
        ]
        assert revisions == [1, 2, 3, 3]

    def test_the_session_begins_unannounced_with_the_last_seat(
        self, service, room_id, sessions, silent
    ):
        with silent():
            room = service.join(room_id, "carol", private=True)
        assert (room["session_id"], room["revision"]) == (f"session of {room_id}", 4)
        assert sessions.started[room_id]["private"] is True
        for _ in range(2):
            assert service.get_many([room_id]) == {room_id: room}
            service.store_sessions()

    def test_the_session_begins_late_if_sessions_was_away(
        self, service, room_id, sessions, clock, outbox
    ):
        sessions.away = True
        assert service.join(room_id, "carol", private=True)["session_id"] is None
        sessions.away = False
        clock.advance(RETRY_AFTER_SECONDS + 1)
        service.take_up_filled()
        service.take_up_filled()
        assert sessions.started[room_id]["private"] is True
        assert service.get_many([room_id])[room_id]["session_id"] == f"session of {room_id}"
        assert changes_of_private_rooms(outbox) == [("room.filled", room_id)]

    def test_public_and_private_rooms_of_a_player_are_told_apart(self, service, open_room):
        private, public = open_room("bob", private=True), open_room("bob")
        assert service.open_rooms_of("bob") == [public]
        assert service.open_rooms_of("bob", private=True) == [private]


def test_options_of_a_game_are_asked_for_once(service, sessions, monkeypatch, refused):
    service.create("alice", "dobutsu", {"rated": False}, 2)
    monkeypatch.setattr(sessions, "complete_options", Mock(side_effect=RpcTimeout(5)))
    assert service.create("bob", "dobutsu", {"rated": False}, 2)["options"]["rated"] is False
    with refused(RpcTimeout):
        service.create("carol", "dobutsu", {}, 2)


def test_a_ping_is_answered_with_the_problems(service):
    assert service.ping()["problems"] is service.problems.return_value
