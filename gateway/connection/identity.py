"""The player to whom a connection belongs."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from auth.exceptions import InvalidToken
from extensions.clock import timestamp
from gateway.broker.service_types import KnownLogin, LoginState, TokenClaims
from gateway.connection.event_queue import EventQueue
from gateway.connection.lock import Lock
from gateway.connection.transport import Transport
from gateway.protocol import close_codes
from gateway.protocol.errors import AlreadyAuthenticated, Unavailable

EXPIRY_WARNING_SECONDS = 60.0  # before the token expires


class Identity:
    """The player of a connection: none at first, then one for as long as it lasts.

    Whoever is about to change it holds `lock`.
    """

    def __init__(
        self, authenticate: Callable[[str], TokenClaims],
        login_state: Callable[[TokenClaims], LoginState], transport: Transport, events: EventQueue,
        on_player: Callable[[str], None], check_later: Callable[[], None],
    ) -> None:
        """Take what tells whom a token names, and how that login stands since.

        And what is told that the connection belongs to a player, and what checks it again.
        """
        self._authenticate, self._login_state = authenticate, login_state
        self._transport, self._events = transport, events
        self._on_player, self._check_later = on_player, check_later
        self.lock = Lock()
        self.login: str | None = None
        self.family: str | None = None  # of the token, which is the login that it came of
        self.fingerprint: str | None = None  # of the password under which the token was issued
        self.is_guest = False  # the player has no password
        self.authenticated_at = 0.0  # for the first time, in seconds since the epoch

    def require_anonymous(self) -> None:
        """Raise AlreadyAuthenticated where the connection belongs to a player."""
        if self.login is not None:
            raise AlreadyAuthenticated.of(
                f"This connection belongs to {self.login} for its life: open another one",
                login=self.login,
            )

    def known_login(self) -> KnownLogin | None:
        """Return by what auth tells whether the login has ended; None where nobody need ask."""
        if self._transport.closed:
            return None
        if self.login is None or self.family is None or self.fingerprint is None:
            return None
        return self.login, self.family, self.fingerprint

    def arriving(self) -> AbstractContextManager[None]:
        """Take a place among the connections that arrive; raises Unavailable where there is none.

        The connection of a player has arrived already, and needs none.
        """
        return self._events.arriving()

    def authenticate(self, access_token: str) -> TokenClaims:
        """Make the connection the player's whom a token names, or renew it by a new token.

        Raises InvalidToken, AlreadyAuthenticated and Unavailable.
        """
        with self.arriving():
            try:
                claims = self._authenticate(access_token)
            except InvalidToken:
                self.require_anonymous()
                raise
            self._bind(claims)
        try:
            # What was told before the queue was bound did not arrive.
            state = self._login_state(claims)
        except Unavailable:
            self._check_later()
            return claims
        self.update(state)
        if state["ended"]:
            raise InvalidToken("The token cannot be used: it has been revoked")
        return claims

    def update(self, state: LoginState) -> None:
        """Act upon how the login stands, of which the connection may have been told nothing."""
        if state["ended"]:
            self.revoke(None)
        if not state["guest"]:
            self.claim()

    def revoke(self, family: str | None) -> None:
        """Close the connection if its token is of this family; None means every family."""
        if family in (None, self.family):
            self._transport.close_after_answers(
                close_codes.UNAUTHORIZED, "the access token has been revoked"
            )

    def claim(self) -> None:
        """Note that the player, who was a guest, has set a password."""
        self.is_guest = False

    def _bind(self, claims: TokenClaims) -> None:
        login, expires_at = claims["login"], claims["expires_at"]
        if self.login != login:
            self.require_anonymous()
        is_first = self.login is None
        self._events.bind(f"player.{login}")
        self.login, self.family = login, claims["family"]
        self.fingerprint, self.is_guest = claims["fingerprint"], claims["guest"]
        remaining, timers = max(expires_at - time.time(), 0), self._transport.timers
        timers.set("warning", max(remaining - EXPIRY_WARNING_SECONDS, 0), self._warn, expires_at)
        timers.set("expiry", remaining, self._expire)
        if is_first:
            self.authenticated_at = time.time()
            self._on_player(login)

    def _warn(self, expires_at: float) -> None:
        self._transport.notify(
            "auth.expiring", {"at": timestamp(time.time()), "expires_at": timestamp(expires_at)}
        )

    def _expire(self) -> None:
        self._transport.close(close_codes.UNAUTHORIZED, "the access token has expired")
