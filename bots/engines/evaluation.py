"""An estimate of positions that are shown as a FEN, where playing on to the end takes too long."""

import math
from collections.abc import Callable

from arbiter_games.contract import Game, State

WORTH = {"p": 1.0, "n": 3.0, "b": 3.0, "r": 5.0, "q": 9.0, "k": 0.0}
OTHER_WORTH = 3.0
PROMOTED_WORTH = 2.0
POINTS_A_LOGIT = 2.5
MOBILITY = 0.4


def evaluation_for(game: Game, view: State) -> Callable[[State, int], float] | None:
    """Return what estimates a seat's share of the point; None where views have no FEN."""
    if game.max_players != 2 or "fen" not in view:
        return None

    def evaluate(state: State, seat: int) -> float:
        view = game.view(state, seat)
        points = material(view["fen"])
        turn = view["turn"]
        moves = len(game.legal_moves(state, turn))
        points += (1 if turn == 0 else -1) * MOBILITY * math.log1p(moves)
        share = 1 / (1 + math.exp(-points / POINTS_A_LOGIT))
        return share if seat == 0 else 1 - share

    return evaluate


def material(fen: str) -> float:
    """Return by how much the first seat's pieces are worth more, on the board and in hand."""
    points, promoted = 0.0, 0.0
    for letter in fen.split()[0]:
        if letter == "+":
            promoted = PROMOTED_WORTH
        elif letter.isalpha():
            worth = WORTH.get(letter.lower(), OTHER_WORTH) + promoted
            points += worth if letter.isupper() else -worth
            promoted = 0.0
    return points
