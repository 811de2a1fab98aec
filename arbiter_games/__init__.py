"""The rules of turn-based games as pure functions, and the contract that they keep.

Nothing here does I/O, and nothing but Python and pydantic is needed: whoever hosts games imports it.
"""

from arbiter_games.contract import Game, IllegalMove, Outcome, Record, show

__all__ = ["Game", "IllegalMove", "Outcome", "Record", "show"]
