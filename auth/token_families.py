"""Token families: which logins are still valid, and which refresh token of each may be used next.

A token family, in OAuth's words, is all the tokens that came of one login: the first access and
refresh token, and those for which refresh tokens were exchanged. Each refresh token is exchanged
for one other, its successor. A token is good only while its family is known here: when this store
is lost, everybody has to log in again, and nobody gets in who should not.

In Redis families expire by themselves. Without it they are kept in a database of its own, beside
the one of logins and hashes, and expired rows are swept.
"""

from collections.abc import Callable
from typing import Any, Protocol, cast

from sqlalchemy import CursorResult, Float, String, and_, case, delete, or_, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Pair = tuple[str, str]  # a login, and a family of its


class Tokens(DeclarativeBase):
    pass


class Family(Tokens):
    """A token family; `refresh_id` is the id of the refresh token that has not been used.

    `rotated_at` is when that took the place of the one before it.
    """

    __tablename__ = "families"

    family: Mapped[str] = mapped_column(String(32), primary_key=True)
    login: Mapped[str] = mapped_column(String(20), index=True)
    refresh_id: Mapped[str] = mapped_column(String(32))
    expires_at: Mapped[float] = mapped_column(Float, index=True)
    rotated_at: Mapped[float] = mapped_column(Float, default=0.0, server_default="0")


class Families(Protocol):
    """The valid token families, each of a login as it was registered.

    Each method is atomic, and raises StorageAway where the store does not answer. Moments are
    seconds since the epoch.
    """

    def add(self, login: str, family: str, refresh_id: str, expires_at: float, now: float) -> None:
        """Store a new family."""

    def is_valid(self, login: str, family: str) -> bool:
        """Tell whether a family is known."""

    def ended(self, pairs: list[Pair]) -> list[Pair]:
        """Return those of these families, each with its login, that are not known."""

    def oldest(self, login: str, kept: int) -> list[str]:
        """Return a player's families but the `kept` whose tokens were issued last."""

    def rotate(
        self, login: str, family: str, used: str, refresh_id: str, expires_at: float, now: float
    ) -> bool:
        """Replace the refresh token that is used by its successor.

        Returns False where it had been used before, or the family has ended; but True where that
        was a moment ago, and the successor has not been used.
        """

    def revoke(self, login: str, family: str) -> None:
        """End a family."""

    def revoke_all(self, login: str) -> None:
        """End every family of a player."""

    def sweep(self, now: float) -> None:
        """Delete expired families, where they do not expire by themselves."""


class SqlFamilies:
    """Token families in a table, given what begins a transaction.

    A refresh token that has been used can be used again for `reuse_seconds`.
    """

    def __init__(self, begin_transaction: Callable[[], Any], reuse_seconds: float = 30.0):
        self._transaction, self._reuse_seconds = begin_transaction, reuse_seconds

    def add(self, login: str, family: str, refresh_id: str, expires_at: float, now: float) -> None:
        with self._transaction() as session:
            session.add(
                Family(family=family, login=login, refresh_id=refresh_id, expires_at=expires_at)
            )

    def is_valid(self, login: str, family: str) -> bool:
        with self._transaction() as session:
            return session.get(Family, family) is not None

    def ended(self, pairs: list[Pair]) -> list[Pair]:
        with self._transaction() as session:
            asked = select(Family.family).where(Family.family.in_([each for _, each in pairs]))
            known = set(session.scalars(asked))
        return [pair for pair in pairs if pair[1] not in known]

    def oldest(self, login: str, kept: int) -> list[str]:
        newest_first = (
            select(Family.family).where(Family.login == login)
            .order_by(Family.expires_at.desc(), Family.family).offset(kept)
        )
        with self._transaction() as session:
            return list(session.scalars(newest_first))

    def rotate(
        self, login: str, family: str, used: str, refresh_id: str, expires_at: float, now: float
    ) -> bool:
        is_first_use = Family.refresh_id == used
        is_again = and_(
            Family.refresh_id == refresh_id, Family.rotated_at > now - self._reuse_seconds
        )
        with self._transaction() as session:
            changed = session.execute(
                update(Family)
                .where(Family.family == family, or_(is_first_use, is_again))
                .values(
                    refresh_id=refresh_id, expires_at=expires_at,
                    rotated_at=case((is_first_use, now), else_=Family.rotated_at),
                )
            )
            return cast(CursorResult[tuple[()]], changed).rowcount == 1

    def revoke(self, login: str, family: str) -> None:
        with self._transaction() as session:
            session.execute(delete(Family).where(Family.family == family))

    def revoke_all(self, login: str) -> None:
        with self._transaction() as session:
            session.execute(delete(Family).where(Family.login == login))

    def sweep(self, now: float) -> None:
        with self._transaction() as session:
            session.execute(delete(Family).where(Family.expires_at < now))
