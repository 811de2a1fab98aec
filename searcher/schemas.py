"""What the searcher tells of a search, and what it announces."""

import math

from extensions.clock import timestamp
from extensions.outbox.message import OutboxMessage
from searcher import events
from searcher.matching import Request, Windows, reach
from searcher.ready_check import Lapse, Proposal
from searcher.store import Pairing


def searching(request: Request, now: float, searching: int, estimate: float | None) -> dict:
    """How a player's search stands."""
    return {
        "status": "searching", "game": request.game, "options": request.options,
        "waited": now - request.since, "searching": searching, "estimate": estimate,
    }


def beginning(pairing: Pairing, login: str, now: float) -> dict:
    """How a search stands that has found somebody, and whose session has not begun yet."""
    return {
        "status": "searching", "game": pairing.game, "options": pairing.options,
        "waited": pairing.waited(login, now), "searching": len(pairing.players), "estimate": None,
    }


def window(request: Request | None, now: float, windows: Windows) -> dict:
    """How far from the player's rating an opponent may be."""
    points = math.inf if request is None else reach(request, now, windows)
    return {"window": None if math.isinf(points) else points}


def found(pairing: Pairing, session_id: str, login: str) -> dict:
    """What a player is told who has an opponent at once."""
    return {
        "status": "found", "session_id": session_id, "opponent": _opponent(pairing, login)
    }


def opponent_found(pairing: Pairing, session_id: str, now: float) -> list[OutboxMessage]:
    """Tells each player who the other is."""
    return [
        OutboxMessage(
            f"pairing.{pairing.pairing_id}", events.OPPONENT_FOUND,
            {
                "at": timestamp(now), "session_id": session_id, "game": pairing.game,
                "options": pairing.options, "opponent": _opponent(pairing, login),
            },
            players=(login,), internal=_about_search(pairing.call_of(login)),
            id=f"{pairing.pairing_id}.{login}",
        )
        for login in pairing.players
    ]


def match_proposed(proposal: Proposal, now: float) -> OutboxMessage:
    """Asks both players whether they are there; who the other is they are not told yet."""
    request = proposal.requests[0]
    params = {
        "at": timestamp(now), "proposal_id": proposal.proposal_id, "game": request.game,
        "options": request.options, "deadline": timestamp(proposal.deadline),
    }
    about = f"proposal.{proposal.proposal_id}"
    return OutboxMessage(
        about, events.MATCH_PROPOSED, params, players=proposal.players, id=proposal.proposal_id
    )


def match_lapsed(lapse: Lapse, now: float) -> list[OutboxMessage]:
    """Tells both players that nothing has come of it, and each whether the search goes on."""
    proposal_id = lapse.proposal.proposal_id
    return [
        OutboxMessage(
            f"proposal.{proposal_id}", events.MATCH_LAPSED,
            {
                "at": timestamp(now), "proposal_id": proposal_id,
                "searching": login not in lapse.out,
            },
            players=(login,), internal=_about_search(lapse.proposal.of(login).call_id),
        )
        for login in lapse.proposal.players
    ]


def expired(request: Request, now: float) -> OutboxMessage:
    """Tells a player that nobody was found."""
    waited = now - request.since
    return _expired(request.login, request.game, request.options, waited, now, request.call_id)


def given_up(pairing: Pairing, now: float) -> list[OutboxMessage]:
    """Tells the players of a pairing whose session could not begin."""
    return [
        _expired(
            login, pairing.game, pairing.options, pairing.waited(login, now), now,
            pairing.call_of(login),
        )
        for login in pairing.players
    ]


def stopped(login: str, now: float, call_id: str | None) -> OutboxMessage:
    """Tells the gateways that a player's search, or none, is not to be kept alive."""
    params, internal = {"at": timestamp(now)}, _about_search(call_id)
    return OutboxMessage(
        f"search.{login}", events.STOPPED, params, players=(login,), internal=internal
    )


def _expired(
    login: str, game: str, options: dict, waited: float, now: float, call_id: str | None
) -> OutboxMessage:
    params = {"at": timestamp(now), "game": game, "options": options, "waited": waited}
    internal = _about_search(call_id)
    return OutboxMessage(
        f"search.{login}", events.EXPIRED, params, players=(login,), internal=internal
    )


def _about_search(call_id: str | None) -> dict:
    """Which search it is that has ended, by the call that started it: for the gateways only."""
    return {} if call_id is None else {"search": call_id}


def _opponent(pairing: Pairing, login: str) -> str:
    return next(other for other in pairing.players if other != login)
