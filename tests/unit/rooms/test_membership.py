"""Opening rooms, joining, leaving and closing them: who may, and who hears of it."""

from unittest.mock import Mock

import pytest

from auth.exceptions import GuestNotAllowed
from extensions import request_id
from rooms import storage
from rooms.exceptions import (
    AlreadyInRoom,
    NotAMember,
    NotTheOwner,
    RoomClosed,
    RoomFull,
    RoomNotFound,
    TooManyRooms,
)
from sessions.exceptions import GameNotFound, InvalidOptions
from tests.unit.rooms.support import OPTIONS


class TestCreate:
    def test_opens_a_room_with_its_owner_in_the_first_seat(self, service):
        room = service.create("alice", "dobutsu", {"rated": False})
        assert room == {
            "room_id": room["room_id"], "game": "dobutsu",
            "options": {"clock": None, "rated": False}, "seats": 2, "players": ["alice"],
            "owner": "alice", "status": "open", "created_at": "2023-11-14T22:13:20.000Z",
            "session_id": None,
        }
        assert service.get(room["room_id"], "alice") == room

    def test_announces_nothing_because_nobody_is_there_to_hear(self, service, silent):
        with silent():
            service.create("alice", "dobutsu", {})

    def test_a_room_of_an_unknown_game_is_refused(self, service, refused):
        with refused(GameNotFound):
            service.create("alice", "tafl", {})

    def test_options_that_the_game_does_not_know_are_refused(self, service, refused):
        with refused(InvalidOptions):
            service.create("alice", "dobutsu", {"handicap": 1})

    def test_guest_opens_no_rated_room(self, service, refused):
        for options in ({}, {"rated": True}):
            with refused(GuestNotAllowed):
                service.create("otter", "dobutsu", options, guest=True)
        assert service.create("otter", "dobutsu", {"rated": False}, guest=True)["players"]

    def test_guest_joins_no_rated_room(self, service, refused, open_room):
        for private in (False, True):
            rated = open_room(private=private)
            with refused(GuestNotAllowed):
                service.join(rated, "otter", private=private, guest=True)
            assert service.join(rated, "bob", private=private)["players"] == ["alice", "bob"]
        unrated = service.create("alice", "dobutsu", {"rated": False}, 3)["room_id"]
        assert service.join(unrated, "otter", guest=True)["players"] == ["alice", "otter"]

    def test_a_sixth_open_room_of_either_kind_is_refused(self, service, refused, in_five_rooms):
        in_five_rooms("alice")
        for private in (False, True):
            with refused(TooManyRooms) as caught:
                service.create("alice", "dobutsu", {}, private=private)
            assert caught.value.details == {"most": 5}

    def test_a_room_that_is_no_longer_open_does_not_count(self, service, in_five_rooms):
        rooms = in_five_rooms("alice")
        service.leave(rooms[1], "alice")
        service.create("alice", "dobutsu", {})
        service.close(rooms[0], "alice")
        service.create("alice", "dobutsu", {})

    @pytest.mark.parametrize("private", [False, True])
    def test_a_request_served_again_opens_no_other_room(self, service, in_five_rooms, private):
        service.leave(in_five_rooms("alice")[1], "alice")
        with request_id.scope("c0ffeec0ffeec0ff"):
            first = service.create("alice", "dobutsu", {}, private=private)
            assert service.create("alice", "dobutsu", {}, private=private) == first
        with request_id.scope("decadedecadedeca"):
            assert service.create("bob", "dobutsu", {})["room_id"] != first["room_id"]

    def test_a_further_request_opens_a_further_room(self, service):
        for request in ("c0ffeec0ffeec0ff", "decadedecadedeca", None, None):
            with request_id.scope(request):
                service.create("alice", "dobutsu", {})
        assert len(service.open_rooms_of("alice")) == 4


