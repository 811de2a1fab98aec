"""Which logins are still good: a family for each, and its one refresh token that may be used.

A token is good only while its family is known here. So when this store is lost, everybody has to
log in again, and nobody gets in who should not: what is forgotten is forgotten on the safe side.
In Redis families run out by themselves. Without it they are kept in a database of its own, beside
the one of logins and hashes, and rows that have run out are swept.
"""

from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import Float, String, delete, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Pair = tuple[str, str]  # a login, and a family of its


class Tokens(DeclarativeBase):
    pass


class Family(Tokens):
    """All that came of one login; `refresh_id` is the id of the refresh token not yet spent."""

    __tablename__ = "families"

    family: Mapped[str] = mapped_column(String(32), primary_key=True)
    login: Mapped[str] = mapped_column(String(20), index=True)
    refresh_id: Mapped[str] = mapped_column(String(32))
    expires_at: Mapped[float] = mapped_column(Float, index=True)


class Families(Protocol):
    """The families that are good, each of a login as it was registered.

    Each method is atomic, and raises StorageAway where the store does not answer. Moments are
    seconds since the epoch.
    """

    def begin(
        self, login: str, family: str, refresh_id: str, expires_at: float, now: float
    ) -> None:
        """Take in a new family."""

    def good(self, login: str, family: str) -> bool:
        """Whether a family is known."""

    def ended(self, pairs: list[Pair]) -> list[Pair]:
        """Those of these families, each with its login, that are not known."""

    def rotate(
        self, login: str, family: str, spent: str, refresh_id: str, expires_at: float, now: float
    ) -> bool:
        """Replace the refresh token by the next one; False where it had been spent, or is dead.

        True also where it is by that very one that it has been replaced.
        """

    def kill(self, login: str, family: str) -> None:
        """End a family."""

    def kill_all_of(self, login: str) -> None:
        """End every family of a player."""

    def sweep(self, now: float) -> None:
        """Drop the families whose last token has run out, where they do not go by themselves."""


class SqlFamilies:
    """Families in a table, given what begins a transaction."""

    def __init__(self, begin_transaction: Callable[[], Any]):
        self._transaction = begin_transaction

    def begin(
        self, login: str, family: str, refresh_id: str, expires_at: float, now: float
    ) -> None:
        with self._transaction() as session:
            session.add(
                Family(family=family, login=login, refresh_id=refresh_id, expires_at=expires_at)
            )

    def good(self, login: str, family: str) -> bool:
        with self._transaction() as session:
            return session.get(Family, family) is not None

    def ended(self, pairs: list[Pair]) -> list[Pair]:
        with self._transaction() as session:
            asked = select(Family.family).where(Family.family.in_([each for _, each in pairs]))
            known = set(session.scalars(asked))
        return [pair for pair in pairs if pair[1] not in known]

    def rotate(
        self, login: str, family: str, spent: str, refresh_id: str, expires_at: float, now: float
    ) -> bool:
        with self._transaction() as session:
            changed = session.execute(
                update(Family)
                .where(Family.family == family, Family.refresh_id.in_([spent, refresh_id]))
                .values(refresh_id=refresh_id, expires_at=expires_at)
            )
            return changed.rowcount == 1

    def kill(self, login: str, family: str) -> None:
        with self._transaction() as session:
            session.execute(delete(Family).where(Family.family == family))

    def kill_all_of(self, login: str) -> None:
        with self._transaction() as session:
            session.execute(delete(Family).where(Family.login == login))

    def sweep(self, now: float) -> None:
        with self._transaction() as session:
            session.execute(delete(Family).where(Family.expires_at < now))
