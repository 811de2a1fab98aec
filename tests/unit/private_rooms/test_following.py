"""Changes of rooms of which no call has told: heard by message, or found by the timer."""

import pytest
from nameko.exceptions import RpcTimeout

from rooms.exceptions import RoomNotFound
from tests.unit.private_rooms.support import ALONE, BEGUN, CLOSED, FILLED, room, shown


def message(room_id="room"):
    """A message of the rooms service about a private room that it has changed by itself."""
    return {"id": "id", "event": "room.closed", "params": {"at": "now", "room_id": room_id}}


class TestFollowChange:
    """Messages of the rooms service tell which rooms it has changed by itself."""

    def test_a_closed_room_heard_of_twice_is_announced_once(self, service, rooms, key, outbox):
        rooms.get_many.return_value = {"room": CLOSED}
        service.follow_change(message())
        service.follow_change(message())
        assert outbox.heard == [("private_room.closed", ("alice",))]

    def test_a_late_session_is_announced(self, service, rooms, key, outbox):
        rooms.join.return_value = FILLED
        assert service.join(key, "bob") == shown(FILLED, key)
        both = ("alice", "bob")
        assert outbox.heard == [("private_room.player_joined", both)]
        rooms.get_many.return_value = {"room": BEGUN}
        service.follow_change(message())
        assert outbox.heard[1:] == [("private_room.filled", both)]

    def test_a_join_and_a_late_session_are_announced_in_order(self, service, rooms, key, outbox):
        rooms.get_many.return_value = {"room": BEGUN}
        service.follow_change(message())
        both = ("alice", "bob")
        assert outbox.heard == [
            ("private_room.player_joined", both), ("private_room.filled", both)
        ]

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
        with pytest.raises(ValueError, match="validation errors"):
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

    def test_an_unchanged_room_announces_nothing(self, service, rooms, key, silent):
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
