"""Plays a game by the contract's laws; Hypothesis chooses the players, seeds and hostile values."""

import time
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

from arbiter_games.contract import Game
from arbiter_games.testing import fixed_chance, game_laws, session_laws
from arbiter_games.testing.broken_law import BrokenLaw
from arbiter_games.testing.host import Host, installed_hosts
from arbiter_games.testing.lookalike import Lookalike
from arbiter_games.testing.many_games import ManyGames
from arbiter_games.testing.option_values import option_variants
from arbiter_games.testing.other_hashes import require_same_elsewhere
from arbiter_games.testing.secrecy import LAW as SECRECY
from arbiter_games.testing.secrecy import SecrecyCheck
from arbiter_games.testing.time_limit import watched
from arbiter_games.testing.trial import Trial
from arbiter_games.testing.upgrades import require_upgrades

SHRINK_SECONDS = 5.0

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner,
                                                                max_size=3),
    max_leaves=5,
)


def check(
    game: Game, options: dict[str, Any], lookalike: Lookalike | None, examples: int,
    max_moves: int, former: Game | None = None,
) -> list[str]:
    """Raise BrokenLaw for the first law that is found broken.

    Returns the laws that could not be checked because no server is installed.
    """
    hosts = installed_hosts()
    try:
        with watched():
            _check(game, options, lookalike, examples, max_moves, hosts)
            if former is not None:
                require_upgrades(game, former, max_moves)
    except BrokenLaw as broken:
        broken.game = getattr(game, "name", None) or type(game).__name__
        raise
    if hosts:
        return []
    return [*session_laws.LAWS, *([f"{SECRECY} by a server"] if game.secrets else [])]


def _check(
    game: Game, options: dict[str, Any], lookalike: Lookalike | None, examples: int,
    max_moves: int, hosts: list[Host],
) -> None:
    game_laws.require_declaration(game)
    complete = game_laws.completed_options(game, options)
    plain, game = game, fixed_chance.with_drawn_chance(game)
    trial = Trial(game, complete, SecrecyCheck(lookalike), hosts, max_moves)
    _run_examples(game, trial, examples)
    trial.require_secrets_found()
    variants = [
        game_laws.completed_options(game, each) for each in option_variants(game, options)
    ]
    for variant in variants:
        if variant != complete:
            Trial(game, variant, SecrecyCheck(lookalike), [], max_moves).run_once()
    ManyGames(game, [complete, *variants], max_moves).run()
    require_same_elsewhere(plain, complete)


def _run_examples(game: Game, trial: Trial, examples: int) -> None:
    budget = ShrinkBudget()

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
        budget.run(repr((players, seed, hostile)), lambda: trial.run(players, seed, hostile))

    play()


class ShrinkBudget:
    """Limits Hypothesis' search for the smallest failure to some seconds after the first one."""

    def __init__(self) -> None:
        self._failures: dict[str, BrokenLaw] = {}
        self._deadline: float | None = None

    def run(self, example: str, play: Callable[[], None]) -> None:
        """Play an example; once the time is over, repeat known failures and pass everything else.
        """
        if example in self._failures:
            raise self._failures[example]
        if self._deadline is not None and time.monotonic() > self._deadline:
            return
        try:
            play()
        except BrokenLaw as broken:
            self._failures[example] = broken
            self._deadline = self._deadline or time.monotonic() + SHRINK_SECONDS
            raise
