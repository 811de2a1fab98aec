"""The connection keys of rooms: given out, looked up, and forgotten."""

from collections.abc import Collection

from sqlalchemy.exc import IntegrityError

from extensions.dependencies import Clock, Database
from extensions.fault_points import Point, before
from extensions.outbox.outbox import Outbox
from private_rooms import storage
from private_rooms.keys import new_key, parse_key
from private_rooms.room_transaction import private_room_transaction
from private_rooms.storage import PrivateRoom
from rooms.events import RevisedRoomView
from rooms.exceptions import RoomNotFound


class KeyRing:
    """Knows the key of every private room, and the room of every key."""

    def __init__(self, db: Database, outbox: Outbox, clock: Clock):
        self._db = db
        self._outbox = outbox
        self._clock = clock

    @before(Point.PRIVATE_ROOM_MADE)
    def give(self, room: RevisedRoomView) -> str:
        """Return the key of a room, a new one if it has none."""
        key = new_key()
        try:
            with private_room_transaction(self._db, self._outbox) as transaction:
                transaction.add(key, room, self._clock())
                transaction.commit([])
        except IntegrityError:
            known = self.room(room["room_id"])
            if known is None:  # it is the key that is another room's
                raise
            return known.connection_key  # this request is served again, and has opened this room
        return key

    def room(self, room_id: str) -> PrivateRoom | None:
        """Return the key of a room and what was announced of it last, if it has a key."""
        with self._db.get_session() as session:
            return storage.find(session, room_id)

    def find(self, text: str) -> PrivateRoom:
        """Return the room of a key that somebody has typed; raises RoomNotFound."""
        key = parse_key(text)
        known = storage.find_by_key(self._db, key) if key else None
        if known is None:
            raise RoomNotFound("There is no room with this key")
        return known

    def unsettled(self) -> list[str]:
        """Return the ids of the rooms in which something may happen."""
        with self._db.get_session() as session:
            return storage.unsettled(session)

    def settled_before(self, created_before: float, limit: int) -> list[str]:
        """Return the ids of the oldest rooms in which nothing more will happen."""
        with self._db.get_session() as session:
            return storage.settled_before(session, created_before, limit)

    def forget(self, room_ids: Collection[str]) -> None:
        """Delete the keys of these rooms."""
        with self._db.get_session() as session:
            storage.forget(session, room_ids)
