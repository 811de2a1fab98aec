"""The private rooms service's entrypoints, and what it announces.

A stand-in for the rooms service holds one room, which the tests change as that service would.
"""

import json

import pytest
from kombu import Connection
from nameko.testing.services import entrypoint_hook
from sqlalchemy import select

from private_rooms import events
from private_rooms.keys import ALPHABET
from private_rooms.models import Base, PrivateRoomRow
from private_rooms.room_changes_queue import QUEUE
from private_rooms.service import PrivateRoomsService
from rooms import exceptions
from rooms.events import PRIVATE_CHANGES_EXCHANGE
from sessions.exceptions import GameNotFound
from tests.stack import eventually


class Rooms:
    """The one room of the stand-in for the rooms service.

    While `sessions_are_away`, the session of a room that fills does not begin.
    """

    def __init__(self, stand_in):
        self.room = {}
        self.sessions_are_away = False
        self.standing = stand_in(
            "rooms",
            create=self.create, join=self.join, leave=self.leave, close=self.close,
            get_many=lambda room_ids: {each: self.room for each in room_ids},
            open_rooms_of=lambda login, private: [self.room["room_id"]],
        )

    def change(self, **changes):
        self.room = {**self.room, **changes, "revision": self.room["revision"] + 1}
        return self.room

    def create(self, owner, game, options, seats, private, guest):
        assert private
        self.room = {
            "room_id": "room-1", "game": game, "options": options, "seats": seats or 2,
            "players": [owner], "owner": owner, "status": "open", "session_id": None,
            "created_at": "2026-01-31T12:00:00.000Z", "revision": 1,
        }
        return self.room

    def join(self, room_id, login, private, guest):
        assert private
        players = [*self.room["players"], login]
        if len(players) < self.room["seats"]:
            return self.change(players=players)
        self.change(players=players, status="filled")
        return self.room if self.sessions_are_away else self.change(session_id="session-1")

    def leave(self, room_id, login, private):
        assert private
        if login == self.room["owner"]:
            return self.close(room_id, login, private)
        return self.change(players=[each for each in self.room["players"] if each != login])

    def close(self, room_id, login, private):
        assert private
        return self.change(status="closed")


@pytest.fixture
def rooms(stand_in):
    return Rooms(stand_in)


@pytest.fixture
def channel(settings):
    with Connection(settings["AMQP_URI"]) as connection:
        channel = connection.channel()
        channel.queue_delete(QUEUE.name)
        yield channel
        channel.queue_delete(QUEUE.name)


@pytest.fixture
def container(channel, containers, settings, rooms, rpc_timeout):
    settings["RPC_TIMEOUT"] = rpc_timeout
    return containers(PrivateRoomsService)


@pytest.fixture
def service(container, cluster):
    return cluster.private_rooms


@pytest.fixture
def announce(channel):
    """Announces a change as the rooms service does, of the room of the stand-in or of another."""
    channel.confirm_select()

    def announce(event, room_id="room-1"):
        body = json.dumps({"id": "id", "event": event, "params": {"room_id": room_id}})
        message = channel.prepare_message(
            body, content_type="application/json", content_encoding="utf-8",
            properties={"delivery_mode": 2},
        )
        channel.basic_publish_confirm(message, exchange=PRIVATE_CHANGES_EXCHANGE)

    return announce


@pytest.fixture
def ear(tap):
    return tap(events.EXCHANGE)


@pytest.fixture
def key(service):
    """The key of a room of two seats, alice's."""
    return service.create("alice", "dobutsu", {})["connection_key"]


def test_a_new_private_room_has_a_key_and_is_not_announced(service, ear):
    room = service.create("alice", "dobutsu", {}, 3)
    key = room["connection_key"]
    assert len(key) == 8 and set(key) <= set(ALPHABET)
    assert (room["players"], room["seats"], room["status"]) == (["alice"], 3, "open")
    assert "revision" not in room
    assert ear.rest() == []


def test_a_join_is_announced_to_the_members_with_the_key(service, ear):
    key = service.create("alice", "dobutsu", {}, 3)["connection_key"]
    answer = service.join(key, "bob")
    heard = ear.next()
    assert heard.event == "private_room.player_joined"
    assert heard.routing_key == "private_room.room-1"
    assert heard.players == ["alice", "bob"]
    assert set(heard.params) == {"at", "room"}
    assert heard.params["room"] == answer
    assert answer["connection_key"] == key
    assert ear.rest() == []


def test_a_key_is_read_in_any_case_with_hyphens_and_lookalikes(service):
    key = service.create("alice", "dobutsu", {}, 3)["connection_key"]
    written = f"{key[:4]}-{key[4:]}".lower().replace("0", "o").replace("1", "l")
    assert service.join(written, "bob")["players"] == ["alice", "bob"]


def test_the_last_seat_begins_the_session(service, ear, key):
    answer = service.join(key, "bob")
    assert (answer["status"], answer["session_id"]) == ("filled", "session-1")
    joined, filled = ear.next(), ear.next()
    assert (joined.event, filled.event) == ("private_room.player_joined", "private_room.filled")
    assert joined.players == filled.players == ["alice", "bob"]
    assert filled.params["room"] == answer
    assert ear.rest() == []


@pytest.mark.parametrize("method", ["join", "leave", "close"])
def test_a_key_of_no_room_is_not_found(service, rooms, ear, key, method):
    for wrong in ("", "12345678", "UUUUUUUU", "1234567", "١٢٣٤٥٦٧٨", "\0", "x" * 999):
        with pytest.raises(exceptions.RoomNotFound):
            getattr(service, method)(wrong, "alice")
    assert rooms.standing.asked(method) == []
    assert ear.rest() == []


