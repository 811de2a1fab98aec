"""What is stored of logins: the name as it was registered, and the hash of its password.

Every function works in the transaction of the session that it is given.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from sqlalchemy import CursorResult, Table, delete, func, insert, select, update
from sqlalchemy.orm import Session

from auth.models import CredentialsRow

DELETED = ""  # in place of a hash: the account is gone, and nobody can take its login again

# On the table, as loading rows into mapped objects costs several times what the query does.
TABLE = cast(Table, CredentialsRow.__table__)
ROWS = TABLE.c


@dataclass(frozen=True)
class Credentials:
    """A login and the hash of its password."""

    login: str
    password_hash: str

    @property
    def usable(self) -> bool:
        """Whether anybody can log in by them: the account has not been deleted."""
        return self.password_hash != DELETED


def find(session: Session, login: str) -> Credentials | None:
    """Return the credentials of a login, whatever the case in which it is written."""
    query = select(ROWS.login, ROWS.password_hash).where(func.lower(ROWS.login) == login.lower())
    found = session.execute(query).one_or_none()
    return Credentials(*found) if found else None


def password_hashes(session: Session, logins: Collection[str]) -> dict[str, str]:
    """Return the password hashes of these logins, as they were registered, by login."""
    query = select(ROWS.login, ROWS.password_hash).where(ROWS.login.in_(logins))
    return {login: password_hash for login, password_hash in session.execute(query)}


def add(session: Session, credentials: Credentials) -> None:
    """Store a login. Raises IntegrityError if somebody has it, in whatever case."""
    session.execute(insert(TABLE).values(
        login=credentials.login, password_hash=credentials.password_hash
    ))


def replace_hash(session: Session, checked: Credentials, password_hash: str) -> bool:
    """Replace the hash that was checked; returns whether no other had taken its place."""
    replaced = session.execute(
        update(TABLE)
        .where(ROWS.login == checked.login, ROWS.password_hash == checked.password_hash)
        .values(password_hash=password_hash)
    )
    return cast(CursorResult[tuple[()]], replaced).rowcount == 1


def delete_usable(session: Session, login: str) -> None:
    """Delete a login, for somebody else to take; one whose account was deleted stays."""
    session.execute(delete(TABLE).where(ROWS.login == login, ROWS.password_hash != DELETED))
