"""Finds the candidates for a search: the few searches of its pool that it may meet."""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from searcher.aborted_pairs import kept_apart
from searcher.grouping import Group, groups
from searcher.matching import Apart, Windows, look_ahead, meet, next_look
from searcher.models import LOOKS, by_age, by_rating, queue_of
from searcher.search import RANGE_LIMITS, Search
from searcher.tables import Found, Span, Step

ROUNDING_POINTS = 0.001  # by which a distance may be reckoned too short


@dataclass(frozen=True)
class Candidates:
    """The searches that one may meet, now or later: all of them until a moment."""

    search: Search
    others: list[Search]
    until: float
    apart: Apart

    def meeting(self, now: float, windows: Windows) -> list[Search]:
        """Return those whom the search meets now."""
        return [each for each in self.others if meet(self.search, each, now, windows, self.apart)]

    def next_look(self, now: float, windows: Windows, gone: Collection[str]) -> float:
        """Return when to look for opponents again, where some of the others are gone by now."""
        others = (each for each in self.others if each.login not in gone)
        return next_look(self.search, others, self.until, now, windows, self.apart)


def due(step: Step, pool: str, logins: Sequence[str]) -> list[Search]:
    """Return the searches of these players that are in a pool, on which the step then depends."""
    step.watch(queue_of(pool))
    return [row for row in step.peek(queue_of(pool), logins).values() if row]


def choose_groups(
    step: Step, searches: Sequence[Search], now: float, windows: Windows
) -> list[Group]:
    """Choose who plays together among these searches of a pool and all whom they may meet.

    Schedule when those of them who are in no group look again.
    """
    if not searches:
        return []
    found = find_candidates(step, searches, now, windows)
    chosen = _choose(step, found, now, windows)
    gone = {search.login for group in chosen for search in group}
    for each in found:
        if each.search.login not in gone:
            step.place(LOOKS, each.search.login, each.next_look(now, windows, gone))
    return chosen


def _choose(
    step: Step, found: Sequence[Candidates], now: float, windows: Windows
) -> list[Group]:
    """Choose groups of which no two players are kept apart."""
    apart = dict(found[0].apart)
    meets = partial(meet, now=now, windows=windows, apart=apart)
    meeting = [(each.search, each.meeting(now, windows)) for each in found]
    while True:
        chosen = groups(meeting, meets)
        # Of two, it is known already.
        many = [group for group in chosen if len(group) > 2]
        pairs = [
            (one.login, other.login) for group in many for one, other in combinations(group, 2)
        ]
        if not (more := kept_apart(step, pairs, now)):
            return chosen
        apart |= more


def find_candidates(
    step: Step, searches: Sequence[Search], now: float, windows: Windows
) -> list[Candidates]:
    """Return the candidates for searches of one pool.

    The step depends on the whole pool: whoever comes in meanwhile has it made again.
    """
    pool = searches[0].pool
    table = queue_of(pool)
    # Two of each, as the first may be the very search that looks for an opponent.
    oldest = step.scan(table, [Span(by_age(pool, limit), limit=2) for limit in RANGE_LIMITS])
    directions = [list(_directions(search, oldest, now, windows)) for search in searches]
    found = iter(step.scan(table, [span for each in directions for span, _ in each]))
    logins = [
        [login for _ in each for login, _ in next(found) if login != search.login]
        for search, each in zip(searches, directions, strict=True)
    ]
    rows = step.peek(table, dict.fromkeys(login for each in logins for login in each))
    apart = kept_apart(
        step,
        [(each.login, one) for each, near in zip(searches, logins, strict=True) for one in near],
        now,
    )
    return [
        Candidates(
            search, [row for login in near if (row := rows[login])],
            min((until for _, until in each), default=math.inf), apart,
        )
        for search, near, each in zip(searches, logins, directions, strict=True)
    ]


def _directions(
    search: Search, oldest: list[Found], now: float, windows: Windows
) -> Iterator[tuple[Span, float]]:
    """Yield which ratings to read, by range limit, and until when these are enough."""
    for limit, first in zip(RANGE_LIMITS, oldest, strict=True):
        since = next((since for login, since in first if login != search.login), None)
        if since is not None:
            ahead = look_ahead(search, limit, since, now, windows)
            points = ahead.points + ROUNDING_POINTS
            order = by_rating(search.pool, limit)
            yield Span(order, search.rating - points, search.rating + points), ahead.until
