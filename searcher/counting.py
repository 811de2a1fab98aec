"""Counts who searches for the same as a player."""

from collections.abc import Iterator

from searcher.aborted_pairs import kept_apart
from searcher.matching import are_apart
from searcher.models import PROPOSALS, by_age, proposed_in, queue_of
from searcher.search import RANGE_LIMITS, Search
from searcher.tables import Span, Step, Tables

MAX_LOOKED_AT = 50  # of more, a number does not show whether somebody is among them


def count_searching(tables: Tables, search: Search, now: float) -> int:
    """Count who searches for the same, with the player and those for whom a proposal stands.

    Of few, those who are kept apart from the player are left out.
    """
    in_proposals = search.seats * tables.size(proposed_in(search.pool))
    number = in_proposals + tables.count(queue_of(search.pool))
    if number > MAX_LOOKED_AT:
        return number
    step = Step(tables)
    searches = list(_searches(step, tables, search.pool))
    apart = kept_apart(step, [(search.login, each.login) for each in searches], now)
    return sum(not are_apart(search, each, apart) for each in searches)


def _searches(step: Step, tables: Tables, pool: str) -> Iterator[Search]:
    found = tables.scan([Span(by_age(pool, limit)) for limit in RANGE_LIMITS])
    logins = [login for each in found for login, _ in each]
    yield from filter(None, step.peek(queue_of(pool), logins).values())
    for proposal in step.peek(PROPOSALS, tables.keys(Span(proposed_in(pool)))).values():
        yield from proposal.searches if proposal else ()
