"""The errors that callers of the auth service can cause."""

from extensions.errors import ServiceError


class LoginTaken(ServiceError):
    """Somebody has, or had, this login."""


class InvalidCredentials(ServiceError):
    """The login is unknown or the password wrong; which of them is not told."""


class WeakPassword(ServiceError):
    """The new password is common or easy to guess."""


class InvalidToken(ServiceError):
    """The token is forged, expired, revoked or of another kind."""
