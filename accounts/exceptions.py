"""The errors that callers of the accounts service can cause."""

from extensions.errors import ServiceError


class AccountNotFound(ServiceError):
    """No account has this login."""
