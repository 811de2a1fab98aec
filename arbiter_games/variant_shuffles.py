"""First positions of variants in which the pieces are shuffled for each game."""

import random
from itertools import pairwise
from typing import Any


def shuffled(fen: str, fits: Any, rng: random.Random) -> str:
    """Return a position with the pieces of its first rank in a random order that fits."""
    board, rest = fen.split(" ", 1)
    ranks = board.split("/")
    pieces = list(ranks[-1])
    rng.shuffle(pieces)
    while not fits(pieces):
        rng.shuffle(pieces)
    white = "".join(pieces)
    return f"{'/'.join([white.lower(), *ranks[1:-1], white])} {rest}"


def _fits_chess960(pieces: list[str]) -> bool:
    """Return whether the bishops are on two colours and the king is between the rooks."""
    first, second = _places(pieces, "B")
    left, right = _places(pieces, "R")
    return (first + second) % 2 == 1 and left < pieces.index("K") < right


def _fits_capablanca_random(pieces: list[str]) -> bool:
    """Return whether queen and archbishop are on two colours as well, and the bishops apart."""
    apart = (pieces.index("Q") + pieces.index("A")) % 2 == 1
    return apart and _fits_chess960(pieces) and ("B", "B") not in pairwise(pieces)


def _places(pieces: list[str], piece: str) -> list[int]:
    return [place for place, each in enumerate(pieces) if each == piece]


SHUFFLES = {"fischerandom": _fits_chess960, "caparandom": _fits_capablanca_random}
