"""Private rooms: joined, left and closed by key, announced to their members, forgotten."""

import pytest

from private_rooms import service as private_rooms_service
from private_rooms.keys import parse_key
from private_rooms.models import PrivateRoomRow
from private_rooms.service import DAY_SECONDS
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
from tests.unit.private_rooms.support import ALONE, BEGUN, CLOSED, FILLED, room, shown


class TestCreate:
    def test_opens_a_private_room_with_a_key(self, service, rooms):
        answer = service.create("alice", "dobutsu", {"rated": False}, 2)
        assert parse_key(answer["connection_key"]) == answer["connection_key"]
        assert answer == shown(ALONE, answer["connection_key"])
        rooms.create.assert_called_once_with(
            "alice", "dobutsu", {"rated": False}, 2, private=True, guest=False
        )

    def test_announces_nothing_because_nobody_is_there_to_hear(self, service, silent):
        with silent():
            service.create("alice", "dobutsu", {})

    def test_no_two_rooms_have_the_same_key(self, service, rooms):
        rooms.create.side_effect = [room(1, "alice", room_id=str(n)) for n in range(20)]
        keys = {service.create("alice", "dobutsu", {})["connection_key"] for _ in range(20)}
        assert len(keys) == 20

    def test_a_request_served_again_gets_the_same_key(self, service):
        assert service.create("alice", "dobutsu", {}) == service.create("alice", "dobutsu", {})

    def test_rooms_service_is_told_of_a_guest(self, service, rooms, key):
        service.create("otter", "dobutsu", {"rated": False}, guest=True)
        rooms.join.return_value = room(2, "alice", "otter")
        service.join(key, "otter", guest=True)
        assert [each.call_args.kwargs["guest"] for each in (rooms.create, rooms.join)] == [True] * 2

    @pytest.mark.parametrize("error", [TooManyRooms, GameNotFound, InvalidOptions])
    def test_refusals_of_the_rooms_service_are_passed_on(self, service, rooms, refused, error):
        rooms.create.side_effect = error.of("no")
        with refused(error):
            service.create("alice", "dobutsu", {})


class TestJoin:
    def test_joining_takes_a_seat_and_tells_the_members(self, service, rooms, key, outbox):
        rooms.join.return_value = joined = room(2, "alice", "bob")
        assert service.join(key, "bob") == shown(joined, key)
        rooms.join.assert_called_once_with("room", "bob", private=True, guest=False)
        assert outbox.heard == [("private_room.player_joined", ("alice", "bob"))]
        assert outbox.hear("private_room.player_joined") == [
            {"at": "2023-11-14T22:13:20.000Z", "room": shown(joined, key)}
        ]

    def test_a_key_is_understood_however_it_is_typed(self, service, rooms, key):
        rooms.join.return_value = room(2, "alice", "bob")
        typed = key.lower().replace("0", "o").replace("1", "l")
        service.join(f"{typed[:4]}-{typed[4:]}", "bob")
        rooms.join.assert_called_once_with("room", "bob", private=True, guest=False)

    def test_a_join_that_fills_is_told_as_both_the_joining_first(self, service, rooms, key, outbox):
        rooms.join.return_value = BEGUN
        assert service.join(key, "bob") == shown(BEGUN, key)
        both = ("alice", "bob")
        assert outbox.heard == [
            ("private_room.player_joined", both), ("private_room.filled", both)
        ]
        assert outbox.hear("private_room.filled")[0]["room"] == shown(BEGUN, key)

    @pytest.mark.parametrize("wrong", ["", "short", "ZZZZZZZZ", "not a key at all", "\0", "é" * 8])
    def test_every_key_of_no_room_is_refused_alike(self, service, rooms, refused, wrong):
        for method in (service.join, service.leave, service.close):
            with refused(RoomNotFound) as caught:
                method(wrong, "bob")
            assert str(caught.value) == "There is no room with this key"
        assert not rooms.join.called

    @pytest.mark.parametrize("error", [AlreadyInRoom, RoomFull, RoomClosed, TooManyRooms])
    def test_refusals_of_the_rooms_service_are_passed_on(self, service, rooms, key, refused, error):
        rooms.join.side_effect = error.of("no")
        with refused(error):
            service.join(key, "bob")


