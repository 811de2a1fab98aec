"""What is stored of private rooms: keys, and what has been announced of the rooms behind them.

Functions work in the transaction of the session that they are given.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from extensions import json_codec
from extensions.dependencies import Database
from extensions.storage.database import begin_pipeline
from private_rooms.models import PrivateRoomRow
from rooms.events import RevisedRoomView

# On the table, as loading rows into mapped objects costs several times what the query does.
TABLE = cast(Table, PrivateRoomRow.__table__)
ROWS = TABLE.c
BY_KEY_POSTGRESQL = "SELECT told::text FROM private_rooms WHERE connection_key = %s"
BY_KEY_SQLITE = "SELECT told FROM private_rooms WHERE connection_key = ?"


@dataclass(frozen=True)
class PrivateRoom:
    """A room's connection key, and the room as its members were last told of it."""

    connection_key: str
    announced: RevisedRoomView

    @property
    def room_id(self) -> str:
        """The id of the room, by which `rooms` knows it."""
        return self.announced["room_id"]


def find(session: Session, room_id: str) -> PrivateRoom | None:
    """Return the room's key and what has been announced."""
    query = select(ROWS.connection_key, ROWS.told).where(ROWS.room_id == room_id)
    found = session.execute(query).one_or_none()
    return PrivateRoom(found.connection_key, found.told) if found else None


def unsettled(session: Session) -> list[str]:
    """Return the ids of the rooms in which something may happen."""
    return list(session.scalars(select(ROWS.room_id).where(ROWS.settled.is_(False))))


def settled_before(session: Session, created_before: float, limit: int) -> list[str]:
    """Return the ids of the oldest rooms in which nothing more will happen."""
    query = select(ROWS.room_id).where(
        ROWS.settled.is_(True), ROWS.created_at < created_before
    )
    return list(session.scalars(query.order_by(ROWS.created_at).limit(limit)))


def forget(session: Session, room_ids: Collection[str]) -> None:
    """Delete the keys of these rooms."""
    if room_ids:
        session.execute(delete(TABLE).where(ROWS.room_id.in_(room_ids)))


def find_by_key(db: Database, connection_key: str) -> PrivateRoom | None:
    """Return the room with this key; in one round trip, as each join waits for it."""
    with begin_pipeline(db) as pipeline:
        text = BY_KEY_POSTGRESQL if pipeline.is_postgresql else BY_KEY_SQLITE
        rows = pipeline.read_only(text, (connection_key,))
    return PrivateRoom(connection_key, json_codec.decode(rows[0][0])) if rows else None
