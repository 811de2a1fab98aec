"""The tables of the searcher and the orders beside them.

Where a player is, in the queue, in a proposal or in a pairing, is one row of PLAYERS. Each way from
one to the next is a step that is made only if this row is still what it was. So nobody is ever in
two of them, or in two pairings, whatever instances do at once.

An order says where to look, and only the row counts, which may have changed meanwhile.
"""

from collections.abc import Iterator

from searcher import row_json
from searcher.avoidance import AbortedSessions
from searcher.pairing import Pairing
from searcher.ready_check import Proposal
from searcher.row_json import Place
from searcher.search import Search, game_of
from searcher.tables import Entry, Table, Tables

# Orders of searches, by login ...
LOOKS = "looks"  # the moment from which a search may meet somebody whom it has not met yet
SEARCH_STARTS = "beginnings"
LEASES = "leases"  # when a search ends that nobody renews; those in proposals are among them
# ... of proposals and pairings, by id, and of pairs of players, by their logins.
PROPOSAL_ENDS = "proposal_ends"
UNANNOUNCED = "unannounced"  # when a proposal was made of which nobody may know
PAIRING_STARTS = "pairing_beginnings"
LAST_ABORTED = "last_aborted"
AT_ONCE_SCORE = 0.0

QUEUE_PREFIX = "waiting:"


def by_rating(pool: str, range_limit: float) -> str:
    """Name the order of the ratings of those who wait in a pool and have this range limit."""
    return f"ratings:{range_limit:g}:{pool}"


def by_age(pool: str, range_limit: float) -> str:
    """Name the order in which those began who wait in a pool and have this range limit."""
    return f"ages:{range_limit:g}:{pool}"


def proposed_in(pool: str) -> str:
    """Name the order of the proposals that stand in a pool."""
    return f"proposed:{pool}"


def queue_of(pool: str) -> Table[Search]:
    """Return the table of those who wait in a pool, by login."""
    return Table(
        f"{QUEUE_PREFIX}{pool}", row_json.search_json, row_json.search_from_json, _search_entries
    )


def pools(tables: Tables) -> Iterator[tuple[str, str]]:
    """Yield the pools in which somebody waits, each with its game."""
    for name in tables.names(QUEUE_PREFIX):
        pool = name.removeprefix(QUEUE_PREFIX)
        yield game_of(pool), pool


def _search_entries(login: str, search: Search) -> Iterator[Entry]:
    pool, limit = search.pool, search.range_limit
    yield Entry(by_rating(pool, limit), login, search.rating)
    yield Entry(by_age(pool, limit), login, search.since)
    yield Entry(SEARCH_STARTS, login, search.since)
    yield Entry(LOOKS, login, AT_ONCE_SCORE)


def _lease_entries(login: str, until: float | None) -> Iterator[Entry]:
    yield Entry(LEASES, login, until)


def _proposal_entries(proposal_id: str, proposal: Proposal) -> Iterator[Entry]:
    yield Entry(PROPOSAL_ENDS, proposal_id, proposal.ends_at)
    yield Entry(proposed_in(proposal.pool), proposal_id, proposal.deadline)
    yield Entry(UNANNOUNCED, proposal_id, None if proposal.announced else proposal.proposed_at)


def _pairing_entries(pairing_id: str, pairing: Pairing) -> Iterator[Entry]:
    yield Entry(PAIRING_STARTS, pairing_id, pairing.taken_at)


def _aborted_entries(pair: str, aborted: AbortedSessions) -> Iterator[Entry]:
    yield Entry(LAST_ABORTED, pair, aborted.at)


PLAYERS: Table[Place] = Table("players", row_json.place_json, row_json.place_from_json)
ALIVE: Table[float | None] = Table(
    "alive", row_json.number_json, row_json.number_from_json, _lease_entries
)
PROPOSALS: Table[Proposal] = Table(
    "proposals", row_json.proposal_json, row_json.proposal_from_json, _proposal_entries
)
PAIRINGS: Table[Pairing] = Table(
    "pairings", row_json.pairing_json, row_json.pairing_from_json, _pairing_entries
)
ABORTED: Table[AbortedSessions] = Table(
    "aborted", row_json.aborted_json, row_json.aborted_from_json, _aborted_entries
)
# When a pair that is kept apart last aborted a session.
APART: Table[float | None] = Table("apart", row_json.number_json, row_json.number_from_json)
