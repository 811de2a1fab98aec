"""What the members of private rooms are told."""

from extensions.clock_provider import Clock
from extensions.outbox.outbox import Outbox
from extensions.storage.database import Database
from private_rooms import schemas
from private_rooms.room_diff import events_between
from private_rooms.room_transaction import private_room_transaction
from rooms.events import RevisedRoomView


class RoomChangePublisher:
    """Tells the members of a private room what has changed since they were last told."""

    def __init__(self, db: Database, outbox: Outbox, clock: Clock):
        self._db = db
        self._outbox = outbox
        self._clock = clock

    def publish_changes(self, room: RevisedRoomView) -> RevisedRoomView:
        """Tell the members of a room what has changed; return the room."""
        now = self._clock()
        with private_room_transaction(self._db, self._outbox) as transaction:
            known = transaction.lock(room["room_id"])
            # Without a key, a death has cut its opening short: nobody can be told.
            if known is None or room["revision"] <= known.announced["revision"]:
                return room
            view = schemas.private_room_view(room, known.connection_key)
            messages = [
                schemas.message(event, view, now, others)
                for event, others in events_between(known.announced, room)
            ]
            transaction.save_announced(known.connection_key, room)
            transaction.commit(messages)
        self._outbox.send(messages)
        return room
