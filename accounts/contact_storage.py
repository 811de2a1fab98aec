"""What is stored of players' relations, and how they see each other.

Every function works in the transaction of the session that it is given.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts.contact_schemas import Contact
from accounts.kinds import BOT
from accounts.models import Account, Block, Follow, GatewayLease, OnlinePlayer
from extensions.storage.database import upsert

List: TypeAlias = type[Follow] | type[Block]


def add(session: Session, kind: List, login: str, other: str) -> None:
    """Put another player on a list of a player's, if that one is not on it."""
    upsert(session, kind, {"login": login, "other": other})


def remove(session: Session, kind: List, login: str, other: str) -> None:
    """Take another player off a list of a player's."""
    session.execute(delete(kind).where(kind.login == login, kind.other == other))


def has(session: Session, kind: List, login: str, other: str) -> bool:
    """Tell whether another player is on a list of a player's."""
    return session.get(kind, (login, other)) is not None


def logins(session: Session, kind: List, login: str) -> list[str]:
    """Return who is on a list of a player's."""
    return list(session.scalars(select(kind.other).where(kind.login == login)))


def count(session: Session, kind: List, login: str) -> int:
    """Return how many are on a list of a player's."""
    counted = session.scalar(select(func.count()).select_from(kind).where(kind.login == login))
    return counted or 0


def on_list(
    session: Session, kind: List, viewer: str, now: float, after: str | None, limit: int
) -> list[Contact]:
    """Return who is on a list of a player's, from behind a login."""
    query = _contacts(viewer, now).join(kind, kind.other == Account.login)
    query = query.where(kind.login == viewer).order_by(kind.other)
    return _load(session, query if after is None else query.where(kind.other > after), limit)


def maybe_online(
    session: Session, viewer: str, bots_only: bool, after: str | None, limit: int
) -> list[str]:
    """Return players, or bots, who may be online to a player, by login, from behind one."""
    column = Account.login if bots_only else OnlinePlayer.login
    query = select(column).distinct().order_by(column).limit(limit)
    query = query.where(not_(_apart(viewer, column)))
    if bots_only:
        query = query.where(Account.kind == literal(BOT, literal_execute=True))  # as in the index
    return list(session.scalars(query if after is None else query.where(column > after)))


def find_many(session: Session, viewer: str, logins: Sequence[str], now: float) -> list[Contact]:
    """Return these players as another one sees them."""
    return _load(session, _contacts(viewer, now).where(Account.login.in_(logins)), len(logins))


def _contacts(viewer: str, now: float) -> Select[Any]:
    """Return a query for accounts as a player sees them."""
    is_online = exists().where(
        OnlinePlayer.login == Account.login,
        GatewayLease.gateway_id == OnlinePlayer.gateway_id, GatewayLease.lease_until >= now,
    ).correlate(Account)
    return select(
        Account.login, Account.display_name, Account.kind,
        and_(is_online, not_(_apart(viewer, Account.login))),
    )


def _apart(viewer: str, login: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Return whether a player and the one of a column have blocked each other, or one the other."""
    return or_(
        exists().where(Block.login == viewer, Block.other == login).correlate_except(Block),
        exists().where(Block.login == login, Block.other == viewer).correlate_except(Block),
    )


def _load(session: Session, query: Select[Any], limit: int) -> list[Contact]:
    return [
        {"login": login, "display_name": name, "kind": kind, "online": bool(is_online)}
        for login, name, kind, is_online in session.execute(query.limit(limit))
    ]
