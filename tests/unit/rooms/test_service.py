"""Rooms: who may join, leave and close them, who hears of it, and when the session begins."""

from unittest.mock import Mock

import pytest
from nameko.testing.services import worker_factory

from extensions import request_id
from extensions.pagination import UnknownCursor, encode_cursor
from rooms import expiry, storage
from rooms.events import PRIVATE_CHANGES_EXCHANGE
from rooms.exceptions import (
    AlreadyInRoom,
    NotAMember,
    NotTheOwner,
    RoomClosed,
    RoomFull,
    RoomIsPrivate,
    RoomNotFound,
    TooManyRooms,
)
from rooms.expiry import DAY_SECONDS
from rooms.models import Base, RoomRow, SeatRow
from rooms.service import RoomsService
from rooms.session_starter import RETRY_AFTER_SECONDS
from sessions.exceptions import GameNotFound, InvalidOptions
from tests.unit.fakes import Sessions

ROOM_TTL = 60
ROOMS_KEPT = 2  # days
OPTIONS = {"clock": None, "rated": True}


class Death(BaseException):
    """Ends a worker at once: it is not caught as an Exception."""


@pytest.fixture
def sessions():
    return Sessions()


@pytest.fixture
def service(database, outbox, clock, sessions):
    return worker_factory(
        RoomsService, config={"ROOM_TTL": ROOM_TTL, "ROOMS_KEPT": ROOMS_KEPT}, db=database(Base),
        outbox=outbox, sessions=sessions, clock=clock,
    )


@pytest.fixture
def open_room(service, clock, outbox):
    """Opens a room of Alice's, which others then join; returns its id."""

    def open_room(*others, owner="alice", seats=3, private=False):
        clock.advance(1)
        room_id = service.create(owner, "dobutsu", {}, seats, private=private)["room_id"]
        for login in others:
            service.join(room_id, login, private=private)
        outbox.forget()
        return room_id

    return open_room


@pytest.fixture
def in_five_rooms(open_room):
    """Puts a player into as many open rooms as one player may be in."""

    def in_five_rooms(login):
        return [
            open_room(owner=login), open_room(login, owner="zoe"), open_room(login, owner="zoe"),
            open_room(owner=login, private=True), open_room(login, owner="zoe", private=True),
        ]

    return in_five_rooms


def changes_of_private_rooms(outbox):
    """Return the events for the private rooms service alone, with the ids of their rooms."""
    assert {each.exchange for each in outbox.sent} == {PRIVATE_CHANGES_EXCHANGE}
    assert not any(each.players for each in outbox.sent)
    return [(each.event, each.params["room_id"]) for each in outbox.sent]


def ids(page):
    return [room["room_id"] for room in page["items"]]


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

    def test_of_an_unknown_game_is_refused(self, service, refused):
        with refused(GameNotFound):
            service.create("alice", "tafl", {})

    def test_with_options_that_the_game_does_not_know_is_refused(self, service, refused):
        with refused(InvalidOptions):
            service.create("alice", "dobutsu", {"handicap": 1})

    def test_a_sixth_open_room_of_either_kind_is_refused(
        self, service, refused, in_five_rooms
    ):
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
    def test_a_request_served_again_opens_no_other_room(
        self, service, in_five_rooms, private
    ):
        service.leave(in_five_rooms("alice")[1], "alice")
        with request_id.scope("c0ffeec0ffeec0ff"):
            first = service.create("alice", "dobutsu", {}, private=private)
            assert service.create("alice", "dobutsu", {}, private=private) == first
        with request_id.scope("decadedecadedeca"):
            assert service.create("bob", "dobutsu", {})["room_id"] != first["room_id"]

    def test_a_further_request_opens_a_further_room(self, service):
        for call_id in ("c0ffeec0ffeec0ff", "decadedecadedeca", None, None):
            with request_id.scope(call_id):
                service.create("alice", "dobutsu", {})
        assert len(service.open_rooms_of("alice")) == 4


