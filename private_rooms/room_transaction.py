"""The transaction in which a private room gets its key, or its members are told of a change.

It is text SQL, in two round trips, as players wait for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import insert, update

from extensions import json_codec
from extensions.dependencies import Database
from extensions.outbox.message import OutboxMessage
from extensions.outbox.outbox import Outbox
from extensions.storage.database import begin_pipeline
from extensions.storage.pipeline import Pipeline
from private_rooms.room_diff import is_settled
from private_rooms.storage import TABLE, PrivateRoom
from rooms.events import RevisedRoomView

INSERT, UPDATE = insert(TABLE), update(TABLE)
LOCK_POSTGRESQL = """
    SELECT connection_key, told::text FROM private_rooms WHERE room_id = %s FOR UPDATE
"""
LOCK_SQLITE = "SELECT connection_key, told FROM private_rooms WHERE room_id = ?"
STILL_ANNOUNCED = "(private_rooms.told ->> 'revision')::integer = %s"


class PrivateRoomTransaction:
    """A change of one private room; nothing is changed without `commit`."""

    def __init__(self, pipeline: Pipeline, outbox: Outbox) -> None:
        self._pipeline, self._outbox = pipeline, outbox

    def lock(self, room_id: str) -> PrivateRoom | None:
        """Return the room's key and what has been announced, if it has a key."""
        text = LOCK_POSTGRESQL if self._pipeline.is_postgresql else LOCK_SQLITE
        rows = self._pipeline.read(text, (room_id,))
        if not rows:
            return None
        [(connection_key, told)] = rows
        return PrivateRoom(connection_key, json_codec.decode(told))

    def add(self, connection_key: str, room: RevisedRoomView, now: float) -> None:
        """Store the key of a new room."""
        self._pipeline.execute(INSERT, {
            "connection_key": connection_key, "room_id": room["room_id"], "told": room,
            "settled": False, "created_at": now,
        })

    def save_announced(self, connection_key: str, room: RevisedRoomView) -> None:
        """Store what is announced of a room."""
        values = {"of": connection_key, "told": room, "settled": is_settled(room)}
        self._pipeline.execute(UPDATE, values)

    def announce_if(
        self, known: PrivateRoom, room: RevisedRoomView, messages: list[OutboxMessage]
    ) -> bool:
        """Announce and commit in one round trip, if this is still what was announced last.

        Returns whether it was; on SQLite, where one reads as fast, it never is.
        """
        if not self._pipeline.is_postgresql:
            return False
        self.save_announced(known.connection_key, room)
        self._outbox.record(self._pipeline, messages)
        return self._pipeline.commit_if_still(STILL_ANNOUNCED, (known.announced["revision"],))

    def commit(self, messages: list[OutboxMessage]) -> None:
        """Store what is to be announced, and commit."""
        self._outbox.record(self._pipeline, messages)
        self._pipeline.commit()


@contextmanager
def private_room_transaction(db: Database, outbox: Outbox) -> Iterator[PrivateRoomTransaction]:
    """Begin a transaction, which is rolled back where the block does not commit it."""
    with begin_pipeline(db) as pipeline:
        yield PrivateRoomTransaction(pipeline, outbox)
