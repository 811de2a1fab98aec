"""Who somebody is: registering, logging in, and proving it to a connection."""

import time
from contextlib import suppress

import eventlet

from accounts.exceptions import AccountNotFound
from auth.exceptions import InvalidCredentials, InvalidToken, LoginTaken
from extensions.clock import MAX_CLOCK_SKEW_SECONDS, timestamp
from extensions.fault_points import Point, before
from gateway.protocol import params, results
from gateway.protocol.errors import AlreadyAuthenticated, Unavailable
from gateway.protocol.registry import Access, Call, method

LOOK_AGAIN = 0.25  # seconds between two looks for an account that is being made


@method(
    "auth.register", Access.ANYONE, params.Registration, results.Tokens,
    (LoginTaken, AlreadyAuthenticated), ignores_token=True,
)
def register(call: Call, given: params.Registration):
    """Make a new player. On a socket, the connection becomes that player's.

    What fails half-way is finished by asking again with the same password. After `Unavailable`,
    `LoginTaken` may mean that nothing was left to finish: then log in.
    """
    with _identity(call) as identity:
        identity.require_unbound()
        call.limits.count_registration(call.address)
        try:
            tokens = call.services.auth.register(given.login, given.password)
        except LoginTaken:
            tokens = _take_up(call, given)
        else:
            _make_account(call, tokens["login"])
        identity.bind(tokens["access_token"])
    return tokens


@method(
    "auth.login", Access.ANYONE, params.Login, results.Tokens,
    (InvalidCredentials, AlreadyAuthenticated), ignores_token=True,
)
def login(call: Call, given: params.Login):
    """Log a player in. On a socket, the connection becomes that player's."""
    with _identity(call) as identity:
        identity.require_unbound()
        tokens = _log_in(call, given)
        # A registration that died half-way has left no account: here it is made up for.
        call.services.accounts.create(tokens["login"])
        identity.bind(tokens["access_token"])
    return tokens


@method(
    "auth.refresh", Access.ANYONE, params.RefreshToken, results.Tokens, (InvalidToken,),
    ignores_token=True,
)
def refresh(call: Call, given: params.RefreshToken):
    """Exchange a refresh token, which is spent by it, for new tokens.

    To use a spent one again kills all that came of its login.
    """
    return call.services.auth.refresh(given.refresh_token)


@method("auth.logout", Access.PLAYER, params.Logout, results.Empty, (InvalidToken,))
def logout(call: Call, given: params.Logout):
    """End all that came of this login: its tokens die, the sockets opened with it close."""
    call.services.auth.logout(call.login, call.family, given.refresh_token)
    return {}


@method(
    "auth.authenticate", Access.ANYONE, params.AccessToken, results.Identity,
    (InvalidToken, AlreadyAuthenticated), socket_only=True,
)
def authenticate(call: Call, given: params.AccessToken):
    """Bind the connection to the player whose access token this is, or renew it."""
    with _identity(call) as identity:
        known = identity.bind(given.access_token)
    return {"login": known["login"], "expires_at": timestamp(known["expires_at"])}


@method(
    "auth.change_password", Access.PLAYER, params.PasswordChange, results.Empty,
    (InvalidCredentials,),
)
def change_password(call: Call, given: params.PasswordChange):
    """Set another password: every token of the player is dead, and all sockets close."""
    with call.limits.password_check(call.login, call.address):
        call.services.auth.change_password(
            call.login, given.password, given.new_password, call.fingerprint
        )
    return {}


@before(Point.LOGIN_TAKEN)
def _make_account(call: Call, login: str) -> None:
    try:
        call.services.accounts.create(login)
    except Exception:  # whatever it was: half a player is none
        # Until the client is told, nobody can have begun to use it.
        until = time.time() + call.gateway.rpc_timeout - MAX_CLOCK_SKEW_SECONDS
        with suppress(Exception):  # then it is finished by its password
            call.services.auth.undo_register(login, until)
        raise


def _take_up(call: Call, given: params.Registration) -> dict:
    """Finish a registration that got no account and was not undone; by the password alone.

    Raises LoginTaken where it is none, or somebody else's.
    """
    with suppress(InvalidCredentials):
        if not _has_account(call, given.login):
            tokens = _log_in(call, given)
            if not _gets_account(call, tokens["login"]):
                call.services.accounts.create(tokens["login"])
                return tokens
    raise LoginTaken.of(f"The login {given.login} is taken", login=given.login)


def _gets_account(call: Call, login: str) -> bool:
    """Whether who has just taken a login makes the account, in the time that this may take."""
    deadline = time.monotonic() + call.gateway.rpc_timeout
    while time.monotonic() < deadline:
        if _has_account(call, login):
            return True
        eventlet.sleep(LOOK_AGAIN)
    return False


def _has_account(call: Call, login: str) -> bool:
    try:
        call.services.accounts.get(login)
    except AccountNotFound:
        return False
    return True


def _log_in(call: Call, given: params.Registration | params.Login) -> dict:
    with call.limits.password_check(given.login, call.address):
        return call.services.auth.login(given.login, given.password)


class _identity:
    """One at a time decides whose a connection is; a call without one binds nothing."""

    def __init__(self, call: Call):
        self._call = call
        self._connection = call.connection

    def __enter__(self):
        if self._connection:
            self._connection.identity_lock.acquire()
        return self

    def __exit__(self, *_):
        if self._connection:
            self._connection.identity_lock.release()

    def require_unbound(self) -> None:
        """Raise AlreadyAuthenticated where the connection is somebody's."""
        if self._connection and self._connection.login:
            raise _taken(self._connection.login)

    def bind(self, access_token: str) -> dict | None:
        """Make the connection, where there is one, the player's whose token this is.

        A good token of the same player renews it; anything else is AlreadyAuthenticated there.
        """
        if self._connection is None:
            return None
        try:
            known = self._call.services.auth.authenticate(access_token)
        except InvalidToken:
            self.require_unbound()
            raise
        if self._connection.login not in (None, known["login"]):
            raise _taken(self._connection.login)
        self._connection.bind(**known)
        try:
            # It may have been revoked before the connection began to hear of that.
            return self._call.services.auth.authenticate(access_token)
        except InvalidToken:
            self._connection.revoke(None)
            raise
        except Unavailable:
            self._call.gateway.catching_up.check_login(self._connection)
            return known


def _taken(login: str) -> AlreadyAuthenticated:
    return AlreadyAuthenticated.of(
        f"This connection is {login}'s for its life: open another one", login=login
    )