class TestJoin:
    def test_a_request_served_again_gets_the_same_answer(
        self, service, open_room, outbox, silent
    ):
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
        assert first["session_id"] and len(sessions.begun) == 1

    def test_a_join_left_unannounced_is_announced_before_the_filling(
        self, service, open_room, outbox, monkeypatch
    ):
        room_id = open_room(seats=2)
        with request_id.scope("c0ffeec0ffeec0ff"):
            with monkeypatch.context() as dying, pytest.raises(SystemExit):
                dying.setattr(outbox, "send", Mock(side_effect=SystemExit))
                service.join(room_id, "bob")
            service.join(room_id, "bob")
        assert [event for event, _ in outbox.heard] == ["room.player_joined", "room.filled"]

    def test_another_request_of_a_member_is_refused(
        self, service, open_room, refused
    ):
        room_id = open_room(seats=4)
        for call_id in ("c0ffeec0ffeec0ff", "decadedecadedeca", None):
            with request_id.scope(call_id):
                if call_id == "c0ffeec0ffeec0ff":
                    service.join(room_id, "bob")
                    service.join(room_id, "carol")
                else:
                    with refused(AlreadyInRoom):
                        service.join(room_id, "bob")
        assert service.get(room_id, "bob")["players"] == ["alice", "bob", "carol"]

    def test_takes_the_next_seat_and_tells_everybody_in_the_room(
        self, service, open_room, outbox
    ):
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
        assert sessions.begun == {
            room_id: {
                "game": "dobutsu", "options": OPTIONS, "players": ["alice", "bob", "carol"],
                "private": False,
            }
        }

    def test_a_join_that_fills_is_told_as_both_the_joining_first(
        self, service, open_room, outbox
    ):
        room = service.join(open_room(seats=2), "bob")
        both = ("alice", "bob")
        assert outbox.heard == [("room.player_joined", both), ("room.filled", both)]
        assert outbox.hear("room.filled")[0]["room"] == room

    def test_a_seat_given_back_can_be_taken_in_order_of_joining(
        self, service, open_room
    ):
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

    def test_a_member_is_in_the_room_already_whatever_its_state(
        self, service, open_room, refused
    ):
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

    def test_an_owner_who_leaves_closes_the_room_and_no_more(
        self, service, open_room, outbox
    ):
        room_id = open_room("bob")
        service.leave(room_id, "alice")
        assert service.get(room_id, "bob")["status"] == "closed"
        assert [event for event, _ in outbox.heard] == ["room.closed"]
        assert set(outbox.heard[0][1]) == {"alice", "bob"}

    def test_an_unknown_room_is_not_found(self, service, refused):
        with refused(RoomNotFound):
            service.leave("nowhere", "alice")

    def test_a_non_member_cannot_leave_whatever_the_state(
        self, service, open_room, refused
    ):
        filled, closed, still_open = open_room("bob", seats=2), open_room(), open_room()
        service.close(closed, "alice")
        for room_id in (filled, closed, still_open):
            with refused(NotAMember):
                service.leave(room_id, "mallory")

    def test_who_has_left_is_not_in_the_room(self, service, open_room, refused):
        room_id = open_room("bob")
        service.leave(room_id, "bob")
        with refused(NotAMember):
            service.leave(room_id, "bob")

    @pytest.mark.parametrize("login", ["alice", "bob"])
    def test_a_room_that_is_no_longer_open_cannot_be_left(
        self, service, open_room, refused, login
    ):
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
    def test_is_for_the_owner_whatever_the_state(self, service, open_room, refused, login):
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

    def test_pages_join_up_for_rooms_of_the_same_moment(
        self, service, open_room, clock
    ):
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

    def test_what_happens_in_one_is_not_announced_here(self, service, room_id, silent):
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

    def test_each_change_gives_it_a_new_revision(self, service, clock):
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

    def test_its_session_is_left_to_the_caller_of_the_join(self, service, room_id, sessions):
        room = service.join(room_id, "carol", private=True)
        service.take_up_filled()
        assert (room["status"], room["session_id"]) == ("filled", None)
        assert sessions.begun == {}

    def test_its_session_begins_late_where_the_caller_has_failed(
        self, service, room_id, sessions, clock, outbox
    ):
        service.join(room_id, "carol", private=True)
        clock.advance(RETRY_AFTER_SECONDS + 1)
        service.take_up_filled()
        service.take_up_filled()
        assert sessions.begun[room_id]["private"] is True
        assert service.get_many([room_id])[room_id]["session_id"] == f"session of {room_id}"
        assert changes_of_private_rooms(outbox) == [("room.filled", room_id)]

    def test_public_and_private_rooms_of_a_player_are_told_apart(self, service, open_room):
        private, public = open_room("bob", private=True), open_room("bob")
        assert service.open_rooms_of("bob") == [public]
        assert service.open_rooms_of("bob", private=True) == [private]


class TestLeaveAll:
    def test_leaves_every_open_public_room(self, service, open_room):
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


