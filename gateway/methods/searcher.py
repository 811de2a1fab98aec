"""The search for opponents."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from pydantic import ValidationError

from accounts.exceptions import AccountNotFound, BotNotAllowed
from arbiter_games.options import CommonOptions
from arbiter_games.speeds import speed_of
from auth.exceptions import GuestNotAllowed
from extensions.errors import RateLimited
from gateway.broker.service_types import SearchCriteria, Seeker
from gateway.methods.call import HandlerCall
from gateway.protocol import params, results
from gateway.protocol.registry import Access, method
from searcher.exceptions import ProposalNotFound, SearchAlreadyStarted, SearchNotStarted
from sessions.exceptions import (
    GameNotFound,
    InvalidOptions,
    TooManySessions,
    require_vacancy,
)


@method(
    "searcher.start", Access.PLAYER,
    SearchAlreadyStarted, RateLimited, GameNotFound, InvalidOptions, AccountNotFound,
    BotNotAllowed, GuestNotAllowed, TooManySessions,
)
def start(
    call: HandlerCall, given: params.Search
) -> results.SearchStarted | results.SearchFound:
    """Search for opponents who ask for the same. The search ends with its connection.

    `seats` is how many play, by default the fewest that the game allows, and two or more.
    `RateLimited` in the pause after a proposal was missed, `AccountNotFound` where the deletion of
    one's account has failed half-way.
    """
    with _in_order(call), call.limits.game(call.player):
        fewest = call.games.fewest_players(given.game)
        seeker = call.services.accounts.seeker(call.player, given.game)
        if seeker["kind"] == "bot":
            raise BotNotAllowed.of(f"{call.player} is a bot, and bots do not search")
        require_vacancy(call.player, call.services.sessions.full_players([call.player]))
        criteria: SearchCriteria = {
            "game": given.game, "options": given.options,
            "rating": _rating(seeker, given.options),
            "rating_range": given.rating_range, "guest": call.guest,
            "avoids": seeker["blocks"],
        }
        seats = max(fewest, 2) if given.seats is None else given.seats
        if seats != 2:  # of others, a searcher of the release before does not know
            criteria["seats"] = seats
        if call.connection is None:
            return call.services.searcher.start(call.player, **criteria)
        return call.connection.search.start(call.player, criteria)


@method("searcher.stop", Access.PLAYER, SearchNotStarted)
def stop(call: HandlerCall, given: params.NoParams) -> results.Empty:
    """End the search; an open proposal is declined."""
    with _in_order(call):
        call.services.searcher.stop(call.player)
    return {}


@method("searcher.status", Access.PLAYER)
def status(call: HandlerCall, given: params.NoParams) -> results.SearchIdle | results.Searching:
    """Get the state of one's search."""
    return call.services.searcher.status(call.player)


@method("searcher.window", Access.PLAYER)
def window(call: HandlerCall, given: params.NoParams) -> results.SearchWindow:
    """Get how far from one's own rating an opponent may be by now.

    In points; null once any rating will do, and where one does not search.
    """
    return call.services.searcher.window(call.player)


@method("searcher.accept", Access.PLAYER, ProposalNotFound)
def accept(call: HandlerCall, given: params.ProposalId) -> results.MatchAccepted:
    """Accept a proposal, where a ready check is set; when all have, the session begins."""
    return call.services.searcher.accept(call.player, given.proposal_id)


def _rating(seeker: Seeker, options: dict[str, Any]) -> float:
    """Return the rating at the speed that the options make."""
    try:
        clock = CommonOptions.model_validate({"clock": options.get("clock")}).model_dump()["clock"]
    except ValidationError:
        return seeker["rating"]  # the search will be refused
    return seeker["ratings"].get(speed_of(clock), seeker["rating"])


@contextmanager
def _in_order(call: HandlerCall) -> Iterator[None]:
    """Serve the starts and stops of a connection in the order of their arrival, each in its turn.

    Otherwise a stop that follows a start at once could be served first, and end nothing.
    """
    lock = call.connection.search.lock if call.connection else nullcontext()
    with lock, call.turn("searcher"):
        yield
