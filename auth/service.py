"""The auth service: who somebody is, proved by a password or by a token."""

import logging

from nameko.dependency_providers import Config
from nameko.rpc import rpc
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from auth import events, schemas, tokens
from auth.dependencies import FamiliesProvider, Passwords, SigningKeys
from auth.exceptions import InvalidCredentials, InvalidToken, LoginTaken
from auth.models import GONE, Base, Credentials, OutboxRow
from extensions import request_id, service_base
from extensions.clock import Clock
from extensions.errors import StorageAway
from extensions.fault_points import Point, after
from extensions.outbox.outbox import OutboxProvider
from extensions.storage.database import Database
from extensions.timers import timer

_log = logging.getLogger(__name__)

WRONG = "The login is unknown or the password is wrong"


class AuthService(service_base.Service):
    """Logins, password hashes and tokens."""

    name = "auth"

    config = Config()
    db = Database(Base)
    families = FamiliesProvider()
    outbox = OutboxProvider(events.EXCHANGE, OutboxRow, Base)
    passwords = Passwords()
    keys = SigningKeys()
    clock = Clock()

    @rpc(expected_exceptions=(LoginTaken,))
    def register(self, login, password):
        """Take a login that nobody has taken, and issue its first tokens."""
        if self._find(login):
            raise LoginTaken.of(f"The login {login} is taken", login=login)
        password_hash = self.passwords.hash(password)
        try:
            with self.db.get_session() as session:
                session.add(Credentials(login=login, password_hash=password_hash))
        except IntegrityError:
            raise LoginTaken.of(f"The login {login} is taken", login=login) from None
        return self._issue(login, password_hash)

    @rpc(expected_exceptions=(InvalidCredentials,))
    def login(self, login, password):
        """Issue tokens of a new family for the right password."""
        found = self._check(login, password)
        return self._issue(found.login, found.password_hash)

    @rpc(expected_exceptions=(InvalidToken,))
    @after(Point.REFRESH_SPENT)
    def refresh(self, refresh_token):
        """Issue the next tokens of a family.

        A refresh token is good once: used again, it kills all that came of its login. It is not
        used again where the broker gives out the same call once more, as after a death.
        """
        claims, password_hash = self._claims(refresh_token, tokens.REFRESH)
        access, refresh = self._new_claims(
            claims.login, password_hash, claims.family,
            tokens.successor_id(claims.token_id, request_id.idempotency_key(), self.keys),
        )
        fresh = self.families.rotate(
            claims.login, claims.family, claims.token_id, refresh.token_id, refresh.expires_at,
            refresh.issued_at,
        )
        if not fresh:
            self._end_family(claims.login, claims.family)
            raise InvalidToken("The refresh token has been used before: log in again")
        return schemas.tokens(access, refresh, self.keys)

    @rpc(expected_exceptions=(InvalidToken,))
    def authenticate(self, access_token):
        """Tell whose the access token is and how long it is good for."""
        claims, _ = self._claims(access_token, tokens.ACCESS)
        return schemas.identity(claims)

    @rpc
    def ended(self, logins):
        """`[login, family]` of those of these whose tokens are dead, for who was not told of it.

        Each is `[login, family, fingerprint]`, as a token of it says. Without the last, or with
        None there, a new password is noticed only where it has reached the store of families.
        """
        asked = [[*each, None][:3] for each in logins]
        unknown = self.families.ended([(login, family) for login, family, _ in asked])
        current = self._fingerprints({login for login, _, _ in asked})
        return [
            [login, family] for login, family, known in asked
            if (login, family) in unknown or known not in (None, current.get(login))
        ]

    @rpc(expected_exceptions=(InvalidToken,))
    def logout(self, login, family, refresh_token=None):
        """End all that came of a login, by its family or by a refresh token of it."""
        if refresh_token is not None:
            claims, _ = self._claims(refresh_token, tokens.REFRESH)
            if claims.login != login:
                raise InvalidToken("The refresh token cannot be used: it is another player's")
            self._end_family(login, claims.family)
        self._end_family(login, family)

    @rpc(expected_exceptions=(InvalidCredentials,))
    def change_password(self, login, password, new_password, fingerprint=None):
        """Replace the password; every token of the player is dead from then on.

        The fingerprint is the caller's token's. Where the password has been replaced since that
        was issued, and it is the new one, this has been done: it is served or asked for again.
        """
        try:
            found = self._check(login, password)
            self._replace_hash(found, self.passwords.hash(new_password))
        except InvalidCredentials:
            # Else who holds a good token could try two passwords at a time.
            if fingerprint in (None, self._fingerprints({login}).get(login)):
                raise
            self._check(login, new_password)

    @rpc(expected_exceptions=(InvalidCredentials,))
    def verify_password(self, login, password):
        """Raise InvalidCredentials unless the password is the player's."""
        self._check(login, password)

    @rpc
    def undo_register(self, login, until=0.0):
        """Give back a login just taken, where what belongs to it could not be made.

        Not after `until`, which a gateway of the release before does not name: whoever is served
        late would take it from a player who uses it.
        """
        with self.db.get_session() as session:
            found = session.get(Credentials, login, with_for_update=True)
            if found is not None and found.usable and self.clock() < until:
                session.delete(found)

    @rpc(expected_exceptions=(InvalidCredentials,))
    def unregister(self, login, password):
        """End a login for good: nobody logs in by it again, and nobody can take it.

        Where it has been ended already, that is all right: this is served again.
        """
        try:
            self._replace_hash(self._check(login, password), GONE)
        except InvalidCredentials:
            found = self._find(login)
            if found is None or found.usable:
                raise

    def _find(self, login):
        with self.db.get_session() as session:
            return session.scalar(
                select(Credentials).where(func.lower(Credentials.login) == login.lower())
            )

    def _check(self, login, password):
        found = self._find(login)
        usable = found is not None and found.usable
        if not self.passwords.verify(password, found.password_hash if usable else None):
            raise InvalidCredentials(WRONG)
        return found

    @timer(interval=60)
    def sweep(self):
        """Forget families whose last token has run out."""
        self.families.sweep(self.clock())

    def _replace_hash(self, checked, password_hash):
        """Replace the hash that was checked; refuse where another has taken its place meanwhile."""
        notice = schemas.revoked(checked.login, None, self.clock())
        with self.db.get_session() as session:
            replaced = session.execute(
                update(Credentials)
                .where(
                    Credentials.login == checked.login,
                    Credentials.password_hash == checked.password_hash,
                )
                .values(password_hash=password_hash)
            )
            if replaced.rowcount == 0:
                raise InvalidCredentials(WRONG)
            self.outbox.record(session, [notice])
        try:
            self.families.kill_all_of(checked.login)
        except StorageAway as error:  # what is issued under the old hash is dead all the same
            _log.warning("The families of a login are left to run out: %s", error)
        self.outbox.send([notice])

    def _fingerprints(self, logins):
        """What tokens of these logins must have as their fingerprint, by login."""
        with self.db.get_session() as session:
            found = session.scalars(select(Credentials).where(Credentials.login.in_(logins)))
            return {each.login: tokens.fingerprint(each.password_hash) for each in found}

    def _end_family(self, login, family):
        if not self.families.good(login, family):
            return
        notice = schemas.revoked(login, family, self.clock())
        with self.db.get_session() as session:
            self.outbox.record(session, [notice])
        # After what announces it is stored: a death in between closes sockets, and leaves none.
        self.families.kill(login, family)
        self.outbox.send([notice])

    def _claims(self, token, kind):
        """What a good token says, and the hash of its player's password."""
        try:
            claims = tokens.decode(token, kind, self.keys, self.clock())
        except tokens.BadToken as error:
            raise InvalidToken(f"The token cannot be used: {error}") from None
        found = self._find(claims.login)
        if found is None or tokens.fingerprint(found.password_hash) != claims.fingerprint:
            raise InvalidToken("The token cannot be used: it has been revoked")
        if not self.families.good(claims.login, claims.family):
            raise InvalidToken("The token cannot be used: its login has ended")
        return claims, found.password_hash

    def _issue(self, login, password_hash):
        access, refresh = self._new_claims(login, password_hash)
        self.families.begin(
            login, refresh.family, refresh.token_id, refresh.expires_at, refresh.issued_at
        )
        return schemas.tokens(access, refresh, self.keys)

    def _new_claims(self, login, password_hash, family=None, refresh_id=None):
        now, fingerprint = self.clock(), tokens.fingerprint(password_hash)
        access = tokens.new_claims(
            login, tokens.ACCESS, now, self.config["ACCESS_TOKEN_TTL"], fingerprint, family
        )
        refresh = tokens.new_claims(
            login, tokens.REFRESH, now, self.config["REFRESH_TOKEN_TTL"], fingerprint,
            access.family, refresh_id,
        )
        return access, refresh
