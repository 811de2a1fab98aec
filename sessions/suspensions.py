"""Which sessions and games are suspended, because their game's code has broken a limit.

Each failure may have kept all others waiting for GAME_TIMEOUT. A session that fails is suspended at
once, for longer each time. A game that fails in many sessions is suspended in all, or each session
could fail in turn. What fails on one instance is suspended on all: each stores its failures, and
takes over those of the others.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

FIRST_SECONDS, MAX_SECONDS = 10.0, 600.0  # for which a session is suspended
MAX_GAME_FAILURES = 10  # in GAME_WINDOW_SECONDS; one more suspends the game until they are over
GAME_WINDOW_SECONDS = 60.0
FORGOTTEN_AFTER_SECONDS = 3600.0  # without another failure


@dataclass(frozen=True)
class Failure:
    """The last failure of a game in a session, or where that is empty, in none.

    It is the `number`th since the game was fine for long. The times are Unix times.
    """

    game: str
    session_id: str
    number: int
    failed_at: float
    until: float

    def is_over(self, now: float) -> bool:
        """Tell whether it no longer matters."""
        return max(self.until, self.failed_at + FORGOTTEN_AFTER_SECONDS) < now


@dataclass
class _GameFailures:
    number: int = 0
    since: float = 0.0
    until: float = 0.0


class Suspensions:
    """The failures that this process knows, in `failed` by game; `unshared` are not stored yet."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self._failures: dict[tuple[str, str], Failure] = {}
        self.failed: dict[str, _GameFailures] = {}
        self.unshared: list[Failure] = []
        # Called once, when what this process was told at its start is stored.
        self.when_shared: Callable[[], None] | None = None

    def add(self, game: str, session_id: str) -> None:
        """Note that a game has failed in a session, or where that is empty, in none."""
        known = self._failures.get((game, session_id))
        number = 0 if known is None or known.is_over(self.clock()) else known.number
        seconds = min(FIRST_SECONDS * 2 ** min(number, 10), MAX_SECONDS) if session_id else 0.0
        self._add(game, session_id, number + 1, seconds)

    def hold(self, game: str, session_id: str, seconds: float) -> None:
        """Suspend a session, or where that is empty the game, for so many seconds."""
        self._add(game, session_id, 1, seconds)

    def take_over(self, stored: Iterable[Failure], shared: int) -> None:
        """Know only what is stored, and all but the first `shared` of what is not shared yet."""
        known = self._failures
        del self.unshared[:shared]
        self._failures = {(each.game, each.session_id): each for each in (*stored, *self.unshared)}
        for key, failure in sorted(self._failures.items(), key=lambda each: each[1].failed_at):
            if key not in known or known[key].failed_at < failure.failed_at:
                self._count(failure)
        if shared and self.when_shared is not None:
            self.when_shared()
            self.when_shared = None

    def seconds_left(self, game: str, session_id: str) -> float:
        """Return for how long a game is suspended in a session; 0 where it is not."""
        found = (
            self.failed.get(game), self._failures.get((game, "")),
            self._failures.get((game, session_id)),
        )
        until = max((each.until for each in found if each), default=0.0)
        return max(until - self.clock(), 0.0)

    def _add(self, game: str, session_id: str, number: int, seconds: float) -> None:
        now = self.clock()
        failure = Failure(game, session_id, number, now, now + seconds)
        self._failures[game, session_id] = failure
        self.unshared.append(failure)
        self._count(failure)

    def _count(self, failure: Failure) -> None:
        in_game = self.failed.setdefault(failure.game, _GameFailures())
        if failure.failed_at - in_game.since > GAME_WINDOW_SECONDS:
            in_game.number, in_game.since = 0, failure.failed_at
        in_game.number += 1
        if in_game.number > MAX_GAME_FAILURES:
            in_game.until = in_game.since + GAME_WINDOW_SECONDS
