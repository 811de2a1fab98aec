"""Logins and their passwords: taken, checked, changed and ended."""

import logging

from sqlalchemy.exc import IntegrityError

from auth import schemas, storage
from auth.exceptions import InvalidCredentials, LoginTaken
from auth.passwords import PasswordHasher
from auth.storage import DELETED, Credentials
from auth.token_families import Families
from extensions.dependencies import Clock, Database
from extensions.errors import StorageAway
from extensions.outbox.outbox import Outbox

_log = logging.getLogger(__name__)


class Logins:
    """Every login that is or was taken, with its password."""

    def __init__(
        self, db: Database, outbox: Outbox, families: Families, passwords: PasswordHasher,
        clock: Clock,
    ):
        self._db = db
        self._outbox = outbox
        self._families = families
        self._passwords = passwords
        self._clock = clock

    def register(self, login: str, password: str) -> Credentials:
        """Take a login that nobody has taken.

        Raises LoginTaken and WeakPassword.
        """
        if self._find(login) is not None:
            raise _taken(login)
        credentials = Credentials(login, self._passwords.hash(password, login))
        try:
            with self._db.get_session() as session:
                storage.add(session, credentials)
        except IntegrityError:  # somebody else was faster
            raise _taken(login) from None
        return credentials

    def undo_register(self, login: str, until: float) -> None:
        """Delete a login that has just been taken, unless it is later than `until`."""
        with self._db.get_session() as session:
            if self._clock() < until:
                storage.delete_usable(session, login)

    def check(self, login: str, password: str) -> Credentials:
        """Return the credentials of a login, in whatever case, for the right password.

        Raises InvalidCredentials.
        """
        found = self._find(login)
        password_hash = found.password_hash if found is not None and found.usable else None
        if not self._passwords.verify(password, password_hash) or found is None:
            raise _invalid()
        return found

    def change_password(
        self, login: str, password: str, new_password: str, known_fingerprint: str | None
    ) -> None:
        """Replace the password, and revoke every token of the player.

        The fingerprint is that of the caller's token. If the password has been replaced since it
        was issued, by this very one, this has been done, and is served or asked for again.

        Raises InvalidCredentials and WeakPassword.
        """
        try:
            checked = self.check(login, password)
            self._replace_hash(checked, self._passwords.hash(new_password, login))
        except InvalidCredentials:
            # Else who holds a good token could try two passwords at a time.
            if known_fingerprint in (None, self._fingerprint(login)):
                raise
            self.check(login, new_password)

    def unregister(self, login: str, password: str) -> None:
        """End a login for good: nobody logs in by it again, and nobody can take it.

        Where it has been ended already, this is served again. Raises InvalidCredentials.
        """
        try:
            self._replace_hash(self.check(login, password), DELETED)
        except InvalidCredentials:
            found = self._find(login)
            if found is None or not found.is_deleted:
                raise

    def _find(self, login: str) -> Credentials | None:
        with self._db.get_session() as session:
            return storage.find(session, login)

    def _fingerprint(self, login: str) -> str | None:
        with self._db.get_session() as session:
            found = storage.find_many(session, [login]).get(login)
        return None if found is None else found.fingerprint

    def _replace_hash(self, checked: Credentials, password_hash: str) -> None:
        """Replace the hash that was checked; refuse where another has taken its place meanwhile."""
        message = schemas.revoked_message(checked.login, None, self._clock())
        with self._db.get_session() as session:
            if not storage.replace_hash(session, checked, password_hash):
                raise _invalid()
            self._outbox.record(session, [message])
        try:
            self._families.revoke_all(checked.login)
        except StorageAway as error:  # tokens of the old password are refused all the same
            _log.warning("The token families of a login are left to expire: %s", error)
        self._outbox.send([message])


def _taken(login: str) -> Exception:
    return LoginTaken.of(f"The login {login} is taken", login=login)


def _invalid() -> Exception:
    return InvalidCredentials("The login is unknown or the password is wrong")
