"""What the searcher answers, and the messages that it announces."""

import math
from typing import Literal, TypedDict

from extensions.clock import timestamp
from extensions.outbox.message import OutboxMessage
from searcher import events
from searcher.matching import Windows, reach
from searcher.meetings import Meeting
from searcher.pairing import Pairing
from searcher.ready_check import Lapse, Proposal
from searcher.search import Options, Search


class GameTerms(TypedDict):
    """What is to be played, as the session service completes it."""

    game: str
    options: Options
    seats: int


class SearchIdle(TypedDict):
    status: Literal["idle"]


class SearchStarted(TypedDict):
    status: Literal["searching"]


class Opponents(TypedDict):
    """The other players in the order of moving; `opponent` is the first of them."""

    opponent: str
    opponents: list[str]


class SearchFound(Opponents):
    status: Literal["found"]
    session_id: str


class MatchAccepted(TypedDict):
    status: Literal["accepted"]


class Searching(TypedDict):
    """How a search stands; `waited` and `estimate` are seconds."""

    status: Literal["searching"]
    game: str
    options: Options
    seats: int
    waited: float
    searching: int
    estimate: float | None


class SearchWindow(TypedDict):
    """How many points away an opponent may be; none where anybody will do, or nobody searches."""

    window: float | None


def started(
    met: Meeting | None, session_id: str | None, login: str
) -> SearchStarted | SearchFound:
    """Tell a player who begins to search whether opponents were found at once."""
    if session_id is None or not isinstance(met, Pairing):
        return {"status": "searching"}
    return {"status": "found", "session_id": session_id, **_opponents(met, login)}


def searching(
    search: Search, now: float, searching: int, estimate: float | None
) -> Searching:
    """Tell how a player's search stands."""
    return {
        "status": "searching", "game": search.game, "options": search.options,
        "seats": search.seats, "waited": now - search.since, "searching": searching,
        "estimate": estimate,
    }


def beginning(pairing: Pairing | None, login: str, now: float) -> Searching | SearchIdle:
    """Tell of a search that has found somebody, and whose session has not begun yet; or of none."""
    if pairing is None:
        return {"status": "idle"}
    return {
        "status": "searching", "game": pairing.game, "options": pairing.options,
        "seats": len(pairing.players), "waited": pairing.waited(login, now),
        "searching": len(pairing.players), "estimate": None,
    }


def window(search: Search | None, now: float, windows: Windows) -> SearchWindow:
    """Tell how far from the player's rating an opponent may be."""
    points = math.inf if search is None else reach(search, now, windows)
    return {"window": None if math.isinf(points) else points}


def opponent_found(pairing: Pairing, session_id: str, now: float) -> list[OutboxMessage]:
    """Tell each player who the others are."""
    return [
        OutboxMessage(
            f"pairing.{pairing.pairing_id}", events.OPPONENT_FOUND,
            {
                "at": timestamp(now), "session_id": session_id, "game": pairing.game,
                "options": pairing.options, **_opponents(pairing, login),
            },
            players=(login,), internal=_about_search(pairing.request_id_of(login)),
            id=f"{pairing.pairing_id}.{login}",
        )
        for login in pairing.players
    ]


def match_proposed(proposal: Proposal, now: float) -> OutboxMessage:
    """Ask all players whether they are there; who the others are they are not told yet."""
    search = proposal.searches[0]
    params = {
        "at": timestamp(now), "proposal_id": proposal.proposal_id, "game": search.game,
        "options": search.options, "seats": search.seats,
        "deadline": timestamp(proposal.deadline),
    }
    return OutboxMessage(
        f"proposal.{proposal.proposal_id}", events.MATCH_PROPOSED, params,
        players=proposal.players, id=proposal.proposal_id,
    )


def lapsed(lapse: Lapse, now: float) -> list[OutboxMessage]:
    """Tell all players that nothing has come of a proposal, and the gateways who is out."""
    out = [lapse.proposal.search_of(login) for login in lapse.out]
    stops = [stopped(search.login, now, search.request_id) for search in out]
    return [*stops, *match_lapsed(lapse, now)]


def match_lapsed(lapse: Lapse, now: float) -> list[OutboxMessage]:
    """Tell all players that nothing has come of it, and each whether the search goes on."""
    proposal_id = lapse.proposal.proposal_id
    return [
        OutboxMessage(
            f"proposal.{proposal_id}", events.MATCH_LAPSED,
            {
                "at": timestamp(now), "proposal_id": proposal_id,
                "searching": login not in lapse.out,
            },
            players=(login,), internal=_about_search(lapse.proposal.search_of(login).request_id),
        )
        for login in lapse.proposal.players
    ]


def expired(search: Search, now: float) -> OutboxMessage:
    """Tell a player that nobody was found."""
    waited = now - search.since
    return _expired(search.login, search.game, search.options, waited, now, search.request_id)


def given_up(pairing: Pairing, now: float) -> list[OutboxMessage]:
    """Tell the players of a pairing whose session could not begin."""
    return [
        _expired(
            login, pairing.game, pairing.options, pairing.waited(login, now), now,
            pairing.request_id_of(login),
        )
        for login in pairing.players
    ]


def stopped(login: str, now: float, request_id: str | None) -> OutboxMessage:
    """Tell the gateways that a player's search, or none, is not to be kept alive."""
    return OutboxMessage(
        f"search.{login}", events.STOPPED, {"at": timestamp(now)}, players=(login,),
        internal=_about_search(request_id),
    )


def _expired(
    login: str, game: str, options: Options, waited: float, now: float,
    request_id: str | None,
) -> OutboxMessage:
    params = {"at": timestamp(now), "game": game, "options": options, "waited": waited}
    return OutboxMessage(
        f"search.{login}", events.EXPIRED, params, players=(login,),
        internal=_about_search(request_id),
    )


def _opponents(pairing: Pairing, login: str) -> Opponents:
    """Name the others: the next one to move as `opponent`, and all of them."""
    opponents = pairing.opponents_of(login)
    return {"opponent": opponents[0], "opponents": opponents}


def _about_search(request_id: str | None) -> dict[str, str]:
    """Name the search that has ended by the request that started it: for the gateways only."""
    return {} if request_id is None else {"search": request_id}
