"""Fischer clocks: pure arithmetic on seconds; the time is always given.

A clock stands full until every player has moved. Then the clocks of those who are to move run: time
is taken off when somebody moves, and the mover is given the increment.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

# Of the time that a move was under way, so much is given back at most, and out of a quota that
# fills up again with every move: who is far away is not punished, and who pretends to be gains
# little. The way is lichess's; the figures are ours.
MOST_LAG = 0.5
MOST_INSIDE = 2.0  # seconds between gateway and decision that are believed: hosts' clocks differ
LAG_QUOTA = 1.0
LAG_REGAINED = 0.1
# A move that was made in time may be decided a moment after the flag has fallen: as late as the way
# is given back, and a little. A player is to know within a second, the timer's own round included.
FLAG_TOLERANCE = 0.3
DECIDED_WITHIN = 0.1


@dataclass(frozen=True)
class Clocks:
    """What each player has `left`, as of the moment `at`, and whose clocks are `running`."""

    left: dict[str, float]
    increment: float
    at: float
    running: tuple[str, ...] = ()
    lag: dict[str, float] = field(default_factory=dict)

    @classmethod
    def full(cls, players: Iterable[str], initial: float, increment: float, now: float) -> "Clocks":
        logins = list(players)
        return cls(
            dict.fromkeys(logins, float(initial)), increment, now,
            lag=dict.fromkeys(logins, LAG_QUOTA),
        )

    def shown(self, now: float) -> dict[str, float]:
        """Seconds left, to the millisecond; none is below zero."""
        return {login: round(max(self._left(login, now), 0), 3) for login in self.left}

    def fallen(self, now: float) -> str | None:
        """Whose flag has fallen; the one that fell first, where there are several."""
        return self._least(login for login in self.running if self._left(login, now) <= 0)

    def lost_at(self) -> float | None:
        """When the first flag has fallen for so long that no move can have been made in time."""
        return min(map(self._lost_at, self.running), default=None)

    def lost(self, now: float) -> str | None:
        """Whose flag has fallen for so long; the one that fell first, where there are several."""
        return self._least(login for login in self.running if self._lost_at(login) <= now)

    def given_back(self, login: str, arrived: float, round_trip: float, now: float) -> "Clocks":
        """The clocks as they are when the player's move is decided: time under way is given back.

        `arrived` is when the gateway had the move, `round_trip` the way to the player and back.
        """
        if login not in self.running:
            return self
        inside = min(max(now - arrived, 0), MOST_INSIDE, max(now - self.at, 0))
        lag = min(max(round_trip, 0), MOST_LAG, self.lag[login], max(now - self.at - inside, 0))
        left = {**self.left, login: self.left[login] + inside + lag}
        return replace(self, left=left, lag={**self.lag, login: self.lag[login] - lag})

    def moved(self, login: str, now: float, running: Iterable[str]) -> "Clocks":
        """The clocks after the player's move; `running` are those to move next."""
        left = {each: self._left(each, now) for each in self.left}
        lag = dict(self.lag)
        if login in self.running:
            left[login] += self.increment
            lag[login] = min(lag[login] + LAG_REGAINED, LAG_QUOTA)
        return replace(self, left=left, at=now, running=tuple(running), lag=lag)

    def stopped(self, now: float) -> "Clocks":
        """The clocks as they stand from now on."""
        left = {each: max(self._left(each, now), 0) for each in self.left}
        return replace(self, left=left, at=now, running=())

    def postponed(self, seconds: float) -> "Clocks":
        """The clocks, had so many seconds not passed."""
        return replace(self, at=self.at + seconds)

    def _least(self, logins: Iterable[str]) -> str | None:
        return min(logins, key=lambda login: self.left[login], default=None)

    def _lost_at(self, login: str) -> float:
        lag = min(self.lag.get(login, 0.0), MOST_LAG)
        return self.at + self.left[login] + max(lag + DECIDED_WITHIN, FLAG_TOLERANCE)

    def _left(self, login: str, now: float) -> float:
        passed = max(now - self.at, 0) if login in self.running else 0
        return self.left[login] - passed
