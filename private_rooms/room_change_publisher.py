"""What the members of private rooms are told."""

from extensions.dependencies import Clock, Database
from extensions.outbox.message import OutboxMessage
from extensions.outbox.outbox import Outbox
from private_rooms import schemas
from private_rooms.room_diff import events_between
from private_rooms.room_transaction import private_room_transaction
from private_rooms.storage import PrivateRoom
from rooms.events import RevisedRoomView


class RoomChangePublisher:
    """Tells the members of a private room what has changed since they were last told."""

    def __init__(self, db: Database, outbox: Outbox, clock: Clock):
        self._db = db
        self._outbox = outbox
        self._clock = clock

    def publish_changes(
        self, room: RevisedRoomView, known: PrivateRoom | None = None
    ) -> RevisedRoomView:
        """Tell the members of a room what has changed; return the room.

        `known` is what was announced of it a moment ago, if that has been read.
        """
        if known is None or not self._publish_at_once(room, known):
            self._publish(room)
        return room

    def _publish_at_once(self, room: RevisedRoomView, known: PrivateRoom) -> bool:
        """Publish what has changed since `known`, unless something has been announced meanwhile."""
        if room["revision"] <= known.announced["revision"]:
            return False
        messages = self._messages(room, known)
        with private_room_transaction(self._db, self._outbox) as transaction:
            if not transaction.announce_if(known, room, messages):
                return False
        self._outbox.send(messages)
        return True

    def _publish(self, room: RevisedRoomView) -> None:
        with private_room_transaction(self._db, self._outbox) as transaction:
            known = transaction.lock(room["room_id"])
            # Without a key, a death has cut its opening short: nobody can be told.
            if known is None or room["revision"] <= known.announced["revision"]:
                return
            messages = self._messages(room, known)
            transaction.save_announced(known.connection_key, room)
            transaction.commit(messages)
        self._outbox.send(messages)

    def _messages(self, room: RevisedRoomView, known: PrivateRoom) -> list[OutboxMessage]:
        view, now = schemas.private_room_view(room, known.connection_key), self._clock()
        return [
            schemas.message(event, view, now, others)
            for event, others in events_between(known.announced, room)
        ]
