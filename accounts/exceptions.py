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


class TooManyFollowed(ServiceError):
    """The player follows as many players as one may."""


class TooManyBlocked(ServiceError):
    """The player has blocked as many players as one may."""


BOT_REFUSALS = (AccountNotFound, CannotBecomeBot)
OTHER_REFUSALS = (AccountNotFound, OwnAccount)
FOLLOW_REFUSALS = (*OTHER_REFUSALS, TooManyFollowed)
BLOCK_REFUSALS = (*OTHER_REFUSALS, TooManyBlocked)