class TestLapse:
    def test_a_room_with_no_connected_member_closes(
        self, service, open_room, clock, outbox
    ):
        room_id = open_room("bob")
        clock.advance(ROOM_TTL + 1)
        service.close_lapsed()
        assert service.get(room_id, "alice")["status"] == "closed"
        assert outbox.heard == [("room.closed", ("alice", "bob"))]

    def test_it_closes_once(self, service, open_room, clock, silent):
        open_room()
        clock.advance(ROOM_TTL + 1)
        service.close_lapsed()
        with silent():
            service.close_lapsed()

    @pytest.mark.parametrize("login", ["alice", "bob"])
    def test_it_stays_open_for_any_member_who_is_connected(
        self, service, open_room, clock, silent, login
    ):
        room_id = open_room("bob")
        clock.advance(ROOM_TTL - 1)
        service.renew(["mallory", login])
        clock.advance(ROOM_TTL)
        with silent():
            service.close_lapsed()
        assert service.get(room_id, "alice")["status"] == "open"

    def test_a_time_without_the_broker_closes_none(
        self, service, open_room, clock, outbox, monkeypatch
    ):
        room_id = open_room("bob")
        service.close_lapsed()
        with monkeypatch.context() as outage:
            outage.setattr(outbox, "connected_seconds", lambda: 0.0)  # nobody could renew it
            for _ in range(10 * ROOM_TTL):
                clock.advance(1)
                service.close_lapsed()
        service.close_lapsed()
        clock.advance(2)
        service.close_lapsed()
        assert service.get(room_id, "alice")["status"] == "open"

    def test_who_has_left_does_not_keep_it_open(self, service, open_room, clock):
        room_id = open_room("bob")
        service.leave(room_id, "bob")
        clock.advance(ROOM_TTL - 1)
        service.renew(["bob"])
        clock.advance(2)
        service.close_lapsed()
        assert service.get(room_id, "alice")["status"] == "closed"

    def test_a_filled_room_does_not_lapse(self, service, open_room, clock, silent):
        room_id = open_room("bob", seats=2)
        clock.advance(ROOM_TTL * 10)
        with silent():
            service.take_up_filled()
        assert service.get(room_id, "alice")["status"] == "filled"

    def test_a_private_room_closes_and_the_private_rooms_service_hears(
        self, service, open_room, clock, outbox
    ):
        room_id = open_room(private=True)
        clock.advance(ROOM_TTL + 1)
        service.close_lapsed()
        assert service.get_many([room_id])[room_id]["status"] == "closed"
        assert changes_of_private_rooms(outbox) == [("room.closed", room_id)]


class TestUnfinished:
    @pytest.fixture
    def room_id(self, service, open_room, sessions, outbox):
        """A room that was filled while the session service was away."""
        room_id = open_room(seats=2)
        sessions.away = True
        room = service.join(room_id, "bob")
        assert (room["status"], room["session_id"]) == ("filled", None)
        assert [event for event, _ in outbox.heard] == ["room.player_joined"]
        outbox.forget()
        return room_id

    def test_its_session_begins_when_the_session_service_is_back(
        self, service, room_id, sessions, clock, outbox
    ):
        sessions.away = False
        clock.advance(RETRY_AFTER_SECONDS + 1)
        service.take_up_filled()
        room = service.get(room_id, "alice")
        assert room["session_id"] == f"session of {room_id}"
        assert outbox.heard == [("room.filled", ("alice", "bob"))]
        assert outbox.hear("room.filled")[0]["room"] == room

    def test_an_unannounced_join_is_announced_before_the_filling(
        self, service, open_room, sessions, clock, outbox, monkeypatch
    ):
        room_id = open_room(seats=2)
        outbox.forget()
        with monkeypatch.context() as dying:
            dying.setattr(outbox, "send", Mock(side_effect=Death))
            with pytest.raises(Death):
                service.join(room_id, "bob")
        clock.advance(RETRY_AFTER_SECONDS + 1)
        service.take_up_filled()
        assert [event for event, _ in outbox.heard] == ["room.player_joined", "room.filled"]

    def test_until_then_it_stays_as_it_is_and_nothing_is_told(
        self, service, room_id, clock, silent
    ):
        clock.advance(RETRY_AFTER_SECONDS + 1)
        with silent():
            service.take_up_filled()
        assert service.get(room_id, "alice")["session_id"] is None

    def test_once_it_has_its_session_it_is_left_alone(
        self, service, room_id, sessions, clock, silent
    ):
        sessions.away = False
        clock.advance(RETRY_AFTER_SECONDS + 1)
        service.take_up_filled()
        with silent():
            service.take_up_filled()
        assert sessions.asked == [room_id]

    def test_a_session_that_was_begun_but_not_noted_is_the_same_one(
        self, service, room_id, sessions, clock
    ):
        sessions.away = False
        sessions.create(room_id, "dobutsu", OPTIONS, ["alice", "bob"])
        clock.advance(RETRY_AFTER_SECONDS + 1)
        service.take_up_filled()
        assert len(sessions.begun) == 1
        assert service.get(room_id, "alice")["session_id"] == f"session of {room_id}"

    def test_a_room_that_fails_does_not_hold_up_the_others(
        self, service, room_id, open_room, sessions, clock
    ):
        other = open_room(owner="carol", seats=2)
        service.join(other, "dave")
        sessions.away = False
        for failing, well in [("bob", other), ("dave", room_id)]:
            sessions.fails_for = {failing}
            clock.advance(RETRY_AFTER_SECONDS + 1)
            service.take_up_filled()
            assert service.get(well, "alice")["session_id"] == f"session of {well}"

    def test_a_room_retried_twice_at_once_is_announced_once(
        self, service, room_id, sessions, clock, outbox, monkeypatch
    ):
        sessions.away = False
        clock.advance(RETRY_AFTER_SECONDS + 1)
        create = sessions.create

        def overtaken(*arguments, **options):
            monkeypatch.undo()
            service.take_up_filled()
            return create(*arguments, **options)

        monkeypatch.setattr(sessions, "create", overtaken)
        service.take_up_filled()
        assert sessions.asked == [room_id, room_id]
        assert outbox.heard == [("room.filled", ("alice", "bob"))]

    def test_nobody_can_join_or_leave_meanwhile(self, service, room_id, refused):
        with refused(RoomFull):
            service.join(room_id, "carol")
        with refused(RoomClosed):
            service.leave(room_id, "bob")


