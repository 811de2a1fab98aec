"""What is stored of rooms: read into `Room`, and written from it.

Every function works in the transaction of the session that it is given.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    delete,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from extensions.storage.database import upsert
from rooms.models import FullPlayer, RoomRow, SeatRow
from rooms.room import CLOSED, FILLED, OPEN, Challenge, Challenged, Room, Seat

# On the tables, as loading rows into mapped objects costs several times what the query does.
ROOM_TABLE, SEAT_TABLE = cast(Table, RoomRow.__table__), cast(Table, SeatRow.__table__)
ROOMS, SEATS = ROOM_TABLE.c, SEAT_TABLE.c
ROOM = select(
    ROOMS.room_id, ROOMS.game, ROOMS.options, ROOMS.seats, ROOMS.owner, ROOMS.private,
    ROOMS.created_at, ROOMS.status, ROOMS.session_id, ROOMS.revision, ROOMS.challenged, ROOMS.side,
    ROOMS.hidden, ROOMS.others,
)
# A literal, so that SQLite too sees that the indexes of open rooms will do.
IS_OPEN = ROOMS.status == literal(OPEN, literal_execute=True)
UNFINISHED = (ROOMS.status == FILLED) & ROOMS.session_id.is_(None)
RECORD_SESSION = (
    update(ROOM_TABLE).where(ROOMS.room_id == bindparam("of"), UNFINISHED)
    .values(session_id=bindparam("session"), revision=ROOMS.revision + 1)
)


def find(session: Session, room_id: str, lock: bool = False) -> Room | None:
    """Return the room with this id, if there is one; locked until the transaction ends if asked."""
    query = ROOM.where(ROOMS.room_id == room_id)
    found = load(session, query.with_for_update() if lock else query)
    return found[0] if found else None


def find_many(session: Session, room_ids: Iterable[str]) -> list[Room]:
    """Return the rooms with these ids."""
    return load(session, ROOM.where(ROOMS.room_id.in_(room_ids)))


def list_open(
    session: Session, game: str | None, after: tuple[float, str] | None, limit: int
) -> list[Room]:
    """Return open public rooms, newest first, from behind a position `(created_at, room_id)`."""
    query = ROOM.where(IS_OPEN, ROOMS.private.is_(False))
    if game is not None:
        query = query.where(ROOMS.game == game)
    return load(session, newest_first(query, ROOMS, after, limit))


def open_rooms_of(session: Session, login: str, has_key: bool) -> list[str]:
    """Return the ids of the open rooms that the player is in: of those with a key, or without."""
    query = seats_in_open_rooms(SEATS.room_id).where(SEATS.login == login)
    with_key = ROOMS.private & ROOMS.challenged.is_(None)
    return list(session.scalars(query.where(with_key if has_key else ~with_key)))


def save(session: Session, before: Room, after: Room) -> None:
    """Store what has changed in a locked room, in which nobody has joined."""
    session.execute(
        update(ROOM_TABLE).where(ROOMS.room_id == after.room_id).values(
            status=after.status, session_id=after.session_id, revision=after.revision
        )
    )
    for seat in before.taken:
        if seat not in after.taken:
            session.execute(delete(SEAT_TABLE).where(
                SEATS.room_id == after.room_id, SEATS.login == seat.login
            ))


def record_sessions(session: Session | Connection, session_ids: Mapping[str, str]) -> None:
    """Store which sessions filled rooms have become, of those that are stored without one."""
    session.execute(RECORD_SESSION, [
        {"of": room_id, "session": session_ids[room_id]} for room_id in sorted(session_ids)
    ])


def lock_unfinished(session: Session, alive_before: float, limit: int) -> list[Room]:
    """Return filled rooms without a session whose lease ended before this, locked."""
    return lock_some(session, UNFINISHED & (ROOMS.alive_until < alive_before), limit)


def find_unfinished(session: Session, alive_before: float, limit: int) -> list[Room]:
    """Return filled rooms without a session whose lease ended before this."""
    return load(session, ROOM.where(UNFINISHED, ROOMS.alive_until < alive_before).limit(limit))


def forget(session: Session, ended_before: float, limit: int) -> int:
    """Delete rooms that ended before this; returns how many."""
    # Found by when they were opened, the oldest first: that is in an index.
    old = (
        select(ROOMS.room_id)
        .where(
            ROOMS.created_at < ended_before, ROOMS.alive_until < ended_before,
            or_(ROOMS.status == CLOSED, ROOMS.session_id.is_not(None)),
        )
        .order_by(ROOMS.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    room_ids = list(session.scalars(old))
    if room_ids:
        session.execute(delete(SEAT_TABLE).where(SEATS.room_id.in_(room_ids)))
        session.execute(delete(ROOM_TABLE).where(ROOMS.room_id.in_(room_ids)))
    return len(room_ids)


def remember_full(session: Session, logins: Iterable[str], now: float) -> None:
    """Store that these players were in as many active sessions as one may be."""
    for login in sorted(logins):
        upsert(session, FullPlayer, {"login": login, "at": now}, update=("at",))


def forget_full(session: Session, found_before: float) -> None:
    """Delete players who were last found to be full before this."""
    session.execute(delete(FullPlayer).where(FullPlayer.at < found_before))


def lock_some(session: Session, which: ColumnElement[bool], limit: int) -> list[Room]:
    """Return rooms, locked, without those that others have locked."""
    return load(session, ROOM.where(which).limit(limit).with_for_update(skip_locked=True))


def load(session: Session, query: Select[Any]) -> list[Room]:
    """Return the rooms that a query made of `ROOM` finds."""
    rows = session.execute(query).all()
    if not rows:
        return []
    # By a statement of its own, which sees what was committed while the first waited for a lock.
    taken: dict[str, list[Seat]] = {row.room_id: [] for row in rows}
    seats = select(SEATS.room_id, SEATS.login, SEATS.position, SEATS.call_id).order_by(
        SEATS.position
    )
    for room_id, *seat in session.execute(seats.where(SEATS.room_id.in_(list(taken)))):
        taken[room_id].append(Seat(*seat))
    return [_room(dict(row._mapping), tuple(taken[row.room_id])) for row in rows]


def _room(columns: dict[str, Any], taken: tuple[Seat, ...]) -> Room:
    made = challenge(*(columns.pop(name) for name in ("challenged", "side", "hidden", "others")))
    return Room(**columns, taken=taken, challenge=made)


def challenge(
    login: str | None, side: str | None, hidden: bool | None, others: list[tuple[str, bool]] | None
) -> Challenge | None:
    """Return the challenge that a room's columns say it is, if it is one."""
    if login is None or side is None:
        return None
    return Challenge(login, side, bool(hidden), tuple(Challenged(*each) for each in others or ()))


def stored_others(challenge: Challenge) -> list[tuple[str, bool]] | None:
    """Return the column of who is challenged beside the first one."""
    return [(each.login, each.hidden) for each in challenge.others] or None


def newest_first(
    query: Select[Any], columns: ReadOnlyColumnCollection[str, Any],
    after: tuple[float, str] | None, limit: int,
) -> Select[Any]:
    """Return a query for some rows of a table, newest first, from behind a position."""
    if after is not None:
        created_at, room_id = after
        # The first of the two conditions lets the index begin there.
        query = query.where(
            columns.created_at <= created_at,
            or_(columns.created_at < created_at, columns.room_id < room_id),
        )
    return query.order_by(columns.created_at.desc(), columns.room_id.desc()).limit(limit)


def seats_in_open_rooms(*columns: ColumnElement[Any]) -> Select[Any]:
    """Return a query for columns of the seats and rooms that are open."""
    return (
        select(*columns)
        .join_from(SEAT_TABLE, ROOM_TABLE, ROOMS.room_id == SEATS.room_id)
        .where(IS_OPEN)
    )
