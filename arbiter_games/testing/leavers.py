"""The seats that leave a game by lot, one after the other, with what a server makes of it."""

from collections.abc import Callable
from random import Random
from typing import Any

from arbiter_games.contract import Leaving, State
from arbiter_games.testing.broken_law import BrokenLaw, require
from arbiter_games.testing.leaving import GOES_ON, OUT

SHARE, PROBABILITY = 0.3, 0.1  # of the games, and in these before a move


class Leavers:
    """Who has left one game, whose methods are called by their names through `call`."""

    def __init__(self, call: Callable[..., Any], players: int, rng: Random) -> None:
        self._call, self._players, self._rng = call, players, rng
        self._most = rng.randrange(1, players) if players > 2 and rng.random() < SHARE else 0
        self._left: list[int] = []
        self._taken_out: set[int] = set()  # by the game, for which the server does not move

    def is_next(self) -> bool:
        """Draw whether somebody leaves before the next move."""
        return len(self._left) < self._most and self._rng.random() < PROBABILITY

    def leave(self, state: State) -> tuple[int, State] | None:
        """Have a seat leave; return it, and the state after it, None where the game has ended.

        Return nothing where nobody is left to leave.
        """
        staying = self._staying(state)
        if not staying:
            return None
        seat = self._rng.choice(staying)
        after = self._call("leave", state, seat)
        self._left.append(seat)
        if after is Leaving.END:
            return seat, None
        if after is Leaving.BY_LOT:
            return seat, state
        self._taken_out.add(seat)
        self._require_goes_on(after, seat)
        return seat, after

    def have_ended(self, state: State) -> bool:
        """Return whether the last one who is in has won, as the others have left or are out."""
        return bool(self._left) and len(self._staying(state)) < 2

    def require_out(self, to_move: list[int]) -> None:
        """Require that nobody is to move whom the game has taken out."""
        if movers := self._taken_out.intersection(to_move):
            raise BrokenLaw(OUT, f"seats {sorted(movers)} have left, and are to move")

    def _staying(self, state: State) -> list[int]:
        return [
            seat for seat in range(self._players)
            if seat not in self._left and not self._call("is_out", state, seat)
        ]

    def _require_goes_on(self, after: State, seat: int) -> None:
        try:
            to_move, outcome = self._call("to_move", after), self._call("outcome", after)
            is_over = self.have_ended(after)
        except Exception as error:  # the game may raise anything
            evidence = f"leave(state, {seat}) is no state of the game: {error!r}"
            raise BrokenLaw(GOES_ON, evidence) from error
        require(
            to_move or outcome or is_over, GOES_ON,
            f"after leave(state, {seat}), nobody is to move or has won",
        )
