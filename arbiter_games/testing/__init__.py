"""The conformance kit for game authors: it plays a game, and names the law that the game breaks.

In a test, with pytest:

    from arbiter_games.testing import assert_game_conforms

    def test_the_game_conforms():
        assert_game_conforms(TicTacToe())

The function is also a pytest fixture of the same name. It needs the extra `testing`.
"""

import warnings
from typing import Any

from arbiter_games.contract import Game
from arbiter_games.testing.broken_law import BrokenLaw, LawsNotChecked
from arbiter_games.testing.lookalike import Lookalike

__all__ = ["BrokenLaw", "LawsNotChecked", "assert_game_conforms"]


def assert_game_conforms(
    game: Game,
    *,
    options: dict[str, Any] | None = None,
    lookalike: Lookalike | None = None,
    examples: int = 20,
    max_moves: int = 2000,
    former: Game | None = None,
) -> None:
    """Play a game at random, and raise `BrokenLaw` where it breaks the contract of `Game`.

    `options` are the game's own, to be played in place of the defaults. `examples` is the number
    of games, the same ones in every run; each must end within `max_moves` moves.

    `lookalike(state, viewer, rng)` is for games with secrets: it returns another state, or None,
    that differs only in what this viewer (None: a spectator) may not know. Without it, the kit
    compares states that differ in moves which `shown_move` hides.

    `former` are the rules of an earlier version: their games must go on by `upgrade`.

    Laws about games inside a server are checked where a server is installed; otherwise the
    warning `LawsNotChecked` names them.
    """
    __tracebackhide__ = True
    # Imported here because it needs Hypothesis, which the pytest plug-in must not require.
    from arbiter_games.testing.conformance import check

    try:
        unchecked = check(game, options or {}, lookalike, examples, max_moves, former)
    except BrokenLaw as broken:
        # The traceback through the kit and Hypothesis tells an author nothing.
        raise broken.with_traceback(None) from broken.__cause__
    if unchecked:
        warnings.warn(
            f"No Arbiter server is installed here, so these laws were not checked of {game.name}:"
            f" {'; '.join(unchecked)}.", LawsNotChecked, stacklevel=2,
        )
