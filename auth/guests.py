"""Guests: logins without a password, until their player sets one or stays away for too long."""

import logging
import random
import secrets
from contextlib import suppress

from sqlalchemy.exc import IntegrityError

from auth import guest_names, schemas, storage
from auth.exceptions import InvalidCredentials, LoginTaken
from auth.passwords import PasswordHasher
from auth.storage import NO_PASSWORD, Credentials
from auth.token_families import Families
from extensions import request_id
from extensions.dependencies import Clock, Database
from extensions.errors import StorageAway
from extensions.outbox.outbox import Outbox

SWEEP_BATCH = 500

_log = logging.getLogger(__name__)


class Guests:
    """Makes guests, turns them into registered players, and ends those who stay away."""

    def __init__(
        self, db: Database, outbox: Outbox, families: Families, passwords: PasswordHasher,
        clock: Clock,
    ):
        self._db = db
        self._outbox = outbox
        self._families = families
        self._passwords = passwords
        self._clock = clock

    def add(self, login: str | None) -> Credentials:
        """Take a login without a password, by default one that nobody has; raises LoginTaken.

        A request that is served again gets the same guest: its id is the fingerprint, and draws
        the same names.
        """
        fingerprint = request_id.idempotency_key() or secrets.token_hex(8)
        if login is not None:
            return self._take(login, fingerprint)
        lot = random.Random(fingerprint)
        *attempts, last = guest_names.ATTEMPTS
        for digits in attempts:
            with suppress(LoginTaken):
                return self._take(guest_names.make_name(digits, lot), fingerprint)
        return self._take(guest_names.make_name(last, lot), fingerprint)

    def claim(self, login: str, password: str) -> None:
        """Give a guest a password, and tell all connections of the player.

        The guest's tokens stay good. Where the login has this very password already, this has been
        done, and is served or asked for again. Raises InvalidCredentials and WeakPassword.
        """
        found = self._find(login)
        if found is not None and found.is_guest:
            password_hash = self._passwords.hash(password, login)
            message = schemas.claimed_message(found.login, self._clock())
            with self._db.get_session() as session:
                claimed = storage.claim(session, found.login, password_hash)
                if claimed:
                    self._outbox.record(session, [message])
            if claimed:
                self._outbox.send([message])
                return
            found = self._find(login)
        known = found.password_hash if found is not None and found.usable else None
        if not self._passwords.verify(password, known):
            raise InvalidCredentials("The login has a password already, which is another one")

    def sweep(self, seen_before: float) -> None:
        """End the logins of guests who have been away since, and tell who keeps things of them."""
        now = self._clock()
        with self._db.get_session() as session:
            logins = storage.end_guests(session, seen_before, SWEEP_BATCH)
            messages = [
                message for login in logins for message in (
                    schemas.revoked_message(login, None, now),
                    schemas.guest_deleted_message(login, now),
                )
            ]
            self._outbox.record(session, messages)
        self._outbox.send(messages)
        try:
            for login in logins:
                self._families.revoke_all(login)
        except StorageAway as error:  # their tokens are refused all the same
            _log.warning("The token families of guests are left to expire: %s", error)

    def _take(self, login: str, fingerprint: str) -> Credentials:
        guest = Credentials(login, NO_PASSWORD, fingerprint)
        try:
            with self._db.get_session() as session:
                storage.add(session, guest, self._clock())
        except IntegrityError:
            if self._find(login) == guest:
                return guest
            raise LoginTaken.of(f"The login {login} is taken", login=login) from None
        return guest

    def _find(self, login: str) -> Credentials | None:
        with self._db.get_session() as session:
            return storage.find(session, login)
