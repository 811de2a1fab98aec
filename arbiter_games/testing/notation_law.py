"""The law of `notation`: it writes each legal move as a text, by what is stored of a position."""

from random import Random

from arbiter_games.testing.broken_law import brief, require
from arbiter_games.testing.json_values import difference
from arbiter_games.testing.playthrough import Playthrough
from arbiter_games.testing.position_laws import LegalMoves, sample
from arbiter_games.testing.view_laws import HISTORY

LAW = "notation is a text that can be shown, or None"


def require_notation(playthrough: Playthrough, legal: LegalMoves, rng: Random) -> None:
    """Require a text or None for legal moves, and the same for what `for_history` keeps."""
    game, state = playthrough.game, playthrough.state
    if not game.has_notation:
        return
    kept = game.for_history(state)
    every_move = [(seat, move) for seat, moves in legal.items() for move in moves]
    for seat, move in sample(every_move, rng):
        written, of_kept = (game.notation(each, seat, move) for each in (state, kept))
        is_text = isinstance(written, str) and written.isprintable() and written.strip()
        require(
            written is None or is_text, LAW,
            f"of {brief(move)} of seat {seat} it is {brief(written)}",
        )
        require(
            of_kept == written, HISTORY,
            f"notation, called with what for_history keeps: {difference(written, of_kept)}",
        )
