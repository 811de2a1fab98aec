"""What is stored of logins: the name as it was registered, and the hash of its password.

Every function works in the transaction of the session that it is given.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from sqlalchemy import CursorResult, Table, delete, func, insert, select, update
from sqlalchemy.orm import Session

from auth import token_codec
from auth.models import CredentialsRow

# In place of a hash: the account is gone, and nobody can take its login again; or it is a guest's.
DELETED, NO_PASSWORD = "", "!"

# On the table, as loading rows into mapped objects costs several times what the query does.
TABLE = cast(Table, CredentialsRow.__table__)
ROWS = TABLE.c
COLUMNS = ROWS.login, ROWS.password_hash, ROWS.token_fingerprint


@dataclass(frozen=True)
class Credentials:
    """A login and the hash of its password; `stored_fingerprint` of one who is or was a guest."""

    login: str
    password_hash: str
    stored_fingerprint: str | None = None

    @property
    def usable(self) -> bool:
        """Whether anybody can log in by them: there is a password."""
        return self.password_hash not in (DELETED, NO_PASSWORD)

    @property
    def is_guest(self) -> bool:
        """Whether the player has set no password yet."""
        return self.password_hash == NO_PASSWORD

    @property
    def is_deleted(self) -> bool:
        """Whether the account is gone."""
        return self.password_hash == DELETED

    @property
    def fingerprint(self) -> str:
        """What tokens are tied to: another one ends them all."""
        return self.stored_fingerprint or token_codec.fingerprint(self.password_hash)


def find(session: Session, login: str) -> Credentials | None:
    """Return the credentials of a login, whatever the case in which it is written."""
    query = select(*COLUMNS).where(func.lower(ROWS.login) == login.lower())
    found = session.execute(query).one_or_none()
    return Credentials(*found) if found else None


def find_many(session: Session, logins: Collection[str]) -> dict[str, Credentials]:
    """Return the credentials of these logins, as they were registered, by login."""
    query = select(*COLUMNS).where(ROWS.login.in_(logins))
    return {login: Credentials(login, *others) for login, *others in session.execute(query)}


def add(session: Session, credentials: Credentials, guest_seen_at: float | None = None) -> None:
    """Store a login. Raises IntegrityError if somebody has it, in whatever case."""
    session.execute(insert(TABLE).values(
        login=credentials.login, password_hash=credentials.password_hash,
        token_fingerprint=credentials.stored_fingerprint, guest_seen_at=guest_seen_at,
    ))


def replace_hash(session: Session, checked: Credentials, password_hash: str) -> bool:
    """Replace the hash that was checked; returns whether no other had taken its place."""
    replaced = session.execute(
        update(TABLE)
        .where(ROWS.login == checked.login, ROWS.password_hash == checked.password_hash)
        .values(password_hash=password_hash, token_fingerprint=None)
    )
    return cast(CursorResult[tuple[()]], replaced).rowcount == 1


def claim(session: Session, login: str, password_hash: str) -> bool:
    """Give a guest a password, under which the tokens stay good; returns whether it was one."""
    claimed = session.execute(
        update(TABLE)
        .where(ROWS.login == login, ROWS.password_hash == NO_PASSWORD)
        .values(password_hash=password_hash, guest_seen_at=None)
    )
    return cast(CursorResult[tuple[()]], claimed).rowcount == 1


def touch_guest(session: Session, login: str, now: float) -> None:
    """Store that a guest is there."""
    guest = ROWS.login == login, ROWS.password_hash == NO_PASSWORD
    session.execute(update(TABLE).where(*guest).values(guest_seen_at=now))


def end_guests(session: Session, seen_before: float, limit: int) -> list[str]:
    """End the logins of guests who have not been there since, the first ones first."""
    away = (
        select(ROWS.login).where(ROWS.guest_seen_at < seen_before)
        .order_by(ROWS.guest_seen_at).limit(limit).with_for_update(skip_locked=True)
    )
    ended = session.execute(
        update(TABLE).where(ROWS.login.in_(away.scalar_subquery()))
        .values(password_hash=DELETED, token_fingerprint=None, guest_seen_at=None)
        .returning(ROWS.login)
    )
    return list(ended.scalars())


def delete_usable(session: Session, login: str) -> None:
    """Delete a login, for somebody else to take; one whose account was deleted stays."""
    session.execute(delete(TABLE).where(ROWS.login == login, ROWS.password_hash != DELETED))
