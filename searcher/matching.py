"""Who meets whom: pure functions over the searches of players who wait for opponents.

Two searches meet where game, options and seats are equal, neither player avoids the other, and
their ratings are near enough: within the window of the one that waits longer, which grows as it
waits, and never farther apart than either player's own `rating_range`. Who is to be kept `apart`
never meets.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from searcher.search import Search

SHORTEST_LOOKAHEAD_SECONDS = 1.0
ROUNDING_SECONDS = 0.001  # by which a reckoned moment may be late

Pair: TypeAlias = frozenset[str]  # of logins
Apart: TypeAlias = Mapping[Pair, float]  # until when pairs are kept apart


@dataclass(frozen=True)
class Windows:
    """How far apart opponents may be: `first` points at once, anything after `widening` seconds."""

    first: float
    widening: float


def window(waited: float, windows: Windows) -> float:
    """Return how far a search reaches after so many seconds, in rating points.

    The window is twice as wide at half of `widening`, and unlimited at its end.
    """
    if waited >= windows.widening:
        return math.inf
    return windows.first * windows.widening / (windows.widening - waited)


def seconds_to_reach(distance: float, windows: Windows) -> float:
    """Return after how many seconds of waiting a window is so many points wide."""
    return 0.0 if distance <= windows.first else windows.widening * (1 - windows.first / distance)


def reach(search: Search, now: float, windows: Windows) -> float:
    """Return how far from its own rating a search looks by now, its own limit included."""
    return min(window(now - search.since, windows), search.own_range)


def are_apart(one: Search, other: Search, apart: Collection[Pair]) -> bool:
    """Tell whether two players are kept apart, or one avoids the other."""
    return frozenset((one.login, other.login)) in apart or _avoid_each_other(one, other)


def meet(
    one: Search, other: Search, now: float, windows: Windows, apart: Collection[Pair] = ()
) -> bool:
    """Tell whether two searches match."""
    if one.login == other.login or one.pool != other.pool:
        return False
    if are_apart(one, other, apart):
        return False
    longest = now - min(one.since, other.since)
    farthest = min(window(longest, windows), one.own_range, other.own_range)
    return abs(one.rating - other.rating) <= farthest


def meets_from(one: Search, other: Search, windows: Windows, apart: Apart) -> float:
    """Return the moment from which two searches of a pool meet; infinity where they never do."""
    distance = abs(one.rating - other.rating)
    if distance > min(one.own_range, other.own_range) or _avoid_each_other(one, other):
        return math.inf
    near_enough = min(one.since, other.since) + seconds_to_reach(distance, windows)
    return max(near_enough, apart.get(frozenset((one.login, other.login)), near_enough))


def _avoid_each_other(one: Search, other: Search) -> bool:
    return other.login in one.avoids or one.login in other.avoids


@dataclass(frozen=True)
class LookAhead:
    """How far a search has to look: so many `points` away, which is enough `until` a moment."""

    points: float
    until: float


def look_ahead(
    search: Search, range_limit: float, oldest_since: float, now: float, windows: Windows
) -> LookAhead:
    """Return how far a search has to look among those of a range limit to know whom it may meet.

    `oldest_since` is when the first of those began. Who looks ahead for half of the time until the
    oldest window reaches everybody looks no more than twice as far as that window is now.
    """
    farthest = min(search.own_range, range_limit)
    since = min(search.since, oldest_since)
    left = since + windows.widening - now
    if left <= 2 * SHORTEST_LOOKAHEAD_SECONDS:
        return LookAhead(farthest, math.inf)
    until = now + left / 2
    points = window(until - since, windows)
    if points >= farthest:
        return LookAhead(farthest, math.inf)
    return LookAhead(points, until)


def next_look(
    search: Search, others: Iterable[Search], until: float, now: float, windows: Windows,
    apart: Apart,
) -> float:
    """Return when a search may meet another one of these, or has to look further than at them."""
    moments = (
        meets_from(search, each, windows, apart) for each in others
        if not meet(search, each, now, windows, apart)
    )
    return min(until, min(moments, default=math.inf)) - ROUNDING_SECONDS


def estimate(waits: Collection[float]) -> float | None:
    """Return how long a search is likely to take: the median of what recent ones took."""
    if not waits:
        return None
    ordered = sorted(waits)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
