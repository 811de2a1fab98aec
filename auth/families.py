"""Which logins are still good: a family for each, and its one refresh token that may be used.

A token is good only while its family is known here. So when this store is lost, everybody has to
log in again, and nobody gets in who should not: what is forgotten is forgotten on the safe side.
It is a database of its own, beside the one of logins and hashes, and rows that have run out are
swept.
"""

from sqlalchemy import Float, String, delete, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Tokens(DeclarativeBase):
    pass


class Family(Tokens):
    """All that came of one login; `refresh_id` is the id of the refresh token not yet spent."""

    __tablename__ = "families"

    family: Mapped[str] = mapped_column(String(32), primary_key=True)
    login: Mapped[str] = mapped_column(String(20), index=True)
    refresh_id: Mapped[str] = mapped_column(String(32))
    expires_at: Mapped[float] = mapped_column(Float, index=True)


class Families:
    """The families that are good; each method is one transaction's worth of statements."""

    def __init__(self, session):
        self._session = session

    def begin(self, family: str, login: str, refresh_id: str, expires_at: float) -> None:
        """Take in a new family."""
        self._session.add(
            Family(family=family, login=login, refresh_id=refresh_id, expires_at=expires_at)
        )

    def good(self, family: str) -> bool:
        return self._session.get(Family, family) is not None

    def rotate(self, family: str, spent: str, refresh_id: str, expires_at: float) -> bool:
        """Replace the refresh token by the next one; False where it had been spent, or is dead."""
        changed = self._session.execute(
            update(Family)
            .where(Family.family == family, Family.refresh_id == spent)
            .values(refresh_id=refresh_id, expires_at=expires_at)
        )
        return changed.rowcount == 1

    def kill(self, family: str) -> None:
        """End a family."""
        self._session.execute(delete(Family).where(Family.family == family))

    def kill_all_of(self, login: str) -> None:
        """End every family of a player."""
        self._session.execute(delete(Family).where(Family.login == login))

    def sweep(self, now: float) -> None:
        """Drop the families whose last token has run out."""
        self._session.execute(delete(Family).where(Family.expires_at < now))
