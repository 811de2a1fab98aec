"""Thousands of cheap games by lot, for what few games do not meet. It raises BrokenLaw.

In some of those for more than two, seats leave one after the other, as players may.
"""

import sys
import time
from collections import Counter
from random import Random
from typing import Any

from arbiter_games.contract import Game, IllegalMove, Move, State
from arbiter_games.testing.broken_law import BrokenLaw, brief, require
from arbiter_games.testing.json_values import canonical_text
from arbiter_games.testing.leavers import Leavers
from arbiter_games.testing.outcome_laws import require_outcome
from arbiter_games.testing.time_limit import LAW as TIME_LIMIT
from arbiter_games.testing.time_limit import TookTooLong, time_limit

MAX_GAMES, CPU_SECONDS = 3000, 0.5
MAX_POOL = 2000
POOL_MOVES = 2  # that are tried in a position, with this probability
POOL_PROBABILITY = 0.25
MIN_GAMES_OF_SEATS = 30  # after which each seat should have moved
PROGRESS_SECONDS = 0.5

EVERY_SEAT = "every seat moves in some game"


class ManyGames:
    """Games by lot with all numbers of players, with each of `variants` as their options."""

    def __init__(self, game: Game, variants: list[dict[str, Any]], max_moves: int) -> None:
        self._game, self._variants, self._max_moves = game, variants, max_moves
        self._pool: dict[str, Move] = {}
        self._pooled: set[str] = set()  # the lists of legal moves that are in the pool
        self._moved: dict[int, set[int]] = {}
        self._games: Counter[int] = Counter()
        self._called = ""

    def run(self) -> None:
        """Play until time is over, but a game with each variant; then look at the seats."""
        began, shown = time.process_time(), time.monotonic()
        for number in range(MAX_GAMES):
            if time.process_time() - began > CPU_SECONDS and number >= len(self._variants):
                break
            self._play(number)
            if time.monotonic() - shown > PROGRESS_SECONDS:
                shown = time.monotonic()
                _show(f"{self._game.name}: {number} games by lot")
        for players, games in self._games.items():
            never = set(range(players)) - self._moved[players]
            require(
                games < MIN_GAMES_OF_SEATS or not never, EVERY_SEAT,
                f"seats {sorted(never)} never moved in {games} games of {players}",
            )

    def _play(self, number: int) -> None:
        game, rng = self._game, Random(number)
        options = self._variants[number % len(self._variants)]
        players = game.min_players + number % (game.max_players - game.min_players + 1)
        self._games[players] += 1
        made: list[tuple[int, Move]] = []
        leavers = Leavers(self._call, players, rng)
        try:
            with time_limit():
                state = self._call("setup", players, options, Random(number))
            for _ in range(self._max_moves):
                with time_limit():
                    state = self._turn(state, players, rng, made, leavers)
                if state is None:
                    return
            raise BrokenLaw("an outcome comes", f"there is none after {self._max_moves} moves")
        except TookTooLong:
            slow = BrokenLaw(TIME_LIMIT, "a move by lot has not ended")
            raise _told(slow, options, made) from None
        except BrokenLaw as broken:
            raise _told(broken, options, made) from None
        except Exception as error:
            but = " but IllegalMove" if self._called == "apply" else ""
            law = f"{self._called} raises nothing{but}"
            found = BrokenLaw(law, f"it has raised {type(error).__name__}: {error}")
            raise _told(found, options, made) from error

    def _call(self, name: str, *given: Any) -> Any:
        self._called = name
        return getattr(self._game, name)(*given)

    def _turn(
        self, state: State, players: int, rng: Random, made: list[tuple[int, Move]],
        leavers: Leavers,
    ) -> State | None:
        """Return the state after a move by lot, or after a seat has left; None where it has ended.
        """
        if leavers.have_ended(state):
            return None
        to_move = self._call("to_move", state)
        if not to_move:
            outcome = self._call("outcome", state)
            law = "somebody can always move until there is an outcome"
            require(outcome is not None, law, "to_move is empty, and outcome is None")
            require_outcome(outcome, players)
            return None
        leavers.require_out(to_move)
        if leavers.is_next() and (left := leavers.leave(state)):
            made.append((left[0], None))
            return left[1]
        seat = rng.choice(to_move)
        self._moved.setdefault(players, set()).add(seat)
        legal = self._call("legal_moves", state, seat)
        law = "somebody can always move until there is an outcome"
        require(legal, law, f"to_move names seat {seat}, which has no legal move")
        if rng.random() < POOL_PROBABILITY:
            self._try_pool(state, seat, legal, rng)
        move = rng.choice(legal)
        self._put_into_pool(legal)
        try:
            after = self._call("apply", state, seat, move)
        except IllegalMove as error:
            law = "every legal move is accepted"
            raise BrokenLaw(law, f"{brief(move)} of seat {seat} was refused: {error}") from None
        made.append((seat, move))
        return after

    def _put_into_pool(self, legal: list[Move]) -> None:
        if len(self._pool) < MAX_POOL and (text := repr(legal)) not in self._pooled:
            self._pooled.add(text)
            for each in legal:
                self._pool[canonical_text(each)] = each

    def _try_pool(self, state: State, seat: int, legal: list[Move], rng: Random) -> None:
        """Require that moves of other positions and games are refused where they are not legal."""
        allowed = {canonical_text(each) for each in legal}
        texts = list(self._pool)
        for text in rng.sample(texts, min(POOL_MOVES, len(texts))):
            if text in allowed:
                continue
            try:
                self._call("apply", state, seat, self._pool[text])
            except IllegalMove:
                continue
            raise BrokenLaw(
                "what is not legal is refused with IllegalMove",
                f"apply accepted {brief(self._pool[text])} of seat {seat}, a move of another"
                " position",
            )


def _told(broken: BrokenLaw, options: dict[str, Any], made: list[tuple[int, Move]]) -> BrokenLaw:
    moves = ", ".join(
        f"{seat} leaves" if move is None else f"{seat} plays {brief(move)}"
        for seat, move in made[-20:]
    )
    broken.story = f"In a game by lot with {brief(options)}, after {len(made)} moves: {moves}."
    return broken


def _show(text: str) -> None:
    if sys.__stderr__ is not None and sys.__stderr__.isatty():
        print(f"\r{text}", end="", file=sys.__stderr__, flush=True)
