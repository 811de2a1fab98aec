"""The errors that callers of the accounts service can cause."""

from extensions.errors import ServiceError


class AccountNotFound(ServiceError):
    """No account has this login."""


class CannotBecomeBot(ServiceError):
    """A guest's account, or one that has finished a rated game, cannot become a bot's."""


class BotNotAllowed(ServiceError):
    """A bot does not search for opponents: it is met in rooms."""


class OwnAccount(ServiceError):
    """This is done to other players only."""
