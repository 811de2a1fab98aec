"""The errors that callers of the searcher service can cause."""

from extensions.errors import ServiceError


class SearchAlreadyStarted(ServiceError):
    """The player searches already."""


class SearchNotStarted(ServiceError):
    """The player does not search."""


class ProposalNotFound(ServiceError):
    """No proposal of this id stands for the player."""
