"""The leases of open rooms: until when each stays open without a connected member.

Every function works in the transaction of the session that it is given.
"""

from collections.abc import Sequence

from sqlalchemy import literal, or_, select, tuple_, update
from sqlalchemy.orm import Session

from rooms.room import Room
from rooms.storage import (
    IS_OPEN,
    ROOM_TABLE,
    ROOMS,
    SEAT_TABLE,
    SEATS,
    lock_some,
    seats_in_open_rooms,
)

MAX_LOGINS_LOOKED_UP = 100


def expiring_members(
    session: Session, due_before: float, after: tuple[float, str] | None, limit: int
) -> list[tuple[float, str, str]]:
    """Return the members of open rooms whose leases end before this, as `(end, room_id, login)`.

    These are those of so many rooms, the first to end first, from behind a position
    `(end, room_id)`.
    """
    query = select(ROOMS.alive_until, ROOMS.room_id).where(IS_OPEN, ROOMS.alive_until < due_before)
    if after is not None:
        query = query.where(tuple_(ROOMS.alive_until, ROOMS.room_id) > tuple_(*map(literal, after)))
    due = query.order_by(ROOMS.alive_until, ROOMS.room_id).limit(limit).subquery()
    members = (
        select(due.c.alive_until, due.c.room_id, SEATS.login)
        .join_from(due, SEAT_TABLE, SEATS.room_id == due.c.room_id)
        .order_by(due.c.alive_until, due.c.room_id)
    )
    return [tuple(row) for row in session.execute(members)]


def renew(session: Session, logins: Sequence[str], due_before: float, alive_until: float) -> None:
    """Extend the leases of these players' open rooms, of those that end before `due_before`."""
    # Who has accepted a challenge does not keep it open.
    query = seats_in_open_rooms(SEATS.room_id, SEATS.login).where(
        ROOMS.alive_until < due_before,
        or_(ROOMS.challenged.is_(None), ROOMS.owner == SEATS.login),
    )
    if len(logins) <= MAX_LOGINS_LOOKED_UP:  # more players than that have fewer rooms that are due
        query = query.where(SEATS.login.in_(logins))
    wanted = set(logins)
    due = {room_id for room_id, login in session.execute(query) if login in wanted}
    if due:
        # In one order, so that two gateways that renew the same rooms wait for each other.
        locked = select(ROOMS.room_id).where(ROOMS.room_id.in_(due)).order_by(ROOMS.room_id)
        session.execute(
            update(ROOM_TABLE)
            .where(ROOMS.room_id.in_(list(session.scalars(locked.with_for_update()))))
            .values(alive_until=alive_until)
        )


def postpone_expiry(session: Session, seconds: float) -> None:
    """Extend the lease of every open room."""
    session.execute(
        update(ROOM_TABLE).where(IS_OPEN)
        .values(alive_until=ROOMS.alive_until + seconds)
    )


def lock_lapsed(session: Session, now: float, limit: int) -> list[Room]:
    """Return open rooms whose lease has run out, locked."""
    return lock_some(session, IS_OPEN & (ROOMS.alive_until < now), limit)
