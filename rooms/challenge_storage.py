"""What is stored of challenges beside their rooms: who finds them, and from whom they are hidden.

Every function works in the transaction of the session that it is given.
"""

from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, delete, or_, select, update
from sqlalchemy.orm import Session

from rooms.models import OtherChallenged
from rooms.room import Room
from rooms.storage import IS_OPEN, ROOM, ROOM_TABLE, ROOMS, load, newest_first, stored_others

OTHER_TABLE = cast(Table, OtherChallenged.__table__)
OTHERS = OTHER_TABLE.c
IS_CHALLENGE = IS_OPEN & ROOMS.challenged.is_not(None)


def list_open(
    session: Session, login: str, after: tuple[float, str] | None, limit: int
) -> list[Room]:
    """Return open challenges of and to a player, newest first, from behind a position."""
    theirs = [_is_to(login), ROOMS.owner == login]
    # Ids, and none where there are none: a query in the condition would visit every challenge.
    if as_other := session.scalars(newest_first(_to_other(login), OTHERS, after, limit)).all():
        theirs.append(ROOMS.room_id.in_(as_other))
    query = ROOM.where(IS_CHALLENGE, or_(*theirs))
    return load(session, newest_first(query, ROOMS, after, limit))


def find_to(session: Session, login: str) -> list[str]:
    """Return the ids of open challenges that the challenged player may know of."""
    query = select(ROOMS.room_id).where(IS_CHALLENGE, _is_to(login))
    return [*session.scalars(query), *session.scalars(_to_other(login))]


def lock_of(session: Session, owner: str) -> list[Room]:
    """Return a player's open challenges of others, locked."""
    query = ROOM.where(IS_CHALLENGE, ROOMS.owner == owner).order_by(ROOMS.room_id)
    return load(session, query.with_for_update())


def save_hidden(session: Session, room: Room) -> None:
    """Store from whom a locked challenge is hidden."""
    if (challenge := room.challenge) is None:
        return
    session.execute(update(ROOM_TABLE).where(ROOMS.room_id == room.room_id).values(
        hidden=challenge.hidden, others=stored_others(challenge)
    ))
    session.execute(delete(OTHER_TABLE).where(
        OTHERS.room_id == room.room_id, OTHERS.login.not_in(challenge.shown_to)
    ))


def forget_ended(session: Session) -> None:
    """Delete by whom challenges were found that are open no more."""
    is_open = select(ROOMS.room_id).where(ROOMS.room_id == OTHERS.room_id, IS_OPEN)
    session.execute(delete(OTHER_TABLE).where(~is_open.exists()))


def _is_to(login: str) -> ColumnElement[bool]:
    return (ROOMS.challenged == login) & ROOMS.hidden.is_(False)


def _to_other(login: str) -> Select[Any]:
    """Return a query for the ids of open challenges to this player as one of the `others`."""
    return (
        select(OTHERS.room_id)
        .join_from(OTHER_TABLE, ROOM_TABLE, ROOMS.room_id == OTHERS.room_id)
        .where(OTHERS.login == login, IS_OPEN)
    )
