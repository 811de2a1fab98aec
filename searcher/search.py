"""A player's search for opponents, and the pool of those who ask for the same. No I/O."""

import json
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

# Searches are found by pool, by the smallest of these that their own range does not exceed, and by
# rating. So who looks for an opponent reads few who would not have it because of their own range.
RANGE_LIMITS = (0.0, 1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, math.inf)  # rating points

Options: TypeAlias = dict[str, Any]  # of a game, by their names


@dataclass(frozen=True)
class Search:
    """A player who waits for opponents; `alive_until` is when the search ends unless renewed.

    `seats` is how many are to play, the player among them. Of the time since `since`, the player
    was `held` up for so many seconds by proposals that came to nothing, and could meet nobody.
    `request_id` is the client's request that started the search. It meets none whom the player
    `avoids`, and none who avoids the player.
    """

    login: str
    game: str
    options: Options
    rating: float
    rating_range: float | None
    since: float
    connection_id: str | None = None
    alive_until: float | None = None
    held: float = 0.0
    request_id: str | None = None
    avoids: tuple[str, ...] = ()
    seats: int = 2

    @cached_property
    def pool(self) -> str:
        """Name the pool; searches of one pool ask for the same."""
        return pool_name(self.game, self.options, self.seats)

    @property
    def range_limit(self) -> float:
        """Return the smallest of RANGE_LIMITS that covers the player's own range."""
        own = self.own_range
        return next(limit for limit in RANGE_LIMITS if own <= limit)

    @property
    def own_range(self) -> float:
        """Return how far away, in points, the player is willing to look at most."""
        return math.inf if self.rating_range is None else self.rating_range

    @property
    def rank(self) -> tuple[float, str]:
        """Return what orders searches: who has waited longest comes first."""
        return self.since, self.login

    def is_abandoned(self, now: float) -> bool:
        """Tell whether nobody has kept the search alive."""
        return self.alive_until is not None and self.alive_until < now

    def has_expired(self, before: float) -> bool:
        """Tell whether the search has waited since before the given time."""
        return self.since + self.held <= before


def pool_name(game: str, options: Options, seats: int) -> str:
    """Name the pool of those who ask for a game with these options and so many players."""
    return json.dumps([game, options, *([seats] if seats > 2 else [])], sort_keys=True)


def game_of(pool: str) -> str:
    """Return the game of a pool."""
    game: str = json.loads(pool)[0]
    return game