@pytest.mark.parametrize(
    ("method", "refusal"),
    [
        ("join", exceptions.AlreadyInRoom), ("join", exceptions.RoomFull),
        ("join", exceptions.RoomClosed), ("join", exceptions.TooManyRooms),
        ("leave", exceptions.NotAMember), ("leave", exceptions.RoomClosed),
        ("close", exceptions.NotTheOwner), ("close", exceptions.RoomClosed),
    ],
)
def test_refusals_of_the_rooms_service_come_through(service, rooms, ear, key, method, refusal):
    rooms.standing.answers[method] = refusal.of("Refused", room_id="room-1")
    with pytest.raises(refusal) as refused:
        getattr(service, method)(key, "bob")
    assert refused.value.details == {"room_id": "room-1"}
    assert ear.rest() == []


@pytest.mark.parametrize(
    "refusal", [exceptions.TooManyRooms("too many"), GameNotFound.of("no", game="go")]
)
def test_a_room_that_was_refused_has_no_key(service, rooms, rows, refusal):
    rooms.standing.answers["create"] = refusal
    with pytest.raises(type(refusal)) as refused:
        service.create("alice", "go", {})
    assert refused.value.details == refusal.details
    assert rows("private_rooms", Base, select(PrivateRoomRow)) == []


def test_a_player_who_leaves_hears_of_it_as_well(service, ear):
    key = service.create("alice", "dobutsu", {}, 3)["connection_key"]
    service.join(key, "bob")
    service.leave(key, "bob")
    assert ear.next().event == "private_room.player_joined"
    heard = ear.next()
    assert (heard.event, heard.players) == ("private_room.player_left", ["alice", "bob"])
    assert heard.params["room"]["players"] == ["alice"]


def test_an_owner_who_leaves_closes_the_room(service, ear):
    key = service.create("alice", "dobutsu", {}, 3)["connection_key"]
    service.join(key, "bob")
    service.leave(key, "alice")
    assert ear.next().event == "private_room.player_joined"
    heard = ear.next()
    assert (heard.event, heard.players) == ("private_room.closed", ["alice", "bob"])
    assert ear.rest() == []


def test_a_room_is_closed_by_its_key(service, rooms, ear, key):
    service.close(key, "alice")
    heard = ear.next()
    assert (heard.event, heard.players) == ("private_room.closed", ["alice"])
    assert heard.params["room"]["status"] == "closed"


def test_a_room_is_told_with_its_key_to_who_asks_for_its_members(service, key):
    room = service.get("room-1")
    assert (room["room_id"], room["connection_key"]) == ("room-1", key)
    with pytest.raises(exceptions.RoomNotFound):
        service.get("room-2")


def test_a_room_that_closes_by_itself_is_announced_once(rooms, announce, ear, key):
    rooms.change(status="closed")
    for room_id in ("room-1", "another room", "room-1"):
        announce("room.closed", room_id)
    heard = ear.next()
    assert (heard.event, heard.players) == ("private_room.closed", ["alice"])
    eventually(lambda: len(rooms.standing.asked("get_many")) >= 3)
    assert ear.rest() == []


def test_a_change_that_is_announced_to_nobody_is_found(container, rooms, ear, key):
    rooms.change(status="closed")
    with entrypoint_hook(container, "follow_rooms") as follow_rooms:
        follow_rooms()
        follow_rooms()
    heard = ear.next()
    assert (heard.event, heard.players) == ("private_room.closed", ["alice"])
    assert ear.rest() == []


def test_a_change_waits_for_the_service(container, containers, rooms, announce, channel, ear, key):
    container.stop()
    rooms.change(status="closed")
    announce("room.closed")
    kept = channel.queue_declare(
        QUEUE.name, durable=True, auto_delete=False, arguments={"x-max-length": 10_000}
    )  # refused if it were otherwise
    assert kept.message_count == 1
    containers(PrivateRoomsService)
    assert ear.next().event == "private_room.closed"
    eventually(lambda: channel.queue_declare(QUEUE.name, passive=True).message_count == 0)


@pytest.mark.parametrize("rpc_timeout", [1])
def test_a_change_waits_for_the_rooms_service(rooms, stand_in, announce, ear, key):
    rooms.standing.container.stop()
    announce("room.closed")
    closed = rooms.change(status="closed")
    stand_in("rooms", get_many={"room-1": closed})
    assert ear.next().event == "private_room.closed"


def test_a_player_who_leaves_for_good_leaves_every_private_room(service, ear, key):
    service.leave_all("alice")
    assert ear.next().event == "private_room.closed"


def test_a_session_that_could_not_begin_is_announced_late(service, rooms, announce, ear, key):
    rooms.sessions_are_away = True
    answer = service.join(key, "bob")
    assert (answer["status"], answer["session_id"]) == ("filled", None)
    assert ear.next().event == "private_room.player_joined"
    rooms.change(session_id="session-1")
    announce("room.filled")
    heard = ear.next()
    assert heard.event == "private_room.filled"
    assert heard.params["room"]["session_id"] == "session-1"
    assert ear.rest() == []


def test_the_key_of_a_room_that_is_no_more_is_forgotten(
    container, service, reconfigure, rooms, rows, key
):
    service.close(key, "alice")
    reconfigure(rooms_kept=0)
    for known in ({"room-1": rooms.room}, {}):
        rooms.standing.answers["get_many"] = lambda room_ids, known=known: known
        with entrypoint_hook(container, "sweep") as sweep:
            sweep()
        keys = rows("private_rooms", Base, select(PrivateRoomRow.connection_key))
        assert keys == ([key] if known else [])