class TestJoin:
    def test_a_request_served_again_gets_the_same_answer(self, service, open_room, outbox, silent):
        room_id = open_room(seats=3)
        with request_id.scope("c0ffeec0ffeec0ff"):
            first = service.join(room_id, "bob")
            with silent():
                assert service.join(room_id, "bob") == first
        assert outbox.heard == [("room.player_joined", ("alice", "bob"))]

    def test_a_filling_request_served_again_gets_the_session(
        self, service, open_room, sessions, silent
    ):
        room_id = open_room(seats=2)
        with request_id.scope("c0ffeec0ffeec0ff"):
            first = service.join(room_id, "bob")
            with silent():
                assert service.join(room_id, "bob") == first
        assert first["session_id"] and len(sessions.started) == 1

    def test_a_join_left_unannounced_is_announced_before_the_filling(
        self, service, open_room, outbox, monkeypatch
    ):
        room_id = open_room(seats=2)
        with request_id.scope("c0ffeec0ffeec0ff"):
            with monkeypatch.context() as dying, pytest.raises(SystemExit):
                dying.setattr(outbox, "send_confirmed", Mock(side_effect=SystemExit))
                service.join(room_id, "bob")
            service.join(room_id, "bob")
        assert [event for event, _ in outbox.heard] == ["room.player_joined", "room.filled"]

    def test_another_request_of_a_member_is_refused(self, service, open_room, refused):
        room_id = open_room(seats=4)
        for request in ("c0ffeec0ffeec0ff", "decadedecadedeca", None):
            with request_id.scope(request):
                if request == "c0ffeec0ffeec0ff":
                    service.join(room_id, "bob")
                    service.join(room_id, "carol")
                else:
                    with refused(AlreadyInRoom):
                        service.join(room_id, "bob")
        assert service.get(room_id, "bob")["players"] == ["alice", "bob", "carol"]

    def test_joining_takes_the_next_seat_and_tells_the_members(self, service, open_room, outbox):
        room_id = open_room("bob", seats=4)
        room = service.join(room_id, "carol")
        assert room["players"] == ["alice", "bob", "carol"]
        assert room["status"] == "open"
        assert outbox.heard == [("room.player_joined", ("alice", "bob", "carol"))]
        assert outbox.hear("room.player_joined")[0]["room"] == room

    def test_the_last_seat_begins_the_session(self, service, sessions, open_room):
        room_id = open_room("bob")
        room = service.join(room_id, "carol")
        assert room["status"] == "filled"
        assert room["session_id"] == f"session of {room_id}"
        assert service.get(room_id, "dave") == room
        assert sessions.started == {
            room_id: {
                "game": "dobutsu", "options": OPTIONS, "players": ["alice", "bob", "carol"],
                "private": False,
            }
        }

    def test_a_join_that_fills_is_told_as_both_the_joining_first(self, service, open_room, outbox):
        room = service.join(open_room(seats=2), "bob")
        both = ("alice", "bob")
        assert outbox.heard == [("room.player_joined", both), ("room.filled", both)]
        assert outbox.hear("room.filled")[0]["room"] == room

    def test_a_seat_given_back_can_be_taken_in_order_of_joining(self, service, open_room):
        room_id = open_room("bob", "carol", seats=4)
        service.leave(room_id, "bob")
        service.join(room_id, "dave")
        assert service.join(room_id, "bob")["players"] == ["alice", "carol", "dave", "bob"]

    def test_an_unknown_room_is_not_found(self, service, refused):
        with refused(RoomNotFound) as caught:
            service.join("nowhere", "bob")
        assert caught.value.details == {"room_id": "nowhere"}

    def test_a_filled_room_is_full(self, service, open_room, refused):
        room_id = open_room("bob", seats=2)
        with refused(RoomFull):
            service.join(room_id, "carol")
        assert service.get(room_id, "carol")["players"] == ["alice", "bob"]

    def test_a_closed_room_is_closed(self, service, open_room, refused):
        room_id = open_room()
        service.close(room_id, "alice")
        with refused(RoomClosed):
            service.join(room_id, "bob")

    def test_a_member_is_in_the_room_already_whatever_its_state(self, service, open_room, refused):
        filled, closed, still_open = open_room("bob", seats=2), open_room("bob"), open_room("bob")
        service.close(closed, "alice")
        for room_id in (filled, closed, still_open):
            for login in ("alice", "bob"):
                with refused(AlreadyInRoom):
                    service.join(room_id, login)

    def test_a_sixth_open_room_is_refused_and_the_seat_stays_free(
        self, service, open_room, refused, in_five_rooms
    ):
        in_five_rooms("bob")
        room_id = open_room(seats=2)
        with refused(TooManyRooms):
            service.join(room_id, "bob")
        assert service.get(room_id, "bob")["players"] == ["alice"]

    def test_the_rooms_own_refusal_comes_before_too_many_rooms(
        self, service, open_room, refused, in_five_rooms
    ):
        mine = in_five_rooms("bob")
        full, closed = open_room("carol", seats=2), open_room()
        service.close(closed, "alice")
        for room_id, error in [(mine[0], AlreadyInRoom), (full, RoomFull), (closed, RoomClosed)]:
            with refused(error):
                service.join(room_id, "bob")

    def test_the_fifth_room_may_be_the_one_that_fills(self, service, open_room):
        for _ in range(4):
            open_room(owner="bob")
        assert service.join(open_room(seats=2), "bob")["status"] == "filled"


