"""How much time each kind of clock gives: pure arithmetic on seconds.

A clock has one figure: the seconds until its flag falls, if the player makes no move. A move takes
the time that it needed off the player's clock, and then the kind of clock gives something back.

- Fischer adds the increment.
- Bronstein gives back the time that the move took, at most so much.
- A simple delay, as US Chess has it, lets the main time run only after the delay. That is the same
  as a Bronstein clock that begins with the delay added.
- Byoyomi has periods after the main time. What is left beyond the last whole period is the present
  period's, so a move in byoyomi fills the clock up to whole periods.
- Days a move are a delay of days, with the vacation as the main time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Protocol

DAY_SECONDS = 86_400


class TimeControl(Protocol):
    """How much time a player begins with, and what each move gives."""

    @property
    def full(self) -> float:
        """The seconds on a clock before the first move."""

    def after_move(self, left: float, spent: float) -> float:
        """Return what is left after a move that took so many seconds, with `left` before."""

    def details(self, left: float, at_turn: float) -> dict[str, float] | None:
        """Return what else is needed to draw the clock; `at_turn` is what the turn began with."""


@dataclass(frozen=True)
class Fischer:
    """An increment for each move."""

    full: float
    increment: float

    def after_move(self, left: float, spent: float) -> float:
        """Add the increment."""
        return left + self.increment

    def details(self, left: float, at_turn: float) -> None:
        """Return nothing: the one figure is enough."""


@dataclass(frozen=True)
class GivenBack:
    """A delay: a move gives back the time that it took, up to so many seconds.

    `shown` says whether players see the delay apart from the main time.
    """

    full: float
    delay: float
    shown: bool

    def after_move(self, left: float, spent: float) -> float:
        """Give back the time that the move took, up to the delay."""
        return left + min(spent, self.delay)

    def details(self, left: float, at_turn: float) -> dict[str, float] | None:
        """Return what is left of the delay, and of the main time after it."""
        if not self.shown:
            return None
        main = min(max(at_turn - self.delay, 0), left)
        return {"delay": round(left - main, 3), "main": round(main, 3)}


@dataclass(frozen=True)
class Byoyomi:
    """So many periods after the main time."""

    initial: float
    period: float
    periods: int

    @property
    def full(self) -> float:
        """The main time and all periods."""
        return self.initial + self.period * self.periods

    def after_move(self, left: float, spent: float) -> float:
        """Fill the present period up."""
        return max(left, self.period * self._periods_left(left))

    def details(self, left: float, at_turn: float) -> dict[str, float]:
        """Return what is left of the main time, of the period, and how many periods there are."""
        periods = self._periods_left(left)
        main = max(left - self.period * self.periods, 0)
        period = min(max(left - self.period * (periods - 1), 0), self.period)
        return {"main": round(main, 3), "period": round(period, 3), "periods": periods}

    def _periods_left(self, left: float) -> int:
        # Whole periods are whole in spite of rounding: 8.4 / 1.2 is 7.000000000000001.
        return min(max(ceil(left / self.period - 1e-9), 1), self.periods)


def time_control(clock: Mapping[str, Any]) -> TimeControl:
    """Return the time control of a session's option `clock`."""
    if "increment" in clock:
        return Fischer(clock["initial"], clock["increment"])
    if "period" in clock:
        return Byoyomi(clock["initial"], clock["period"], clock["periods"])
    if "bronstein" in clock:
        return GivenBack(clock["initial"], clock["bronstein"], shown=False)
    if "delay" in clock:
        return GivenBack(clock["initial"] + clock["delay"], clock["delay"], shown=True)
    vacation, delay = clock["vacation"] * DAY_SECONDS, clock["days"] * DAY_SECONDS
    return GivenBack(vacation + delay, delay, shown=True)
