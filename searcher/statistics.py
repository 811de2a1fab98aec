"""How many players search, and for how long: for the gauges."""

import math
from collections import defaultdict
from dataclasses import dataclass

from searcher.models import PROPOSALS, by_age, pools, queue_of
from searcher.search import RANGE_LIMITS
from searcher.tables import Span, Tables


@dataclass(frozen=True)
class Statistics:
    """How many wait and since when the first of them does, by game; and how many proposals stand.
    """

    waiting: dict[str, int]
    first_since: dict[str, float]
    proposals: int


def statistics(tables: Tables) -> Statistics:
    """Count who waits, by game, and the proposals that stand."""
    waiting: dict[str, int] = defaultdict(int)
    first_since: dict[str, float] = {}
    for game, pool in pools(tables):
        waiting[game] += tables.count(queue_of(pool))
        oldest = tables.scan([Span(by_age(pool, each), limit=1) for each in RANGE_LIMITS])
        starts = [since for found in oldest for _, since in found]
        first_since[game] = min([*starts, first_since.get(game, math.inf)])
    return Statistics(dict(waiting), first_since, tables.count(PROPOSALS))
