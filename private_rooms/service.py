"""The private rooms service: a room that is joined by its key."""

import logging

from nameko.dependency_providers import Config
from nameko.rpc import rpc
from sqlalchemy import delete, select

from extensions import service_base
from extensions.clock import Clock
from extensions.fault_points import Point, before
from extensions.outbox.outbox import OutboxProvider
from extensions.rpc.client import RpcProxy
from extensions.storage.database import Database
from extensions.timers import timer
from private_rooms import events, schemas
from private_rooms.changes import changes, settled
from private_rooms.keys import new_key, read_key
from private_rooms.models import Base, OutboxRow, PrivateRoom
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

_log = logging.getLogger(__name__)

FOLLOWED_AT_ONCE = 100
DAY = 86_400.0
SWEPT_AT_ONCE, SWEEPINGS = 100, 20


class PrivateRoomsService(service_base.Service):
    """Connection keys of private rooms."""

    name = "private_rooms"

    config = Config()
    db = Database(Base)
    outbox = OutboxProvider(events.EXCHANGE, OutboxRow, Base)
    rooms = RpcProxy("rooms")
    sessions = RpcProxy("sessions")
    clock = Clock()

    @rpc(expected_exceptions=(TooManyRooms, GameNotFound, InvalidOptions))
    def create(self, owner, game, options, seats=None):
        """Open a private room: a room with its `connection_key`."""
        room = self.rooms.create(owner, game, options, seats, private=True)
        return schemas.private_room(room, self._give_key(room))

    @rpc(expected_exceptions=(RoomNotFound, AlreadyInRoom, RoomClosed, RoomFull, TooManyRooms))
    def join(self, connection_key, login):
        """Take a seat; with the last one the session begins, and the room has its `session_id`."""
        room_id = self._room_id(connection_key)
        return self._follow(self.rooms.join(room_id, login, private=True))

    @rpc(expected_exceptions=(RoomNotFound, NotAMember, RoomClosed))
    def leave(self, connection_key, login):
        """Give the seat back; where the owner leaves, the room closes."""
        self._follow(self.rooms.leave(self._room_id(connection_key), login, private=True))

    @rpc(expected_exceptions=(RoomNotFound, NotTheOwner, RoomClosed))
    def close(self, connection_key, login):
        """Close the room."""
        self._follow(self.rooms.close(self._room_id(connection_key), login, private=True))

    @rpc(expected_exceptions=(RoomNotFound,))
    def get(self, room_id):
        """A room with its key, for who has seen to it that only members ask."""
        with self.db.get_session() as session:
            row = session.scalar(_of_room(room_id))
        rooms = self.rooms.get_many([room_id])
        if row is None or room_id not in rooms:
            raise RoomNotFound.of(f"There is no room {room_id}", room_id=room_id)
        return schemas.private_room(rooms[room_id], row.connection_key)

    @rpc
    def leave_all(self, login):
        """Leave every open private room."""
        for room_id in self.rooms.open_rooms_of(login, private=True):
            try:
                self._follow(self.rooms.leave(room_id, login, private=True))
            except (NotAMember, RoomClosed):
                continue  # it has been left, or has closed, in the meantime

    @timer(interval=1)
    def follow_rooms(self):
        """Tell of what happened unseen: a room that lapsed, or something that died half-way."""
        with self.db.get_session() as session:
            unsettled = select(PrivateRoom.room_id).where(PrivateRoom.settled.is_(False))
            room_ids = list(session.scalars(unsettled))
        for begin in range(0, len(room_ids), FOLLOWED_AT_ONCE):
            batch = room_ids[begin : begin + FOLLOWED_AT_ONCE]
            rooms = self.rooms.get_many(batch)
            for room in rooms.values():
                self._follow(room)
            self._forget(set(batch) - set(rooms))

    @timer(interval=60)
    def sweep(self):
        """Forget the keys of rooms that have long ended, and are known no more."""
        old = (
            select(PrivateRoom.room_id)
            .where(
                PrivateRoom.settled.is_(True),
                PrivateRoom.created_at < self.clock() - float(self.config["ROOMS_KEPT"]) * DAY,
            )
            .order_by(PrivateRoom.created_at)
            .limit(SWEPT_AT_ONCE)
        )
        for _ in range(SWEEPINGS):
            with self.db.get_session() as session:
                room_ids = set(session.scalars(old))
            gone = room_ids - set(self.rooms.get_many(sorted(room_ids)))
            self._forget(gone)
            if len(gone) < SWEPT_AT_ONCE:
                return

    def _forget(self, room_ids):
        # A room was there before its key was, so one that is unknown is no more.
        if room_ids:
            with self.db.get_session() as session:
                session.execute(delete(PrivateRoom).where(PrivateRoom.room_id.in_(room_ids)))

    @before(Point.PRIVATE_ROOM_MADE)
    def _give_key(self, room):
        with self.db.get_session() as session:
            row = session.scalar(_of_room(room["room_id"]))
            if row is None:  # else this call is served again, and the room is the one it has made
                row = PrivateRoom(
                    connection_key=new_key(), room_id=room["room_id"], told=room, settled=False,
                    created_at=self.clock(),
                )
                session.add(row)
            return row.connection_key

    def _follow(self, room):
        """Begin the session where the room is full, and tell its members what has changed."""
        if room["status"] == "filled" and room["session_id"] is None:
            room = self._begin_session(room)
        now = self.clock()
        with self.db.get_session() as session:
            row = session.scalar(_of_room(room["room_id"]).with_for_update())
            if row is None:  # whoever made the room died before it had a key
                return None
            shown = schemas.private_room(room, row.connection_key)
            notices = [
                schemas.notice(event, shown, now, also)
                for event, also in changes(row.told, room)
            ]
            if room["revision"] > row.told["revision"]:
                row.told, row.settled = room, settled(room)
            self.outbox.record(session, notices)
        self.outbox.send(notices)
        return shown

    @before(Point.ROOM_FILLED)
    def _begin_session(self, room):
        try:
            session_id = self.sessions.create(
                room["room_id"], room["game"], room["options"], room["players"], private=True
            )
            return self.rooms.record_session(room["room_id"], session_id)
        except Exception as error:  # whatever it was: the room is full, and is taken up again
            _log.warning("The session of room %s will begin later: %r", room["room_id"], error)
            return room

    def _room_id(self, connection_key):
        key = read_key(connection_key)
        with self.db.get_session() as session:
            row = session.get(PrivateRoom, key) if key else None
            if row is None:
                raise RoomNotFound("There is no room with this key")
            return row.room_id


def _of_room(room_id):
    return select(PrivateRoom).where(PrivateRoom.room_id == room_id)
