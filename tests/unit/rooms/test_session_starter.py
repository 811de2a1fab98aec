"""The sessions of rooms that filled while something was away or died."""

from unittest.mock import Mock

import pytest
from nameko.testing.services import worker_factory

from extensions.errors import StorageAway
from extensions.rpc.ttl_cache import TtlCache
from rooms import storage
from rooms.exceptions import RoomClosed, RoomFull
from rooms.models import RoomRow
from rooms.service import RoomsService
from rooms.session_starter import RETRY_AFTER_SECONDS
from rooms.started_sessions import StartedSessions
from tests.unit.rooms.support import OPTIONS


class Death(BaseException):
    """Ends a worker at once: it is not caught as an Exception."""


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

    def test_the_session_begins_when_the_session_service_is_back(
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
            dying.setattr(outbox, "send_confirmed", Mock(side_effect=Death))
            with pytest.raises(Death):
                service.join(room_id, "bob")
        clock.advance(RETRY_AFTER_SECONDS + 1)
        service.take_up_filled()
        assert [event for event, _ in outbox.heard] == ["room.player_joined", "room.filled"]

    def test_a_filled_room_stays_silent_until_then(self, service, room_id, clock, silent):
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

    def test_a_session_started_but_not_noted_is_the_same_one(
        self, service, room_id, sessions, clock
    ):
        sessions.away = False
        sessions.create(room_id, "dobutsu", OPTIONS, ["alice", "bob"])
        clock.advance(RETRY_AFTER_SECONDS + 1)
        service.take_up_filled()
        assert len(sessions.started) == 1
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

    def test_a_filled_room_can_neither_be_joined_nor_left(self, service, room_id, refused):
        with refused(RoomFull):
            service.join(room_id, "carol")
        with refused(RoomClosed):
            service.leave(room_id, "bob")


class TestUnstored:
    """A session has begun, its members were told, and the room is not stored with it yet."""

    @pytest.fixture
    def room(self, service, open_room):
        return service.join(open_room(seats=2), "bob")

    @pytest.fixture
    def other(self, service, database, outbox, sessions, clock):
        """Another instance of the service, or the next one after a death."""
        return worker_factory(
            RoomsService, settings=service.settings, db=service.db, outbox=outbox,
            sessions=sessions, options_cache=TtlCache(10, 10), started=StartedSessions(),
            clock=clock,
        )

    @pytest.fixture
    def stored(self, service):
        """Return the session with which a room is stored."""

        def stored(room_id):
            with service.db.get_session() as session:
                return session.get(RoomRow, room_id).session_id

        return stored

    def test_all_are_stored_by_one_statement(self, service, open_room, stored, statements):
        ids = [open_room(seats=2) for _ in range(3)]
        rooms = [service.join(each, "bob") for each in ids]
        assert [stored(each) for each in ids] == [None] * 3
        statements.clear()
        service.store_sessions()
        service.store_sessions()
        assert len(statements) == 1
        for each in rooms:
            assert stored(each["room_id"]) == each["session_id"]
            assert service.get(each["room_id"], "bob") == each

    def test_every_instance_shows_the_room_with_it(self, service, other, room, silent):
        with silent():
            assert service.get(room["room_id"], "alice") == room
            assert other.get(room["room_id"], "alice") == room

    def test_a_room_without_one_is_shown_while_sessions_is_away(self, other, room, sessions):
        sessions.away = True
        assert other.get(room["room_id"], "alice")["session_id"] is None

    def test_after_a_death_the_same_is_told_again_and_stored(
        self, other, room, stored, clock, outbox, sessions
    ):
        clock.advance(RETRY_AFTER_SECONDS + 1)
        other.take_up_filled()
        other.take_up_filled()
        first, again = [each for each in outbox.sent if each.event == "room.filled"]
        assert first.id == again.id and first.params["room"] == again.params["room"] == room
        assert stored(room["room_id"]) == room["session_id"]
        assert len(sessions.started) == 1

    def test_a_session_stored_meanwhile_is_not_changed(self, service, other, room, clock):
        clock.advance(RETRY_AFTER_SECONDS + 1)
        other.take_up_filled()
        service.store_sessions()
        [found] = other.get_many([room["room_id"]]).values()
        assert found == {**room, "revision": 3}

    def test_a_session_that_cannot_be_stored_is_tried_again(
        self, service, room, stored, monkeypatch
    ):
        with monkeypatch.context() as outage, pytest.raises(StorageAway):
            outage.setattr(storage, "record_sessions", Mock(side_effect=StorageAway))
            service.store_sessions()
        service.store_sessions()
        assert stored(room["room_id"]) == room["session_id"]

    def test_unconfirmed_announcements_are_made_later(
        self, service, open_room, outbox, clock, stored
    ):
        outbox.away = True
        room = service.join(open_room(seats=2), "bob")
        service.store_sessions()
        assert room["session_id"] and stored(room["room_id"]) is None
        outbox.away = False
        clock.advance(RETRY_AFTER_SECONDS + 1)
        service.take_up_filled()
        assert [event for event, _ in outbox.heard] == ["room.player_joined", "room.filled"]
        assert stored(room["room_id"]) == room["session_id"]
