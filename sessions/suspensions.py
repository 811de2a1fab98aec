"""Which sessions and games are suspended, because their game's code has broken a limit.

Each failure may have kept all others waiting for GAME_TIMEOUT. A session that fails is suspended at
once, for longer each time. A game that fails in many sessions is suspended in all, or each session
could fail in turn. It is kept in the memory of a process.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

FIRST_SECONDS, MAX_SECONDS = 10.0, 600.0  # for which a session is suspended
MAX_GAME_FAILURES = 10  # in GAME_WINDOW_SECONDS; one more suspends the game until they are over
GAME_WINDOW_SECONDS = 60.0
FORGOTTEN_AFTER_SECONDS = 3600.0  # without another failure
MAX_REMEMBERED = 10_000


@dataclass
class _Failures:
    number: int = 0
    since: float = 0.0
    until: float = -math.inf


class Suspensions:
    """The failures of this process, by session, and in `failed` by game."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sessions: dict[str, _Failures] = {}
        self.failed: dict[str, _Failures] = {}  # by game

    def add(self, game: str, session_id: str) -> None:
        """Note that a game has failed in a session, or where that is empty, in none."""
        now = self._clock()
        if session_id:
            failures = self._sessions.pop(session_id, None) or _Failures()
            if now - failures.since > FORGOTTEN_AFTER_SECONDS:
                failures.number = 0
            seconds = min(FIRST_SECONDS * 2 ** min(failures.number, 10), MAX_SECONDS)
            failures.number, failures.since, failures.until = (
                failures.number + 1, now, now + seconds
            )
            self._sessions[session_id] = failures  # as the last one
            if len(self._sessions) > MAX_REMEMBERED:
                del self._sessions[next(iter(self._sessions))]
        in_game = self.failed.setdefault(game, _Failures())
        if now - in_game.since > GAME_WINDOW_SECONDS:
            in_game.number, in_game.since = 0, now
        in_game.number += 1
        if in_game.number > MAX_GAME_FAILURES:
            in_game.until = in_game.since + GAME_WINDOW_SECONDS

    def hold(self, game: str, session_id: str, seconds: float) -> None:
        """Suspend a session, or where that is empty the game, for so many seconds."""
        held, now = self.failed.setdefault(game, _Failures()), self._clock()
        if session_id:
            held = self._sessions.setdefault(session_id, _Failures())
        held.since, held.until = now, now + seconds

    def seconds_left(self, game: str, session_id: str) -> float:
        """Return for how long a game is suspended in a session; 0 where it is not."""
        found = (self.failed.get(game), self._sessions.get(session_id))
        until = max((each.until for each in found if each), default=-math.inf)
        return max(until - self._clock(), 0.0)
