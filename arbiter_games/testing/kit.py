"""Plays a game by the contract's laws, with Hypothesis to choose what is played."""

import copy
import time
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

from arbiter_games.contract import Game
from arbiter_games.testing import laws
from arbiter_games.testing.arena import events_keep_the_secret, survives_trouble
from arbiter_games.testing.failure import BrokenLaw
from arbiter_games.testing.line import Line
from arbiter_games.testing.secrets import LAW as SECRECY
from arbiter_games.testing.secrets import Secrets
from arbiter_games.testing.watched import Watched

FIRST_PLIES = 5
THOROUGH = 5
IN_THE_ARENA = 2
SECONDS_TO_SHRINK = 5.0

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner,
                                                                max_size=3),
    max_leaves=5,
)


def check(
    game: Game, options: dict[str, Any], twin: Any, examples: int, longest: int
) -> None:
    """Raise BrokenLaw for the first law that is found broken."""
    try:
        laws.says_what_it_is(game)
        trial = Trial(game, laws.complete(game, options), twin, longest)
        _play(game, trial, examples)
        trial.require_that_secrets_were_found()
    except BrokenLaw as broken:
        broken.game = getattr(game, "name", None) or type(game).__name__
        raise


def _play(game: Game, trial: "Trial", examples: int) -> None:
    once = Once()

    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
        verbosity=Verbosity.quiet, print_blob=False, report_multiple_bugs=False,
    )
    @given(
        players=st.integers(game.min_players, game.max_players),
        seed=st.integers(0, 2**16),
        hostile=st.lists(JSON, max_size=3),
    )
    def play(players: int, seed: int, hostile: list[Any]) -> None:
        once.run(repr((players, seed, hostile)), lambda: trial.run(players, seed, hostile))

    play()


class Once:
    """Keeps a search for the smallest failure short: it ends some time after the first."""

    def __init__(self) -> None:
        self._failed: dict[str, BrokenLaw] = {}
        self._until: float | None = None

    def run(self, key: str, play: Any) -> None:
        if key in self._failed:
            raise self._failed[key]
        if self._until is not None and time.monotonic() > self._until:
            return
        try:
            play()
        except BrokenLaw as broken:
            self._failed[key] = broken
            self._until = self._until or time.monotonic() + SECONDS_TO_SHRINK
            raise


class Trial:
    """All that is asked of a game, in one game after the other."""

    def __init__(
        self, game: Game, options: dict[str, Any], twin: Any, longest: int
    ) -> None:
        # One is played, and the other one never: it is what a new process begins with.
        self._watched = Watched(copy.deepcopy(game))
        self._game = game
        self._options = options
        self._longest = longest
        self._secrets = Secrets(twin)
        self._arena_left = IN_THE_ARENA
        self._pairs_left = {False: IN_THE_ARENA, True: IN_THE_ARENA}  # of twins: True

    def run(self, players: int, seed: int, hostile: list[Any]) -> None:
        """Play one game from beginning to end."""
        line = Line(self._watched, players, self._options, seed)
        try:
            line.begin()
            self._play(line, hostile, Random(seed))
        except BrokenLaw as broken:
            broken.story = line.story()
            raise

    def require_that_secrets_were_found(self) -> None:
        laws.require(
            self._secrets.found or not self._game.secrets, SECRECY,
            "it has secrets = True, and no two states were found that differ in a secret:"
            " shown_move hides no move, so give the kit a `twin`",
        )

    def _play(self, line: Line, hostile: list[Any], rng: Random) -> None:
        """Play to the end; `rng` chooses the moves, and another one what is tried beside them."""
        beside = Random(line.seed)
        could_win = set(line.seats)
        while True:
            to_move = laws.somebody_can_move_until_the_end(line)
            if not line.moves or not to_move or _is_looked_at(len(line.moves), beside):
                self._look(line, to_move, hostile, beside)
                could_win &= laws.who_can_win(line) if to_move else could_win
            if not to_move:
                break
            laws.require(
                len(line.moves) < self._longest, "an outcome comes",
                f"there is none after {self._longest} moves",
            )
            self._move(line, rng.choice(to_move), rng)
        self._end(line, could_win, beside)

    def _move(self, line: Line, seat: int, rng: Random) -> None:
        moves = line.game.legal_moves(line.state, seat)
        laws.require(
            moves, "somebody can always move until there is an outcome",
            f"to_move names seat {seat}, which has no legal move",
        )
        move = rng.choice(moves)
        line.play(seat, move)
        laws.players_know_their_own_moves(line, seat, move, line.state)

    def _look(self, line: Line, to_move: list[int], hostile: list[Any], rng: Random) -> None:
        """Try out one position."""
        laws.views_have_turn_and_ply(line, to_move)
        laws.without_secrets_all_see_the_same(line)
        laws.claims_are_reasons(line, to_move)
        legal = laws.legal_moves_are_listed(line, to_move)
        laws.history_shows_the_same(line)
        laws.legal_moves_are_accepted(line, legal, rng)
        if not line.moves or not to_move:
            laws.every_hostile_value_is_refused(line, legal, rng)
        made = [move for _, move in line.moves]
        laws.what_is_not_legal_is_refused(line, legal, [*hostile, *laws.some(made, rng)], rng)
        if line.game.secrets:
            self._look_for_secrets(line, legal, rng)

    def _look_for_secrets(self, line: Line, legal: laws.Legal, rng: Random) -> None:
        for pair in self._secrets.search(line, legal, rng):
            if self._pairs_left[pair.is_twin]:
                self._pairs_left[pair.is_twin] -= 1
                events_keep_the_secret(self._game, line, pair)

    def _end(self, line: Line, could_win: set[int], rng: Random) -> None:
        outcome = line.outcome
        laws.the_outcome_is_told(line, outcome)
        laws.require(
            outcome.winner is None or outcome.winner in could_win, "who wins could win",
            f"seat {outcome.winner} has won, and can_win said before that it can't",
        )
        laws.what_was_hidden_is_revealed(line)
        laws.it_can_be_exported(line, outcome.winner, outcome.reason)
        laws.the_same_seed_gives_the_same_game(line)
        if self._arena_left:
            self._arena_left -= 1
            survives_trouble(self._game, line, rng)


def _is_looked_at(ply: int, rng: Random) -> bool:
    """Tell whether a position is tried out: the first ones are, then fewer and fewer."""
    return ply < FIRST_PLIES or rng.random() < THOROUGH / ply
