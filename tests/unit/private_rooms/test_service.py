"""Private rooms: joined by key, followed in the rooms service, announced to their members."""

from unittest.mock import create_autospec

import pytest
from nameko.exceptions import RpcTimeout
from nameko.testing.services import worker_factory

from extensions.settings import Settings
from private_rooms import service as private_rooms_service
from private_rooms.keys import parse_key
from private_rooms.models import Base, PrivateRoomRow
from private_rooms.service import DAY_SECONDS, PrivateRoomsService
from rooms.exceptions import (
    AlreadyInRoom,
    NotAMember,
    NotTheOwner,
    RoomClosed,
    RoomFull,
    RoomNotFound,
    TooManyRooms,
)
from rooms.service import RoomsService
from sessions.exceptions import GameNotFound, InvalidOptions
from tests.unit.fakes import Sessions

OPTIONS = {"clock": None, "rated": True}


def room(revision, *players, status="open", session_id=None, room_id="room"):
    """A private room as the rooms service answers it."""
    return {
        "room_id": room_id, "game": "dobutsu", "options": OPTIONS, "seats": 2,
        "players": list(players), "owner": "alice", "status": status,
        "created_at": "2023-11-14T22:13:20.000Z", "session_id": session_id, "revision": revision,
    }


ALONE = room(1, "alice")
FILLED = room(2, "alice", "bob", status="filled")
BEGUN = room(3, "alice", "bob", status="filled", session_id="session of room")
CLOSED = room(2, "alice", status="closed")


@pytest.fixture
def rooms():
    """The rooms service, where Alice has just opened a private room of two seats."""
    rooms = create_autospec(RoomsService, instance=True)
    rooms.create.return_value = ALONE
    rooms.record_session.return_value = BEGUN
    rooms.get_many.return_value = {}
    return rooms


@pytest.fixture
def sessions():
    return Sessions()


@pytest.fixture
def service(database, outbox, clock, rooms, sessions):
    return worker_factory(
        PrivateRoomsService, settings=Settings(rooms_kept=2), db=database(Base), outbox=outbox,
        clock=clock, rooms=rooms, sessions=sessions,
    )


@pytest.fixture
def key(service, rooms):
    """The key of Alice's room."""
    return service.create("alice", "dobutsu", {})["connection_key"]


def shown(room, key):
    """A room as its members see it."""
    rest = {name: value for name, value in room.items() if name != "revision"}
    return {**rest, "connection_key": key}


class TestCreate:
    def test_opens_a_private_room_with_a_key(self, service, rooms):
        answer = service.create("alice", "dobutsu", {"rated": False}, 2)
        assert parse_key(answer["connection_key"]) == answer["connection_key"]
        assert answer == shown(ALONE, answer["connection_key"])
        rooms.create.assert_called_once_with("alice", "dobutsu", {"rated": False}, 2, private=True)

    def test_announces_nothing_because_nobody_is_there_to_hear(self, service, silent):
        with silent():
            service.create("alice", "dobutsu", {})

    def test_no_two_rooms_have_the_same_key(self, service, rooms):
        rooms.create.side_effect = [room(1, "alice", room_id=str(n)) for n in range(20)]
        keys = {service.create("alice", "dobutsu", {})["connection_key"] for _ in range(20)}
        assert len(keys) == 20

    def test_a_request_served_again_gets_the_same_key(self, service):
        assert service.create("alice", "dobutsu", {}) == service.create("alice", "dobutsu", {})

    @pytest.mark.parametrize("error", [TooManyRooms, GameNotFound, InvalidOptions])
    def test_what_the_rooms_service_refuses_is_refused(self, service, rooms, refused, error):
        rooms.create.side_effect = error.of("no")
        with refused(error):
            service.create("alice", "dobutsu", {})


