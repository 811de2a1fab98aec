"""How the rows of the searcher's tables are written as JSON, and read again.

The names stay as they are: instances of two releases share the tables during an upgrade. One does
not know the names that a later one adds.
"""

from dataclasses import dataclass
from typing import Any

from searcher.avoidance import AbortedSessions
from searcher.pairing import Pairing
from searcher.ready_check import Proposal
from searcher.search import Search

WAITING, PROPOSED, PAIRED = "waiting", "proposed", "paired"  # kinds of places

_SEARCH_FIELDS = {
    "login": "login", "game": "game", "options": "options", "rating": "rating",
    "rating_range": "rating_range", "since": "since", "connection_id": "connection_id",
    "held": "held", "call_id": "request_id", "avoids": "avoids",
}


@dataclass(frozen=True)
class Place:
    """Where a player is: waiting in a pool, or in a proposal or a pairing, by its id."""

    kind: str
    name: str
    connection_id: str | None = None  # of a player who waits


def search_json(search: Search) -> dict[str, Any]:
    """Tell a search without `alive_until`, which has a table of its own.

    Whom it avoids is written only where there is anybody.
    """
    told = {name: getattr(search, field) for name, field in _SEARCH_FIELDS.items()}
    return {name: value for name, value in told.items() if value != ()}


def search_from_json(login: str, stored: dict[str, Any]) -> Search:
    given = {field: stored[name] for name, field in _SEARCH_FIELDS.items() if name in stored}
    return Search(**given | {"avoids": tuple(stored.get("avoids", ()))})


def proposal_json(proposal: Proposal) -> dict[str, Any]:
    return {
        "requests": [search_json(each) for each in proposal.searches],
        "proposed_at": proposal.proposed_at, "deadline": proposal.deadline,
        "accepted": sorted(proposal.accepted), "told": proposal.announced,
    }


def proposal_from_json(proposal_id: str, stored: dict[str, Any]) -> Proposal:
    one, other = (search_from_json(each["login"], each) for each in stored["requests"])
    return Proposal(
        proposal_id, (one, other), stored["proposed_at"], stored["deadline"],
        frozenset(stored["accepted"]), stored["told"],
    )


def pairing_json(pairing: Pairing) -> dict[str, Any]:
    return {
        "game": pairing.game, "options": pairing.options, "players": pairing.players,
        "taken_at": pairing.taken_at, "since": pairing.since, "calls": pairing.request_ids,
    }


def pairing_from_json(pairing_id: str, stored: dict[str, Any]) -> Pairing:
    return Pairing(
        pairing_id, stored["game"], stored["options"], tuple(stored["players"]),
        stored["taken_at"], tuple(stored["since"]), tuple(stored["calls"]),
    )


def place_json(place: Place) -> list[str | None]:
    return [place.kind, place.name, *([place.connection_id] if place.kind == WAITING else [])]


def place_from_json(login: str, stored: list[Any]) -> Place:
    return Place(*stored)


def aborted_json(aborted: AbortedSessions) -> list[Any]:
    return [aborted.session_ids, aborted.at]


def aborted_from_json(pair: str, stored: list[Any]) -> AbortedSessions:
    return AbortedSessions(tuple(stored[0]), stored[1])


def number_json(number: float | None) -> float | None:
    return number


def number_from_json(key: str, stored: float | None) -> float | None:
    return stored
