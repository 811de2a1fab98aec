"""Who meets whom: pure functions over waiting requests.

Two requests meet where the game and the options are equal, the players differ, and their ratings
are near enough: within the window of the one that waits longer, which grows as it waits, and never
farther apart than either player's own `rating_range`. Who is to be kept `apart` never meets.
"""

import json
from collections.abc import Container
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

Apart: TypeAlias = Container[frozenset[str]]  # pairs of logins


@dataclass(frozen=True)
class Request:
    """A player who waits for an opponent; `alive_until` is when the search ends unless renewed.

    Of the time since `since`, the player was `held` up for so long by proposals that came to
    nothing, and could meet nobody. `call_id` is the call by which the search was started.
    """

    login: str
    game: str
    options: dict[str, Any]
    rating: float
    rating_range: float | None
    since: float
    connection_id: str | None = None
    alive_until: float | None = None
    held: float = 0.0
    call_id: str | None = None

    @cached_property
    def pool(self) -> str:
        """Requests of one pool ask for the same."""
        return json.dumps([self.game, self.options], sort_keys=True)

    def is_dead(self, now: float) -> bool:
        """Whether nobody has kept the request alive."""
        return self.alive_until is not None and self.alive_until < now


@dataclass(frozen=True)
class Windows:
    """How far apart opponents may be: `first` points at once, anything after `widening` seconds."""

    first: float
    widening: float


def window(waited: float, windows: Windows) -> float:
    """How far a request reaches after so many seconds, in rating points.

    It grows so that what is left of the way to everyone shrinks evenly: twice as far at half time.
    """
    if waited >= windows.widening:
        return float("inf")
    return windows.first * windows.widening / (windows.widening - waited)


def reach(request: Request, now: float, windows: Windows) -> float:
    """How far from its own rating a request looks by now, its own limit included."""
    limits = [] if request.rating_range is None else [request.rating_range]
    return min([window(now - request.since, windows), *limits])


def meet(
    one: Request, other: Request, now: float, windows: Windows, apart: Apart = ()
) -> bool:
    """Whether two requests are for each other."""
    if one.login == other.login or one.pool != other.pool:
        return False
    if frozenset((one.login, other.login)) in apart:
        return False
    distance = abs(one.rating - other.rating)
    ranges = [each.rating_range for each in (one, other) if each.rating_range is not None]
    longest = now - min(one.since, other.since)
    return distance <= min([window(longest, windows), *ranges])


def opponent(
    seeker: Request, waiting: list[Request], now: float, windows: Windows, apart: Apart = ()
) -> Request | None:
    """Of those who meet the seeker, the one who has waited longest."""
    found = [each for each in waiting if meet(seeker, each, now, windows, apart)]
    return min(found, key=lambda each: (each.since, each.login), default=None)


def pairs(
    waiting: list[Request], now: float, windows: Windows, apart: Apart = ()
) -> list[tuple[Request, Request]]:
    """Everybody who meets somebody, the longest waiting first."""
    left = sorted(waiting, key=lambda each: (each.since, each.login))
    found = []
    while left:
        seeker = left.pop(0)
        other = opponent(seeker, left, now, windows, apart)
        if other is not None:
            left.remove(other)
            found.append((seeker, other))
    return found


def estimate(waits: list[float]) -> float | None:
    """How long a search is likely to take: the median of what recent ones took."""
    if not waits:
        return None
    ordered = sorted(waits)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
