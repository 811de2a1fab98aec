"""The sessions of rooms that filled while something was away or died."""

from unittest.mock import Mock

import pytest

from rooms.exceptions import RoomClosed, RoomFull
from rooms.session_starter import RETRY_AFTER_SECONDS
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
