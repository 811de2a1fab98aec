"""The private rooms service: a room that is joined by its key."""

from contextlib import suppress
from operator import itemgetter
from typing import Any

from nameko.rpc import rpc

from auth.events import DELETED_GUESTS_EXCHANGE
from auth.exceptions import GuestNotAllowed
from extensions import service_base
from extensions.amqp.durable_consumer import consume
from extensions.amqp.login_consumer import consume_logins
from extensions.clock_provider import Clock
from extensions.errors import UNANSWERED_ERRORS, StorageAway
from extensions.outbox.provider import OutboxProvider
from extensions.rpc.client import RpcProxy
from extensions.storage.database import Database
from extensions.timers import timer
from private_rooms import events, schemas
from private_rooms.key_ring import KeyRing
from private_rooms.models import Base, OutboxRow
from private_rooms.room_change_publisher import RoomChangePublisher
from private_rooms.room_changes_queue import QUEUE, changed_room_id
from private_rooms.rooms_api import RoomsApi
from private_rooms.schemas import PrivateRoomView
from rooms.events import Options
from rooms.exceptions import (
    AlreadyInRoom,
    NotAMember,
    NotTheOwner,
    RoomClosed,
    RoomFull,
    RoomNotFound,
    TooManyRooms,
)
from sessions.exceptions import GameNotFound, InvalidOptions, TooManySessions

FOLLOW_INTERVAL_SECONDS = 30
FOLLOW_BATCH = 100
DAY_SECONDS = 86_400.0
TRANSIENT_ERRORS = (StorageAway, *UNANSWERED_ERRORS)
SWEEP_BATCH, MAX_SWEEP_BATCHES = 100, 20


class PrivateRoomsService(service_base.Service):
    """Connection keys of private rooms."""

    name = "private_rooms"

    db = Database(Base)
    outbox = OutboxProvider(events.EXCHANGE, OutboxRow, Base)
    rooms: RoomsApi = RpcProxy("rooms")
    clock = Clock()

    @rpc(expected_exceptions=(
        TooManyRooms, TooManySessions, GameNotFound, InvalidOptions, GuestNotAllowed
    ))
    def create(
        self, owner: str, game: str, options: Options, seats: int | None = None,
        guest: bool = False,
    ) -> PrivateRoomView:
        """Open a private room: a room with its `connection_key`."""
        room = self.rooms.create(owner, game, options, seats, private=True, guest=guest)
        return schemas.private_room_view(room, self._keys.give(room))

    @rpc(expected_exceptions=(
        RoomNotFound, AlreadyInRoom, RoomClosed, RoomFull, TooManyRooms, GuestNotAllowed
    ))
    def join(self, connection_key: str, login: str, guest: bool = False) -> PrivateRoomView:
        """Take a seat; with the last one the session begins, and the room has its `session_id`."""
        known = self._keys.find(connection_key)
        joined = self.rooms.join(known.room_id, login, private=True, guest=guest)
        room = self._publisher.publish_changes(joined, known)
        return schemas.private_room_view(room, known.connection_key)

    @rpc(expected_exceptions=(RoomNotFound, NotAMember, RoomClosed))
    def leave(self, connection_key: str, login: str) -> None:
        """Give the seat back; where the owner leaves, the room closes."""
        known = self._keys.find(connection_key)
        changed = self.rooms.leave(known.room_id, login, private=True)
        self._publisher.publish_changes(changed, known)

    @rpc(expected_exceptions=(RoomNotFound, NotTheOwner, RoomClosed))
    def close(self, connection_key: str, login: str) -> None:
        """Close the room."""
        known = self._keys.find(connection_key)
        changed = self.rooms.close(known.room_id, login, private=True)
        self._publisher.publish_changes(changed, known)

    @rpc(expected_exceptions=(RoomNotFound,))
    def get(self, room_id: str) -> PrivateRoomView:
        """Return a room with its key; the caller has seen to it that only members ask."""
        rooms, known = self.rooms.get_many([room_id]), self._keys.room(room_id)
        if known is None or room_id not in rooms:
            raise RoomNotFound.of(f"There is no room {room_id}", room_id=room_id)
        # Its session may have begun just now, and not be stored there yet.
        newest = max(rooms[room_id], known.announced, key=itemgetter("revision"))
        return schemas.private_room_view(newest, known.connection_key)

    @rpc
    @consume_logins("private_rooms.guest_deletions", DELETED_GUESTS_EXCHANGE, TRANSIENT_ERRORS)
    def leave_all(self, login: str) -> None:
        """Leave every open private room."""
        for room_id in self.rooms.open_rooms_of(login, private=True):
            with suppress(NotAMember, RoomClosed):  # in the meantime
                self._publisher.publish_changes(self.rooms.leave(room_id, login, private=True))

    @consume(QUEUE, transient_errors=TRANSIENT_ERRORS)
    def follow_change(self, message: Any) -> None:
        """Tell the members of a room what has happened in it without a call of this service."""
        self._follow([changed_room_id(message)])

    @timer(interval=FOLLOW_INTERVAL_SECONDS, eager=True)
    def follow_rooms(self) -> None:
        """Announce changes that neither a call nor a message has reported."""
        room_ids = self._keys.unsettled()
        for begin in range(0, len(room_ids), FOLLOW_BATCH):
            self._follow(room_ids[begin : begin + FOLLOW_BATCH])

    @timer(interval=60)
    def sweep(self) -> None:
        """Delete the keys of rooms that the rooms service has forgotten."""
        created_before = self.clock() - self.settings.rooms_kept * DAY_SECONDS
        for _ in range(MAX_SWEEP_BATCHES):
            room_ids = self._keys.settled_before(created_before, SWEEP_BATCH)
            unknown = set(room_ids) - set(self.rooms.get_many(room_ids))
            self._keys.forget(unknown)
            if len(unknown) < SWEEP_BATCH:
                return

    def _follow(self, room_ids: list[str]) -> None:
        rooms = self.rooms.get_many(room_ids)
        for room in rooms.values():
            self._publisher.publish_changes(room)
        # A room was there before its key was, so one that is unknown is no more.
        self._keys.forget(set(room_ids) - set(rooms))

    @property
    def _keys(self) -> KeyRing:
        return KeyRing(self.db, self.outbox, self.clock)

    @property
    def _publisher(self) -> RoomChangePublisher:
        return RoomChangePublisher(self.db, self.outbox, self.clock)
