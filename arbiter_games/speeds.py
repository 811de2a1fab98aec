"""How fast a game is played, by its clock: players have a rating for each speed.

The bounds, and an increment that counts for 40 moves, are lichess's (scalachess, `Speed` and
`Clock.Config.estimateTotalSeconds`). A delay counts as an increment. A period of byoyomi counts for
25 moves, as on lishogi (scalashogi, `estimateTotalSeconds`); how many there are does not matter,
as all but the last are spent once.

A game without a clock is classical, unlike on lichess: both players sit at it, as one who leaves
loses. Days a move are a speed of their own.
"""

from collections.abc import Mapping
from typing import Any

SPEEDS = BULLET, BLITZ, RAPID, CLASSICAL, DAYS = "bullet", "blitz", "rapid", "classical", "days"
INCREMENTS, PERIODS = 40, 25  # that a game takes of a player
BOUNDS_SECONDS = ((BULLET, 180), (BLITZ, 480), (RAPID, 1500))  # each speed is below its bound


def speed_of(clock: Mapping[str, Any] | None) -> str:
    """Return the speed of the option `clock`, a valid one with its defaults filled in."""
    if clock is None:
        return CLASSICAL
    if "days" in clock:
        return DAYS
    extra = clock.get("increment") or clock.get("delay") or clock.get("bronstein") or 0
    seconds = clock.get("initial", 0) + INCREMENTS * extra + PERIODS * clock.get("period", 0)
    return next((speed for speed, bound in BOUNDS_SECONDS if seconds < bound), CLASSICAL)
