"""The conformance kit for game authors: it plays a game, and says which law the game breaks.

In a test, with pytest:

    from arbiter_games.testing import assert_game_conforms

    def test_it_conforms():
        assert_game_conforms(TicTacToe())

The same function is there as a fixture, wherever this project is installed beside pytest.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from arbiter_games.testing.failure import BrokenLaw

__all__ = ["BrokenLaw", "assert_game_conforms"]

Twin = Callable[[Any, int | None, Random], Any]


def assert_game_conforms(
    game: Any,
    *,
    options: dict[str, Any] | None = None,
    twin: Twin | None = None,
    examples: int = 20,
    longest: int = 2000,
) -> None:
    """Play a game at random, and raise `BrokenLaw` where it breaks the contract of `Game`.

    `options` are the game's own, where the defaults are not to be played. `examples` is the number
    of games, always the same ones; none may take more than `longest` moves.

    `twin(state, viewer, rng)` is for games with secrets: it returns another state, or None, that
    differs only in what this viewer (None: a spectator) may not know. Without it, the kit compares
    states that differ in moves which `shown_move` hides.
    """
    __tracebackhide__ = True
    from arbiter_games.testing.kit import check  # needs Hypothesis, which the plug-in must not

    try:
        check(game, options or {}, twin, examples, longest)
    except BrokenLaw as broken:
        # The way here, through the kit and Hypothesis, tells an author nothing.
        raise broken.with_traceback(None) from broken.__cause__