def test_it_answers_a_ping(service):
    assert service.ping()["ailing"] is service.problems.return_value


class TestPause:
    def test_a_time_in_which_nothing_ran_closes_no_room(self, service, clock):
        room = service.create("alice", "dobutsu", {})
        service.close_lapsed()
        clock.advance(3600)
        service.close_lapsed()
        assert service.get(room["room_id"], "alice")["status"] == "open"

    def test_what_nobody_renews_lapses_all_the_same(self, service, clock):
        room = service.create("alice", "dobutsu", {})
        for _ in range(70):
            service.close_lapsed()
            clock.advance(1)
        assert service.get(room["room_id"], "alice")["status"] == "closed"


class TestSweep:
    @pytest.fixture
    def rooms(self, service):
        """Returns those of some rooms that there still are."""
        return lambda *room_ids: [each for each in room_ids if service.get_many([each])]

    def test_forgets_what_ended_longer_ago_than_it_is_kept(
        self, service, open_room, clock, rooms, silent
    ):
        closed, filled = open_room(), open_room(seats=2)
        service.close(closed, "alice")
        service.join(filled, "bob")
        clock.advance(ROOMS_KEPT * DAY_SECONDS - 1)
        service.sweep()
        assert rooms(closed, filled) == [closed, filled]
        clock.advance(ROOM_TTL + 2)
        with silent():
            service.sweep()
        assert rooms(closed, filled) == []
        with service.db.get_session() as session:
            assert not session.query(SeatRow).all() and not session.query(RoomRow).all()

    def test_keeps_an_old_room_for_as_long_after_its_end(self, service, open_room, clock, rooms):
        room_id = open_room("bob", seats=3)
        for _ in range(100):
            clock.advance(3600)
            service.renew(["alice"])
            service.sweep()
        service.join(room_id, "carol")
        service.sweep()
        assert service.get(room_id, "carol")["session_id"]
        clock.advance(ROOMS_KEPT * DAY_SECONDS + ROOM_TTL + 1)
        service.sweep()
        assert rooms(room_id) == []

    def test_leaves_what_is_open(self, service, open_room, clock, rooms):
        room_id = open_room()
        clock.advance(100 * DAY_SECONDS)  # and nothing has closed it
        service.sweep()
        assert rooms(room_id) == [room_id]

    def test_goes_on_until_nothing_is_left(self, service, open_room, clock, rooms, monkeypatch):
        monkeypatch.setattr(expiry, "SWEEP_BATCH", 2)
        closed = [open_room() for _ in range(5)]
        for room_id in closed:
            service.close(room_id, "alice")
        clock.advance(2 * ROOMS_KEPT * DAY_SECONDS)
        service.sweep()
        assert rooms(*closed) == []

    def test_one_whose_session_could_not_begin_for_so_long_closes(
        self, service, open_room, sessions, clock, outbox, rooms
    ):
        room_id = open_room(seats=2)
        sessions.away = True
        service.join(room_id, "bob")
        outbox.forget()
        clock.advance(ROOMS_KEPT * DAY_SECONDS - 1)
        service.close_lapsed()
        assert service.get(room_id, "alice")["status"] == "filled"
        clock.advance(ROOM_TTL + 2)
        sessions.away = False
        service.take_up_filled()
        assert sessions.begun == {}
        assert outbox.heard == [("room.closed", ("alice", "bob"))]
        service.sweep()
        assert rooms(room_id) == []