class TestLeave:
    def test_gives_the_seat_back_and_tells_the_others_and_who_left(
        self, service, open_room, outbox
    ):
        room_id = open_room("bob")
        service.leave(room_id, "bob")
        assert service.get(room_id, "bob")["players"] == ["alice"]
        assert outbox.heard == [("room.player_left", ("alice", "bob"))]
        assert outbox.hear("room.player_left")[0]["room"]["players"] == ["alice"]

    def test_an_owner_who_leaves_closes_the_room_and_no_more(self, service, open_room, outbox):
        room_id = open_room("bob")
        service.leave(room_id, "alice")
        assert service.get(room_id, "bob")["status"] == "closed"
        assert [event for event, _ in outbox.heard] == ["room.closed"]
        assert set(outbox.heard[0][1]) == {"alice", "bob"}

    def test_an_unknown_room_is_not_found(self, service, refused):
        with refused(RoomNotFound):
            service.leave("nowhere", "alice")

    def test_a_non_member_cannot_leave_whatever_the_state(self, service, open_room, refused):
        filled, closed, still_open = open_room("bob", seats=2), open_room(), open_room()
        service.close(closed, "alice")
        for room_id in (filled, closed, still_open):
            with refused(NotAMember):
                service.leave(room_id, "mallory")

    def test_a_player_who_has_left_is_not_in_the_room(self, service, open_room, refused):
        room_id = open_room("bob")
        service.leave(room_id, "bob")
        with refused(NotAMember):
            service.leave(room_id, "bob")

    @pytest.mark.parametrize("login", ["alice", "bob"])
    def test_a_room_that_is_no_longer_open_cannot_be_left(self, service, open_room, refused, login):
        filled, closed = open_room("bob", seats=2), open_room("bob")
        service.close(closed, "alice")
        for room_id in (filled, closed):
            with refused(RoomClosed):
                service.leave(room_id, login)


class TestClose:
    def test_closes_the_room_and_tells_its_members(self, service, open_room, outbox):
        room_id = open_room("bob")
        service.close(room_id, "alice")
        room = service.get(room_id, "bob")
        assert (room["status"], room["players"]) == ("closed", ["alice", "bob"])
        assert outbox.heard == [("room.closed", ("alice", "bob"))]

    @pytest.mark.parametrize("login", ["bob", "mallory"])
    def test_only_the_owner_may_close_a_room_in_any_state(self, service, open_room, refused, login):
        filled, still_open = open_room("bob", seats=2), open_room("bob")
        for room_id in (filled, still_open):
            with refused(NotTheOwner):
                service.close(room_id, login)

    def test_a_room_that_is_no_longer_open_cannot_be_closed(self, service, open_room, refused):
        filled, closed = open_room("bob", seats=2), open_room()
        service.close(closed, "alice")
        for room_id in (filled, closed):
            with refused(RoomClosed):
                service.close(room_id, "alice")

    def test_an_unknown_room_is_not_found(self, service, refused):
        with refused(RoomNotFound):
            service.close("nowhere", "alice")


class TestLeaveAll:
    def test_every_open_public_room_is_left(self, service, open_room):
        joined, owned, private = open_room("bob"), open_room(owner="bob"), open_room(
            "bob", private=True
        )
        filled = open_room("bob", seats=2)
        service.leave_all("bob")
        rooms = service.get_many([joined, owned, private, filled])
        assert rooms[joined]["players"] == ["alice"]
        assert rooms[owned]["status"] == "closed"
        assert rooms[private]["players"] == ["alice", "bob"]
        assert rooms[filled]["players"] == ["alice", "bob"]

    def test_a_room_that_closes_meanwhile_does_not_stop_it(self, service, open_room, monkeypatch):
        closed, other = open_room("bob"), open_room("bob")
        monkeypatch.setattr(storage, "open_rooms_of", lambda *_, **__: [closed, other])
        service.close(closed, "alice")
        service.leave_all("bob")
        assert service.get(other, "alice")["players"] == ["alice"]