class TestJoin:
    def test_takes_a_seat_and_tells_the_members(self, service, rooms, key, outbox):
        rooms.join.return_value = joined = room(2, "alice", "bob")
        assert service.join(key, "bob") == shown(joined, key)
        rooms.join.assert_called_once_with("room", "bob", private=True)
        assert outbox.heard == [("private_room.player_joined", ("alice", "bob"))]
        assert outbox.hear("private_room.player_joined") == [
            {"at": "2023-11-14T22:13:20.000Z", "room": shown(joined, key)}
        ]

    def test_a_key_is_understood_however_it_is_typed(self, service, rooms, key):
        rooms.join.return_value = room(2, "alice", "bob")
        typed = key.lower().replace("0", "o").replace("1", "l")
        service.join(f"{typed[:4]}-{typed[4:]}", "bob")
        rooms.join.assert_called_once_with("room", "bob", private=True)

    def test_the_last_seat_begins_a_private_session(self, service, rooms, key, sessions):
        rooms.join.return_value = FILLED
        assert service.join(key, "bob") == shown(BEGUN, key)
        assert sessions.begun == {
            "room": {
                "game": "dobutsu", "options": OPTIONS, "players": ["alice", "bob"],
                "private": True,
            }
        }
        rooms.record_session.assert_called_once_with("room", "session of room")

    def test_a_join_that_fills_is_told_as_both_the_joining_first(
        self, service, rooms, key, outbox
    ):
        rooms.join.return_value = FILLED
        service.join(key, "bob")
        both = ("alice", "bob")
        assert outbox.heard == [
            ("private_room.player_joined", both), ("private_room.filled", both)
        ]
        assert outbox.hear("private_room.filled")[0]["room"] == shown(BEGUN, key)

    @pytest.mark.parametrize("wrong", ["", "short", "ZZZZZZZZ", "not a key at all", "\0", "é" * 8])
    def test_every_key_of_no_room_is_refused_alike(
        self, service, rooms, refused, wrong
    ):
        for method in (service.join, service.leave, service.close):
            with refused(RoomNotFound) as caught:
                method(wrong, "bob")
            assert str(caught.value) == "There is no room with this key"
        assert not rooms.join.called

    @pytest.mark.parametrize("error", [AlreadyInRoom, RoomFull, RoomClosed, TooManyRooms])
    def test_what_the_rooms_service_refuses_is_refused(self, service, rooms, key, refused, error):
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

    def test_where_the_owner_leaves_only_the_closing_is_told(
        self, service, rooms, key, outbox
    ):
        rooms.leave.return_value = CLOSED
        service.leave(key, "alice")
        assert outbox.heard == [("private_room.closed", ("alice",))]

    @pytest.mark.parametrize("error", [NotAMember, RoomClosed])
    def test_what_the_rooms_service_refuses_is_refused(self, service, rooms, key, refused, error):
        rooms.leave.side_effect = error.of("no")
        with refused(error):
            service.leave(key, "bob")

    def test_all_of_a_players_private_rooms_are_left_at_once(
        self, service, rooms, key, outbox
    ):
        rooms.open_rooms_of.return_value = ["closed meanwhile", "left meanwhile", "keyless", "room"]
        keyless = room(2, "alice", status="closed", room_id="keyless")
        rooms.leave.side_effect = [RoomClosed("no"), NotAMember("no"), keyless, CLOSED]
        service.leave_all("alice")
        rooms.open_rooms_of.assert_called_once_with("alice", private=True)
        assert outbox.heard == [("private_room.closed", ("alice",))]


class TestClose:
    def test_is_told_to_the_members(self, service, rooms, key, outbox):
        rooms.close.return_value = CLOSED
        service.close(key, "alice")
        rooms.close.assert_called_once_with("room", "alice", private=True)
        assert outbox.heard == [("private_room.closed", ("alice",))]
        assert outbox.hear("private_room.closed")[0]["room"] == shown(CLOSED, key)

    @pytest.mark.parametrize("error", [NotTheOwner, RoomClosed])
    def test_what_the_rooms_service_refuses_is_refused(self, service, rooms, key, refused, error):
        rooms.close.side_effect = error.of("no")
        with refused(error):
            service.close(key, "bob")