class TestLeave:
    def test_tells_the_others_and_who_left(self, service, rooms, key, outbox):
        rooms.join.return_value = room(2, "alice", "bob")
        service.join(key, "bob")
        outbox.forget()
        rooms.leave.return_value = room(3, "alice")
        service.leave(key, "bob")
        rooms.leave.assert_called_once_with("room", "bob", private=True)
        assert outbox.heard == [("private_room.player_left", ("alice", "bob"))]

    def test_only_the_closing_is_announced_when_the_owner_leaves(self, service, rooms, key, outbox):
        rooms.leave.return_value = CLOSED
        service.leave(key, "alice")
        assert outbox.heard == [("private_room.closed", ("alice",))]

    @pytest.mark.parametrize("error", [NotAMember, RoomClosed])
    def test_refusals_of_the_rooms_service_are_passed_on(self, service, rooms, key, refused, error):
        rooms.leave.side_effect = error.of("no")
        with refused(error):
            service.leave(key, "bob")

    def test_all_of_a_players_private_rooms_are_left_at_once(self, service, rooms, key, outbox):
        rooms.open_rooms_of.return_value = ["closed meanwhile", "left meanwhile", "keyless", "room"]
        keyless = room(2, "alice", status="closed", room_id="keyless")
        rooms.leave.side_effect = [RoomClosed("no"), NotAMember("no"), keyless, CLOSED]
        service.leave_all("alice")
        rooms.open_rooms_of.assert_called_once_with("alice", private=True)
        assert outbox.heard == [("private_room.closed", ("alice",))]


class TestClose:
    def test_closing_is_announced_to_the_members(self, service, rooms, key, outbox):
        rooms.close.return_value = CLOSED
        service.close(key, "alice")
        rooms.close.assert_called_once_with("room", "alice", private=True)
        assert outbox.heard == [("private_room.closed", ("alice",))]
        assert outbox.hear("private_room.closed")[0]["room"] == shown(CLOSED, key)

    @pytest.mark.parametrize("error", [NotTheOwner, RoomClosed])
    def test_refusals_of_the_rooms_service_are_passed_on(self, service, rooms, key, refused, error):
        rooms.close.side_effect = error.of("no")
        with refused(error):
            service.close(key, "bob")


class TestGet:
    def test_shows_the_room_with_its_key(self, service, rooms, key):
        rooms.get_many.return_value = {"room": BEGUN}
        assert service.get("room") == shown(BEGUN, key)

    def test_shows_a_session_that_is_not_stored_in_rooms_yet(self, service, rooms, key):
        rooms.join.return_value = BEGUN
        service.join(key, "bob")
        rooms.get_many.return_value = {"room": FILLED}
        assert service.get("room") == shown(BEGUN, key)

    def test_a_room_that_is_not_known_here_is_not_found(self, service, rooms, refused):
        rooms.get_many.return_value = {"room": ALONE}
        with refused(RoomNotFound):
            service.get("room")

    def test_a_room_that_is_not_known_there_is_not_found(self, service, key, refused):
        with refused(RoomNotFound):
            service.get("room")


class TestSweep:
    @pytest.fixture
    def known(self, service, rooms):
        """Whether a key is still known here."""
        rooms.join.return_value = BEGUN

        def known(key):
            try:
                service.join(key, "carol")
            except RoomNotFound:
                return False
            return True

        return known

    @pytest.fixture
    def settled(self, service, rooms, key):
        """Alice's room has become a session."""
        rooms.get_many.return_value = {"room": BEGUN}
        service.follow_rooms()

    def test_forgets_the_key_of_an_old_room_that_is_no_more(
        self, service, rooms, settled, key, known, clock, silent
    ):
        clock.advance(2 * DAY_SECONDS + 1)
        rooms.get_many.return_value = {}
        with silent():
            service.sweep()
        assert not known(key)

    def test_the_key_is_kept_as_long_as_the_room(self, service, rooms, settled, key, known, clock):
        clock.advance(100 * DAY_SECONDS)
        service.sweep()
        assert known(key)

    def test_asks_after_none_that_is_not_old(self, service, rooms, settled, key, known, clock):
        clock.advance(2 * DAY_SECONDS - 1)
        rooms.get_many.return_value = {}
        service.sweep()
        assert known(key)

    def test_sweeping_goes_on_until_nothing_is_left(self, service, rooms, clock, monkeypatch):
        monkeypatch.setattr(private_rooms_service, "SWEEP_BATCH", 2)
        made = {
            str(n): room(2, "alice", status="closed", room_id=str(n)) for n in range(5)
        }
        rooms.create.side_effect = [{**each, "revision": 1} for each in made.values()]
        for _ in made:
            service.create("alice", "dobutsu", {})
        rooms.get_many.side_effect = lambda ids: {each: made[each] for each in ids}
        service.follow_rooms()
        rooms.get_many.side_effect = lambda ids: {}
        clock.advance(3 * DAY_SECONDS)
        service.sweep()
        with service.db.get_session() as session:
            assert session.query(PrivateRoomRow).all() == []

    def test_a_followed_room_that_vanished_is_forgotten(self, service, rooms, key, known):
        service.follow_rooms()
        rooms.get_many.reset_mock()
        service.follow_rooms()
        assert not rooms.get_many.called and not known(key)


def test_a_ping_is_answered_with_the_problems(service):
    assert service.ping()["problems"] is service.problems.return_value
