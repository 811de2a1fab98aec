"""The errors that callers of the auth service can cause, and one that guests cause elsewhere."""

from typing import Any

from extensions.errors import ServiceError


class LoginTaken(ServiceError):
    """Somebody has, or had, this login."""


class InvalidCredentials(ServiceError):
    """The login is unknown or the password wrong; which of them is not told."""


class WeakPassword(ServiceError):
    """The new password is common or easy to guess."""


class GuestNotAllowed(ServiceError):
    """A guest plays no rated games: set a password by `auth.claim`, or ask for `rated: false`."""


class InvalidToken(ServiceError):
    """The token is forged, expired, revoked or of another kind."""


def require_playable(login: str, guest: bool, options: dict[str, Any]) -> None:
    """Raise GuestNotAllowed if the player is a guest, and a game of these options is rated."""
    if guest and options["rated"]:
        raise GuestNotAllowed.of(
            f"{login} is a guest, and guests play no rated games: set a password by auth.claim, "
            "or play with rated: false",
            login=login,
        )
