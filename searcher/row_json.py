"""How the rows of the searcher's tables are written as JSON, and read again.

The names stay as they are: instances of two releases share the tables during an upgrade. One does
not know the names that a later one adds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from searcher.avoidance import AbortedSessions
from searcher.pairing import Pairing
from searcher.ready_check import Proposal
from searcher.search import Options, Search

WAITING, PROPOSED, PAIRED = "waiting", "proposed", "paired"  # kinds of places


class StoredSearch(TypedDict):
    """A search without `alive_until`, which has a table of its own."""

    login: str
    game: str
    options: Options
    rating: float
    rating_range: float | None
    since: float
    connection_id: str | None
    held: NotRequired[float]
    call_id: NotRequired[str | None]
    avoids: NotRequired[Sequence[str]]
    seats: NotRequired[int]


class StoredProposal(TypedDict):
    """A proposal; `told` once it is noted that it was announced."""

    requests: Sequence[StoredSearch]
    proposed_at: float
    deadline: float
    accepted: Sequence[str]
    told: bool


class StoredPairing(TypedDict):
    """A pairing, without its id."""

    game: str
    options: Options
    players: Sequence[str]
    taken_at: float
    since: Sequence[float]
    calls: Sequence[str | None]


@dataclass(frozen=True)
class Place:
    """Where a player is: waiting in a pool, or in a proposal or a pairing, by its id."""

    kind: str
    name: str
    connection_id: str | None = None  # of a player who waits


def search_json(search: Search) -> StoredSearch:
    """Return what is stored of a search: whom it avoids if anybody, and seats if not two."""
    stored: StoredSearch = {
        "login": search.login, "game": search.game, "options": search.options,
        "rating": search.rating, "rating_range": search.rating_range, "since": search.since,
        "connection_id": search.connection_id, "held": search.held, "call_id": search.request_id,
    }
    if search.avoids:
        stored["avoids"] = search.avoids
    if search.seats != 2:
        stored["seats"] = search.seats
    return stored


def search_from_json(login: str, stored: StoredSearch) -> Search:
    return Search(
        stored["login"], stored["game"], stored["options"], stored["rating"],
        stored["rating_range"], stored["since"], stored["connection_id"],
        held=stored.get("held", 0.0), request_id=stored.get("call_id"),
        avoids=tuple(stored.get("avoids", ())), seats=stored.get("seats", 2),
    )


def proposal_json(proposal: Proposal) -> StoredProposal:
    return {
        "requests": [search_json(each) for each in proposal.searches],
        "proposed_at": proposal.proposed_at, "deadline": proposal.deadline,
        "accepted": sorted(proposal.accepted), "told": proposal.announced,
    }


def proposal_from_json(proposal_id: str, stored: StoredProposal) -> Proposal:
    searches = tuple(search_from_json(each["login"], each) for each in stored["requests"])
    return Proposal(
        proposal_id, searches, stored["proposed_at"], stored["deadline"],
        frozenset(stored["accepted"]), stored["told"],
    )


def pairing_json(pairing: Pairing) -> StoredPairing:
    return {
        "game": pairing.game, "options": pairing.options, "players": pairing.players,
        "taken_at": pairing.taken_at, "since": pairing.since, "calls": pairing.request_ids,
    }


def pairing_from_json(pairing_id: str, stored: StoredPairing) -> Pairing:
    return Pairing(
        pairing_id, stored["game"], stored["options"], tuple(stored["players"]),
        stored["taken_at"], tuple(stored["since"]), tuple(stored["calls"]),
    )


def place_json(place: Place) -> list[str | None]:
    return [place.kind, place.name, *([place.connection_id] if place.kind == WAITING else [])]


def place_from_json(login: str, stored: Sequence[str]) -> Place:
    return Place(*stored)


def aborted_json(aborted: AbortedSessions) -> tuple[tuple[str, ...], float]:
    return aborted.session_ids, aborted.at


def aborted_from_json(pair: str, stored: tuple[Sequence[str], float]) -> AbortedSessions:
    return AbortedSessions(tuple(stored[0]), stored[1])


def number_json(number: float | None) -> float | None:
    return number


def number_from_json(key: str, stored: float | None) -> float | None:
    return stored
