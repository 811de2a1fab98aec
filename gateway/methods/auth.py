"""Registering, logging in, and authenticating a connection."""

from collections.abc import Callable

from auth.exceptions import InvalidCredentials, InvalidToken, LoginTaken, WeakPassword
from extensions.clock import timestamp
from gateway.methods.call import HandlerCall
from gateway.protocol import params, results
from gateway.protocol.errors import AlreadyAuthenticated
from gateway.protocol.registry import Access, method


@method(
    "auth.register", Access.ANYONE, LoginTaken, WeakPassword, AlreadyAuthenticated,
    ignores_token=True,
)
def register(call: HandlerCall, given: params.Registration) -> results.Tokens:
    """Register a new player. On a socket, the connection becomes that player's.

    What fails half-way is finished by asking again with the same password. After `Unavailable`,
    `LoginTaken` may mean that nothing was left to finish: then log in.
    """
    return _authenticated(
        call, lambda: call.registration.register(given.login, given.password, call.address)
    )


@method(
    "auth.guest", Access.ANYONE, LoginTaken, AlreadyAuthenticated, ignores_token=True
)
def guest(call: HandlerCall, given: params.Guest) -> results.Tokens:
    """Make a guest: a player without a password. On a socket, the connection becomes that player's.

    Without a login the server makes one. A guest plays all but rated games, and is deleted after
    staying away.
    """
    return _authenticated(
        call, lambda: call.registration.add_guest(given.login, call.address)
    )


@method("auth.claim", Access.PLAYER, InvalidCredentials, WeakPassword)
def claim(call: HandlerCall, given: params.Claim) -> results.Empty:
    """Make a guest a registered player, who logs in by this password.

    Login, tokens, connections and games stay. Asking again with the same password finishes what
    has failed half-way; `InvalidCredentials` where there is another password already.
    """
    call.registration.claim(call.player, given.password, call.address)
    if call.connection is not None:
        call.connection.identity.claim()
    return {}


@method(
    "auth.login", Access.ANYONE, InvalidCredentials, AlreadyAuthenticated, ignores_token=True
)
def login(call: HandlerCall, given: params.Login) -> results.Tokens:
    """Log a player in. On a socket, the connection becomes that player's."""
    return _authenticated(
        call, lambda: call.registration.log_in(given.login, given.password, call.address)
    )


@method("auth.refresh", Access.ANYONE, InvalidToken, ignores_token=True)
def refresh(call: HandlerCall, given: params.RefreshToken) -> results.Tokens:
    """Exchange a refresh token, which is used up, for new tokens.

    Within 30 seconds it gives the same ones again, if the new one has not been used. Using it after
    that revokes all tokens that came of its login.
    """
    return call.services.auth.refresh(given.refresh_token)


@method("auth.logout", Access.PLAYER, InvalidToken)
def logout(call: HandlerCall, given: params.Logout) -> results.Empty:
    """Revoke all tokens that came of this login, and close the sockets opened with them."""
    call.services.auth.logout(call.player, call.family, given.refresh_token)
    return {}


@method(
    "auth.authenticate", Access.ANYONE, InvalidToken, AlreadyAuthenticated, socket_only=True
)
def authenticate(call: HandlerCall, given: params.AccessToken) -> results.Identity:
    """Make the connection the player's whose access token this is, or renew it."""
    identity = call.socket.identity
    with identity.lock:
        claims = identity.authenticate(given.access_token)
    return {"login": claims["login"], "expires_at": timestamp(claims["expires_at"])}


@method("auth.change_password", Access.PLAYER, InvalidCredentials, WeakPassword)
def change_password(call: HandlerCall, given: params.PasswordChange) -> results.Empty:
    """Set another password: all tokens of the player are revoked, and all sockets close."""
    with call.limits.password_check(call.player, call.address):
        call.services.auth.change_password(
            call.player, given.password, given.new_password, call.fingerprint
        )
    return {}


def _authenticated(call: HandlerCall, get_tokens: Callable[[], results.Tokens]) -> results.Tokens:
    """Get tokens, and make the connection, where there is one, the player's whom they name."""
    if call.connection is None:
        return get_tokens()
    identity = call.connection.identity
    with identity.lock:
        identity.require_anonymous()
        with identity.arriving():  # before any work is done
            tokens = get_tokens()
            identity.authenticate(tokens["access_token"])
    return tokens
