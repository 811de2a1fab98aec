"""The auth service: who somebody is, proved by a password or by a token."""

from nameko.rpc import rpc

from auth import events, reserved_logins, schemas, token_codec
from auth.dependencies import FamiliesProvider, Passwords, SigningKeys
from auth.exceptions import InvalidCredentials, InvalidToken, LoginTaken, WeakPassword
from auth.guests import Guests
from auth.logins import Logins
from auth.models import Base, OutboxRow
from auth.passwords import MAX_WAITING_HASHES
from auth.schemas import IdentityView, TokensView
from auth.token_authority import TokenAuthority
from extensions import service_base
from extensions.clock_provider import Clock
from extensions.errors import RateLimited
from extensions.fault_points import Point, after
from extensions.observability.entrypoint_logging import EntrypointLogging
from extensions.outbox.provider import OutboxProvider
from extensions.storage.database import Database
from extensions.timers import timer

DAY_SECONDS = 86_400.0


class AuthService(service_base.Service):
    """Logins, password hashes and tokens."""

    name = "auth"
    # Else all workers might wait for a hash, and tokens with them.
    waiting_workers = MAX_WAITING_HASHES
    # The gateway logs each request.
    entrypoint_logging = EntrypointLogging(quiet=("authenticate_many",))

    db = Database(Base)
    families = FamiliesProvider()
    outbox = OutboxProvider(
        events.EXCHANGE, OutboxRow, Base, durable=(events.DELETED_GUESTS_EXCHANGE,)
    )
    passwords = Passwords()
    keys = SigningKeys()
    clock = Clock()

    @rpc(expected_exceptions=(LoginTaken, WeakPassword, RateLimited))
    def register(self, login: str, password: str) -> TokensView:
        """Take a login that nobody has taken, and issue its first tokens."""
        reserved_logins.require_free(login, password, self.settings.bots_password)
        return self._tokens.issue(self._logins.register(login, password))

    @rpc(expected_exceptions=(LoginTaken,))
    def guest(self, login: str | None = None) -> TokensView:
        """Make a guest, under a login that nobody has taken, and issue its tokens."""
        reserved_logins.require_free(login or "", "", self.settings.bots_password)
        return self._tokens.issue(self._guests.add(login))

    @rpc(expected_exceptions=(InvalidCredentials, WeakPassword, RateLimited))
    def claim(self, login: str, password: str) -> None:
        """Make a guest a registered player, by a password."""
        self._guests.claim(login, password)

    @rpc(expected_exceptions=(InvalidCredentials, RateLimited))
    def login(self, login: str, password: str) -> TokensView:
        """Issue tokens of a new family for the right password."""
        return self._tokens.issue(self._logins.check(login, password))

    @rpc(expected_exceptions=(InvalidToken,))
    @after(Point.REFRESH_SPENT)
    def refresh(self, refresh_token: str) -> TokensView:
        """Issue the next tokens of a family; a refresh token that was used before ends it."""
        return self._tokens.refresh(refresh_token)

    @rpc(expected_exceptions=(InvalidToken,))
    def authenticate(self, access_token: str) -> IdentityView:
        """Tell whose the access token is and how long it is good for."""
        return schemas.identity_view(*self._tokens.identify(access_token))

    @rpc
    def authenticate_many(self, access_tokens: list[str]) -> list[schemas.AuthenticateAnswer]:
        """Tell the same of each of these tokens, whatever is wrong with others."""
        outcomes = self._tokens.identify_many(access_tokens)
        return [schemas.authenticate_answer(each) for each in outcomes]

    @rpc
    def login_states(self, logins: list[schemas.KnownLogin]) -> list[schemas.LoginState]:
        """Tell how each of these logins stands.

        A gateway asks that may have missed events.
        """
        return self._tokens.login_states(logins)

    @rpc(expected_exceptions=(InvalidToken,))
    def logout(self, login: str, family: str, refresh_token: str | None = None) -> None:
        """Revoke a login: the caller's family, and that of a refresh token if one is given."""
        if refresh_token is not None:
            claims = self._tokens.check(refresh_token, token_codec.REFRESH)
            if claims.login != login:
                raise InvalidToken("The refresh token cannot be used: it is another player's")
            self._tokens.revoke(login, claims.family)
        self._tokens.revoke(login, family)

    @rpc(expected_exceptions=(InvalidCredentials, WeakPassword, RateLimited))
    def change_password(
        self, login: str, password: str, new_password: str, fingerprint: str | None = None
    ) -> None:
        """Replace the password, and revoke every token of the player."""
        self._logins.change_password(login, password, new_password, fingerprint)

    @rpc(expected_exceptions=(InvalidCredentials, RateLimited))
    def verify_password(self, login: str, password: str) -> None:
        """Raise InvalidCredentials unless the password is the player's."""
        self._logins.check(login, password)

    @rpc
    def undo_register(self, login: str, until: float) -> None:
        """Give back a login just taken, where what belongs to it could not be made.

        Not after `until`: whoever is served late would take it from a player who uses it.
        """
        self._logins.undo_register(login, until)

    @rpc(expected_exceptions=(InvalidCredentials, RateLimited))
    def unregister(self, login: str, password: str) -> None:
        """End a login for good: nobody logs in by it again, and nobody can take it."""
        self._logins.unregister(login, password)

    @timer(interval=60)
    def sweep(self) -> None:
        """Delete expired token families, and guests who have been away for too long."""
        self.families.sweep(self.clock())
        self._guests.sweep(self.clock() - self.settings.guests_kept * DAY_SECONDS)

    @property
    def _logins(self) -> Logins:
        return Logins(self.db, self.outbox, self.families, self.passwords, self.clock)

    @property
    def _guests(self) -> Guests:
        return Guests(self.db, self.outbox, self.families, self.passwords, self.clock)

    @property
    def _tokens(self) -> TokenAuthority:
        return TokenAuthority(
            self.db, self.outbox, self.families, self.keys, self.clock, self.settings
        )
