"""The search for an opponent."""

from contextlib import nullcontext

from accounts.exceptions import AccountNotFound
from extensions.errors import RateLimited
from gateway.protocol import params, results
from gateway.protocol.registry import Access, Call, method
from searcher.exceptions import ProposalNotFound, SearchAlreadyStarted, SearchNotStarted
from sessions.exceptions import GameNotFound, InvalidOptions


@method(
    "searcher.start", Access.PLAYER, params.Search, results.SearchStarted | results.SearchFound,
    (SearchAlreadyStarted, RateLimited, GameNotFound, InvalidOptions, AccountNotFound),
)
def start(call: Call, given: params.Search):
    """Search for an opponent who asks for the same. The search ends with its connection.

    `RateLimited` in the pause after a proposal was missed, `AccountNotFound` where the deletion of
    one's account has failed half-way.
    """
    with _in_turn(call):
        call.gateway.games.require(given.game)
        account = call.services.accounts.get(call.login, [given.game])
        search = {
            "game": given.game, "options": given.options,
            "rating": account["ratings"][given.game]["rating"], "rating_range": given.rating_range,
        }
        if call.connection is None:
            return call.services.searcher.start(call.login, **search)
        return call.connection.search(search)


@method("searcher.stop", Access.PLAYER, params.NoParams, results.Empty, (SearchNotStarted,))
def stop(call: Call, given: params.NoParams):
    """End the search; a proposal that stands is declined."""
    with _in_turn(call):
        call.services.searcher.stop(call.login)
    return {}


@method(
    "searcher.status", Access.PLAYER, params.NoParams, results.SearchIdle | results.Searching
)
def status(call: Call, given: params.NoParams):
    """How one's search stands."""
    return call.services.searcher.status(call.login)


@method("searcher.window", Access.PLAYER, params.NoParams, results.SearchWindow)
def window(call: Call, given: params.NoParams):
    """How far from one's own rating an opponent may be by now.

    In points; null once anybody will do, and where one does not search.
    """
    return call.services.searcher.window(call.login)


@method(
    "searcher.accept", Access.PLAYER, params.ProposalId, results.MatchAccepted, (ProposalNotFound,)
)
def accept(call: Call, given: params.ProposalId):
    """Say that one is there, where a ready check is set; when both have, the session begins."""
    return call.services.searcher.accept(call.login, given.proposal_id)


def _in_turn(call: Call):
    """Serves the starts and stops of a connection one after the other, in the order they came in.

    Else a stop that is sent on the heels of a start could be served first, and end nothing.
    """
    return call.connection.search_lock if call.connection else nullcontext()
