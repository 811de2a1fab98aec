"""The five levels, and how much an engine may spend on a move at each."""

import time
from dataclasses import dataclass

LEVELS = (1, 2, 3, 4, 5)
PLAYOUTS = {1: 8, 2: 40, 3: 200, 4: 1000, 5: 4000}
SECONDS = {1: 0.2, 2: 0.4, 3: 0.7, 4: 1.2, 5: 2.0}
MOVES_TO_GO = 30
MAX_SHARE = 0.1  # of what is left: the increment is to pay for the waits for a core, too
MIN_SECONDS = 0.02


@dataclass(frozen=True)
class Budget:
    """What a move may cost: playouts of a whole game, and the time at which to answer."""

    level: int
    playouts: int
    deadline: float  # of time.monotonic

    @property
    def seconds(self) -> float:
        """The time that is left."""
        return max(MIN_SECONDS, self.deadline - time.monotonic())

    @property
    def is_spent(self) -> bool:
        return time.monotonic() >= self.deadline


def budget(
    level: int, left: float | None = None, increment: float = 0, hurry: float = 1
) -> Budget:
    """Return what a move may cost at a level, with these seconds left on the clock.

    The time of the level is divided by `hurry`.
    """
    seconds = SECONDS[level] / hurry
    if left is not None:
        share = min(left / MOVES_TO_GO + increment / 2, MAX_SHARE * left)
        seconds = max(MIN_SECONDS, min(seconds, share))
    return Budget(level, PLAYOUTS[level], time.monotonic() + seconds)
