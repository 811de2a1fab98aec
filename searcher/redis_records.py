"""How requests, proposals and pairings stand in Redis: as JSON, and read again."""

from dataclasses import replace
from typing import Any

from searcher.matching import Request
from searcher.ready_check import Proposal
from searcher.store import Pairing

FIELDS = (
    "login", "game", "options", "rating", "rating_range", "since", "connection_id", "held",
    "call_id",
)


def of_request(request: Request) -> dict[str, Any]:
    """A request without what is kept apart: until when it lives."""
    return {name: getattr(request, name) for name in FIELDS}


def of_proposal(proposal: Proposal) -> dict[str, Any]:
    """A proposal without its id, by which it is kept."""
    return {
        "requests": [of_request(each) for each in proposal.requests],
        "proposed_at": proposal.proposed_at, "deadline": proposal.deadline,
        "accepted": sorted(proposal.accepted), "told": proposal.told,
    }


def of_pairing(pairing: Pairing) -> dict[str, Any]:
    """A pairing without its id, by which it is kept."""
    return {name: value for name, value in vars(pairing).items() if name != "pairing_id"}


def as_request(stored: dict[str, Any], alive_until: float | None) -> Request:
    """The request that was stored, and lives until then."""
    return replace(Request(**stored), alive_until=alive_until)


def as_proposal(
    proposal_id: str, stored: dict[str, Any], until: dict[str, float | None]
) -> Proposal:
    """The proposal that was stored under an id, its requests alive as told by their logins."""
    one, other = (as_request(each, until.get(each["login"])) for each in stored["requests"])
    return Proposal(
        proposal_id, (one, other), stored["proposed_at"], stored["deadline"],
        frozenset(stored["accepted"]),
        stored.get("told", True),  # an instance of the release before tells at once, and notes none
    )


def as_pairing(pairing_id: str, stored: dict[str, Any] | None) -> Pairing | None:
    """The pairing that was stored under an id, if one was."""
    if stored is None:
        return None
    lists = {name: tuple(stored.get(name, ())) for name in ("players", "since", "calls")}
    return Pairing(pairing_id, **{**stored, **lists})