class TestGet:
    def test_shows_the_room_with_its_key(self, service, rooms, key):
        rooms.get_many.return_value = {"room": BEGUN}
        assert service.get("room") == shown(BEGUN, key)

    def test_a_room_that_is_not_known_here_is_not_found(self, service, rooms, refused):
        rooms.get_many.return_value = {"room": ALONE}
        with refused(RoomNotFound):
            service.get("room")

    def test_a_room_that_is_not_known_there_is_not_found(self, service, key, refused):
        with refused(RoomNotFound):
            service.get("room")


def message(room_id="room"):
    """A message of the rooms service about a private room that it has changed by itself."""
    return {"id": "id", "event": "room.closed", "params": {"at": "now", "room_id": room_id}}


class TestFollowChange:
    """Messages of the rooms service tell which rooms it has changed by itself."""

    def test_a_closed_room_is_announced_once_however_often_it_is_heard(
        self, service, rooms, key, outbox
    ):
        rooms.get_many.return_value = {"room": CLOSED}
        service.follow_change(message())
        service.follow_change(message())
        assert outbox.heard == [("private_room.closed", ("alice",))]

    def test_a_late_session_is_announced(self, service, rooms, key, outbox, sessions):
        rooms.get_many.return_value = {"room": BEGUN}
        service.follow_change(message())
        both = ("alice", "bob")
        assert outbox.heard == [
            ("private_room.player_joined", both), ("private_room.filled", both)
        ]
        assert sessions.begun == {}

    def test_a_room_without_a_key_is_passed_over(self, service, rooms, silent):
        rooms.get_many.return_value = {"keyless": room(2, "alice", room_id="keyless")}
        with silent():
            service.follow_change(message("keyless"))

    def test_a_room_that_is_no_more_loses_its_key(self, service, key, refused):
        service.follow_change(message())
        with refused(RoomNotFound):
            service.join(key, "bob")

    def test_an_unanswered_question_is_an_error_to_try_again(self, service, rooms, key):
        rooms.get_many.side_effect = RpcTimeout(5)
        with pytest.raises(RpcTimeout):
            service.follow_change(message())

    @pytest.mark.parametrize(
        "body", [None, 5, "room", {}, {"params": []}, message(None), message(""), message("x" * 33)]
    )
    def test_a_message_of_another_form_is_refused(self, service, rooms, body):
        with pytest.raises(ValueError, match="wrong with it"):
            service.follow_change(body)
        assert not rooms.get_many.called


class TestFollowRooms:
    """The timer finds the changes of which neither an answer nor a message has come."""

    def test_a_room_that_lapsed_is_told_as_closed_once(self, service, rooms, key, outbox):
        rooms.get_many.return_value = {"room": CLOSED}
        service.follow_rooms()
        service.follow_rooms()
        assert outbox.heard == [("private_room.closed", ("alice",))]

    def test_a_settled_room_is_not_asked_after(self, service, rooms, key):
        rooms.get_many.return_value = {"room": CLOSED}
        service.follow_rooms()
        rooms.get_many.reset_mock()
        service.follow_rooms()
        assert not rooms.get_many.called

    def test_where_nothing_has_changed_nothing_is_told(self, service, rooms, key, silent):
        rooms.get_many.return_value = {"room": ALONE}
        with silent():
            service.follow_rooms()

    def test_an_older_copy_of_the_room_tells_nothing(self, service, rooms, key, silent):
        rooms.join.return_value = room(2, "alice", "bob")
        service.join(key, "bob")
        rooms.get_many.return_value = {"room": ALONE}
        with silent():
            service.follow_rooms()
        rooms.get_many.return_value = {"room": room(2, "alice", "bob")}
        with silent():
            service.follow_rooms()

    def test_a_join_whose_answer_was_lost_is_told(self, service, rooms, key, outbox):
        rooms.join.side_effect = RpcTimeout(5)
        with pytest.raises(RpcTimeout):
            service.join(key, "bob")
        rooms.get_many.return_value = {"room": room(2, "alice", "bob")}
        service.follow_rooms()
        assert outbox.heard == [("private_room.player_joined", ("alice", "bob"))]

    def test_all_rooms_are_followed_however_many(self, service, rooms, clock):
        made = {str(n): room(1, "alice", room_id=str(n)) for n in range(250)}
        rooms.create.side_effect = made.values()
        rooms.get_many.side_effect = lambda ids: {each: made[each] for each in ids}
        for _ in made:
            service.create("alice", "dobutsu", {})
        service.follow_rooms()
        asked = [call.args[0] for call in rooms.get_many.call_args_list]
        assert sorted(each for batch in asked for each in batch) == sorted(made)
        assert max(map(len, asked)) <= 100


