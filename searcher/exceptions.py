"""The errors that callers of the searcher service can cause."""

from auth.exceptions import GuestNotAllowed
from extensions.errors import RateLimited, ServiceError
from sessions.exceptions import GameNotFound, InvalidOptions


class SearchAlreadyStarted(ServiceError):
    """The player searches already."""


class SearchNotStarted(ServiceError):
    """The player does not search."""


class ProposalNotFound(ServiceError):
    """No proposal of this id stands for the player."""


START_REFUSALS = (
    SearchAlreadyStarted, RateLimited, GameNotFound, InvalidOptions, GuestNotAllowed
)
