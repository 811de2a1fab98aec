"""The rules of turn-based games as pure functions, and the contract that they keep.

A server imports this package and nothing of a server is imported here: it does no I/O, and needs
Python and pydantic alone.
"""

from arbiter_games.contract import Game, IllegalMove, Leaving, Outcome, Record, show

__all__ = ["Game", "IllegalMove", "Leaving", "Outcome", "Record", "show"]
