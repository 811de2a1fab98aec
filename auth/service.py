"""The auth service: who somebody is, proved by a password or by a token."""

from nameko.dependency_providers import Config
from nameko.rpc import rpc
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from auth import events, schemas, tokens
from auth.dependencies import Passwords, SigningKeys
from auth.exceptions import InvalidCredentials, InvalidToken, LoginTaken
from auth.models import GONE, Announcement, Base, Credentials
from extensions import health
from extensions.announcements import Announcer
from extensions.clock import Clock
from extensions.database import Database

WRONG = "The login is unknown or the password is wrong"


class AuthService(health.Answering):
    """Logins, password hashes and tokens."""

    name = "auth"

    config = Config()
    db = Database(Base)
    announcer = Announcer(events.EXCHANGE, Announcement, Base)
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
    def authenticate(self, access_token):
        """Tell whose the access token is and how long it is good for."""
        claims = self._claims(access_token, tokens.ACCESS)
        return schemas.identity(claims)

    @rpc(expected_exceptions=(InvalidCredentials,))
    def change_password(self, login, password, new_password):
        """Replace the password; every token of the player is dead from then on."""
        found = self._check(login, password)
        self._replace_hash(found.login, self.passwords.hash(new_password))

    @rpc(expected_exceptions=(InvalidCredentials,))
    def verify_password(self, login, password):
        """Raise InvalidCredentials unless the password is the player's."""
        self._check(login, password)

    @rpc(expected_exceptions=(InvalidCredentials,))
    def unregister(self, login, password):
        """End a login for good: nobody logs in by it again, and nobody can take it."""
        found = self._check(login, password)
        self._replace_hash(found.login, GONE)

    @rpc
    def undo_register(self, login):
        """Give back a login just taken, where what belongs to it could not be made."""
        with self.db.get_session() as session:
            found = session.get(Credentials, login)
            if found is not None and found.usable:
                session.delete(found)

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

    def _replace_hash(self, login, password_hash):
        notice = schemas.revoked(login, self.clock())
        with self.db.get_session() as session:
            session.get(Credentials, login).password_hash = password_hash
            self.announcer.record(session, [notice])
        self.announcer.send([notice])

    def _claims(self, token, kind):
        try:
            claims = tokens.decode(token, kind, self.keys, self.clock())
        except tokens.BadToken as error:
            raise InvalidToken(f"The token cannot be used: {error}") from None
        found = self._find(claims.login)
        if found is None or tokens.fingerprint(found.password_hash) != claims.fingerprint:
            raise InvalidToken("The token cannot be used: it has been revoked")
        return claims

    def _issue(self, login, password_hash, family=None):
        now, fingerprint = self.clock(), tokens.fingerprint(password_hash)
        access = tokens.new_claims(
            login, tokens.ACCESS, now, self.config["ACCESS_TOKEN_TTL"], fingerprint, family
        )
        refresh = tokens.new_claims(
            login, tokens.REFRESH, now, self.config["REFRESH_TOKEN_TTL"], fingerprint, access.family
        )
        return schemas.tokens(access, refresh, self.keys)
