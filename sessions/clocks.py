"""The clocks of a match: pure arithmetic on seconds; the time now is always a parameter.

All clocks stay full until every player has moved. Then the clocks of the players to move run: a
move takes the time that it needed off the player's clock, and adds what the time control gives.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NotRequired, TypedDict

from extensions.clock import MAX_CLOCK_SKEW_SECONDS
from sessions.time_controls import Fischer, GivenBack, TimeControl

# Network delay is given back up to a limit for each move, out of a quota that each move refills a
# little: a distant player is not punished, and one who fakes a delay gains little. Lichess
# compensates lag in the same way; the figures are Arbiter's own.
MAX_LAG_SECONDS = 0.5
LAG_QUOTA_SECONDS = 1.0
LAG_REFILL_SECONDS = 0.1
# Time between gateway and decision is given back up to this much: a second that it may take, and by
# how much the clocks of the two machines may differ.
MAX_TRANSIT_SECONDS = 1.0 + MAX_CLOCK_SKEW_SECONDS
# A move made in time may be decided a moment after the flag has fallen, so the timer waits for the
# delay that may still be given back, and for the decision itself. Players are to see a flag fall
# within a second, the interval of the timer included.
FLAG_TOLERANCE_SECONDS = 0.3
DECISION_SECONDS = 0.1


class StoredClocks(TypedDict):
    """Clocks as JSON. Its keys are part of the stored format.

    `increment` is there for services of release 0.1.0, which may run beside this one.
    """

    left: dict[str, float]
    at: float
    running: Sequence[str]
    lag: dict[str, float]
    increment: NotRequired[float]
    at_turn: NotRequired[dict[str, float]]


@dataclass(frozen=True)
class Clocks:
    """The seconds `left` to each player at the moment `at`, and the logins whose clocks run.

    `at_turn` has what was left to those whose clocks run when their turns began. `lag` is what is
    left of each player's quota of network delay, in seconds.
    """

    control: TimeControl
    left: dict[str, float]
    at: float
    running: tuple[str, ...] = ()
    lag: dict[str, float] = field(default_factory=dict)
    at_turn: dict[str, float] = field(default_factory=dict)

    @classmethod
    def full(cls, players: Iterable[str], control: TimeControl, now: float) -> "Clocks":
        """Return stopped clocks with all their time for each player."""
        logins = list(players)
        return cls(
            control, dict.fromkeys(logins, float(control.full)), now,
            lag=dict.fromkeys(logins, LAG_QUOTA_SECONDS),
        )

    @classmethod
    def of_stored(cls, stored: StoredClocks, control: TimeControl) -> "Clocks":
        """Return the clocks that `to_stored` returned."""
        return cls(
            control, stored["left"], stored["at"], tuple(stored["running"]), stored["lag"],
            stored.get("at_turn", {}),
        )

    def to_stored(self) -> StoredClocks:
        """Return what is stored of clocks, without the time control: the options have that."""
        stored: StoredClocks = {
            "left": self.left, "at": self.at, "running": self.running, "lag": self.lag,
        }
        if isinstance(self.control, Fischer):
            return {**stored, "increment": self.control.increment}
        return {**stored, "at_turn": self.at_turn}

    def remaining(self, now: float) -> dict[str, float]:
        """Return the seconds left to each player, to the millisecond; at least zero."""
        return {login: round(max(self._left(login, now), 0), 3) for login in self.left}

    def fallen_flag(self, now: float) -> str | None:
        """Return the login whose flag has fallen; of several, the one that fell first."""
        return self._first(login for login in self.running if self._left(login, now) <= 0)

    def timeout_at(self) -> float | None:
        """Return when the first running clock times out, whatever delay is still given back."""
        return min(map(self._timeout_at, self.running), default=None)

    def deadlines(self) -> dict[str, dict[str, float]]:
        """Return when each running clock comes to the end of each part that `details` has.

        The delay ends before the main time; the flag falls with the main time.
        """
        deadlines = {}
        for login in self.running:
            left = self.left[login]
            details = self.control.details(left, self.at_turn.get(login, left)) or {}
            falls = self.at + left
            deadlines[login] = {"delay": falls - details.get("main", 0), "main": falls}
        return deadlines

    def timed_out(self, now: float) -> str | None:
        """Return the login that has timed out by then; of several, the one that did so first."""
        return self._first(login for login in self.running if self._timeout_at(login) <= now)

    def compensate(self, login: str, arrived: float, round_trip: float, now: float) -> "Clocks":
        """Return the clocks with the time given back that the player's command was under way.

        `arrived` is when the gateway received it; `round_trip` is in seconds, between the gateway
        and the player.
        """
        if login not in self.running:
            return self
        transit = min(max(now - arrived, 0), MAX_TRANSIT_SECONDS, max(now - self.at, 0))
        lag = min(
            max(round_trip, 0), MAX_LAG_SECONDS, self.lag[login], max(now - self.at - transit, 0)
        )
        left = {**self.left, login: self.left[login] + transit + lag}
        return replace(self, left=left, lag={**self.lag, login: self.lag[login] - lag})

    def details(self, now: float) -> dict[str, dict[str, float]] | None:
        """Return what else is needed to draw each clock; None if the time left is enough."""
        details = {}
        for login in self.left:
            left = max(self._left(login, now), 0)
            each = self.control.details(left, self.at_turn.get(login, self.left[login]))
            if each is None:
                return None
            details[login] = each
        return details

    def after_move(self, login: str, now: float, running: Iterable[str]) -> "Clocks":
        """Return the clocks after the player's move; `running` are the logins to move next."""
        left = {each: self._left(each, now) for each in self.left}
        lag, at_turn = dict(self.lag), self.at_turn
        if login in self.running:
            spent = at_turn.get(login, left[login]) - left[login]
            left[login] = self.control.after_move(left[login], spent)
            lag[login] = min(lag[login] + LAG_REFILL_SECONDS, LAG_QUOTA_SECONDS)
        running = tuple(running)
        if isinstance(self.control, GivenBack):
            still = {*self.running} - {login}
            at_turn = {each: at_turn[each] if each in still else left[each] for each in running}
        return replace(self, left=left, at=now, running=running, lag=lag, at_turn=at_turn)

    def start(self, now: float, running: Iterable[str]) -> "Clocks":
        """Return the clocks with those of these players running."""
        return replace(self, at=now).after_move("", now, running)

    def restore(
        self, left: Mapping[str, float], now: float, running: Iterable[str]
    ) -> "Clocks":
        """Return the clocks with what was once left, those of these players running."""
        return replace(self, left=dict(left), running=()).start(now, running)

    def stop(self, now: float) -> "Clocks":
        """Return the clocks stopped at this moment."""
        left = {each: max(self._left(each, now), 0) for each in self.left}
        return replace(self, left=left, at=now, running=())

    def postpone(self, seconds: float) -> "Clocks":
        """Return the clocks as if that many seconds had not passed."""
        return replace(self, at=self.at + seconds)

    def _first(self, logins: Iterable[str]) -> str | None:
        return min(logins, key=lambda login: self.left[login], default=None)

    def _timeout_at(self, login: str) -> float:
        lag = min(self.lag.get(login, 0.0), MAX_LAG_SECONDS)
        return self.at + self.left[login] + max(lag + DECISION_SECONDS, FLAG_TOLERANCE_SECONDS)

    def _left(self, login: str, now: float) -> float:
        passed = max(now - self.at, 0) if login in self.running else 0
        return self.left[login] - passed