class TestUnfinished:
    @pytest.fixture
    def filled(self, service, rooms, sessions, key, outbox):
        """Bob has taken the last seat while the session service was away."""
        sessions.away = True
        rooms.join.return_value = FILLED
        assert service.join(key, "bob") == shown(FILLED, key)
        rooms.get_many.return_value = {"room": FILLED}

    def test_the_joining_is_told_and_the_filling_is_not(self, filled, outbox):
        assert outbox.heard == [("private_room.player_joined", ("alice", "bob"))]

    def test_the_session_begins_when_the_session_service_is_back(
        self, service, filled, sessions, key, outbox
    ):
        outbox.forget()
        sessions.away = False
        service.follow_rooms()
        service.follow_rooms()
        assert outbox.heard == [("private_room.filled", ("alice", "bob"))]
        assert outbox.hear("private_room.filled")[0]["room"] == shown(BEGUN, key)
        assert sessions.asked == ["room"]

    def test_until_then_nothing_more_is_told(self, service, filled, silent):
        with silent():
            service.follow_rooms()

    def test_a_session_that_was_begun_but_not_noted_is_the_same_one(
        self, service, rooms, filled, sessions
    ):
        sessions.away = False
        rooms.record_session.side_effect = [RpcTimeout(5), BEGUN]
        service.follow_rooms()
        service.follow_rooms()
        assert len(sessions.begun) == 1
        assert sessions.asked == ["room", "room"]

    def test_a_room_that_fails_does_not_hold_up_the_others(
        self, service, rooms, filled, sessions, key, outbox
    ):
        rooms.create.return_value = room(1, "alice", room_id="other")
        service.create("alice", "dobutsu", {})
        outbox.forget()
        sessions.away, sessions.fails_for = False, {"bob"}
        rooms.get_many.return_value = {
            "room": FILLED, "other": room(2, "alice", status="closed", room_id="other")
        }
        service.follow_rooms()
        assert outbox.heard == [("private_room.closed", ("alice",))]


def test_it_answers_a_ping(service):
    assert service.ping()["ailing"] is service.problems.return_value


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

    def test_keeps_the_key_for_as_long_as_the_room(
        self, service, rooms, settled, key, known, clock
    ):
        clock.advance(100 * DAY_SECONDS)
        service.sweep()
        assert known(key)

    def test_asks_after_none_that_is_not_old(self, service, rooms, settled, key, known, clock):
        clock.advance(2 * DAY_SECONDS - 1)
        rooms.get_many.return_value = {}
        service.sweep()
        assert known(key)

    def test_goes_on_until_nothing_is_left(self, service, rooms, clock, monkeypatch):
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

    def test_a_followed_room_that_vanished_is_forgotten(
        self, service, rooms, key, known
    ):
        service.follow_rooms()
        rooms.get_many.reset_mock()
        service.follow_rooms()
        assert not rooms.get_many.called and not known(key)
