"""Checks a game with the conformance kit, and says what it has found."""

import warnings
from typing import Any

from arbiter_games.contract import Game
from arbiter_games.testing import BrokenLaw, LawsNotChecked, assert_game_conforms
from arbiter_games.testing.lookalike import Lookalike
from tools.errors import ToolError

NEEDED = """\
The check plays with Hypothesis, which is not installed in this environment:
  python -m pip install hypothesis"""


def check(
    game: Game, options: dict[str, Any], examples: int, lookalike: Lookalike | None = None,
    former: Game | None = None,
) -> int:
    """Print that a game keeps the laws, or which it breaks; return the exit status."""
    print(f"{game.title}: {examples} games are played at random...", flush=True)
    with warnings.catch_warnings(record=True, action="always") as unchecked:
        try:
            assert_game_conforms(
                game, options=options, examples=examples, lookalike=lookalike, former=former
            )
        except ModuleNotFoundError as missing:
            if missing.name != "hypothesis":
                raise
            raise ToolError(NEEDED) from None
        except BrokenLaw as broken:
            print(broken)
            if lookalike is None and "`lookalike`" in broken.evidence:
                print("  Name a function: arbiter games check --lookalike test_game.py:other_hands")
            return 1
    for warning in unchecked:
        if issubclass(warning.category, LawsNotChecked):
            print(warning.message)
    print(f"{game.title} keeps all laws that were checked.")
    return 0
