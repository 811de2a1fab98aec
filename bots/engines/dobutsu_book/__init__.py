"""Replies by which the second player wins Dobutsu shogi from the start, whatever the first does.

They end where a search sees the win. README.md says where `replies.xz` comes from.
"""

import lzma
from functools import lru_cache
from pathlib import Path

from bots.engines.dobutsu_board import POSITION_BYTES, SQUARES, Position

RECORD_BYTES = POSITION_BYTES + 1  # a position, and the reply
MIRRORED = [square // 3 * 3 + 2 - square % 3 for square in range(len(SQUARES))]


def reply(position: Position) -> int | None:
    """Return the move that wins, in a position of the book; None in others."""
    mirrored = mirror(position)
    if position <= mirrored:
        return replies().get(position)
    move = replies().get(mirrored)
    return None if move is None else mirror_move(move)


@lru_cache
def replies() -> dict[Position, int]:
    """Return the replies by position; a position stands for its mirror image, which is greater."""
    data = lzma.decompress(Path(__file__).with_name("replies.xz").read_bytes())
    return {
        data[start:start + POSITION_BYTES]: data[start + POSITION_BYTES]
        for start in range(0, len(data), RECORD_BYTES)
    }


def mirror(position: Position) -> Position:
    """Return the position with its files in the opposite order."""
    return bytes(map(position.__getitem__, MIRRORED)) + position[len(MIRRORED):]


def mirror_move(move: int) -> int:
    """Return the same move in the mirror image."""
    source, target = divmod(move, 12)
    return (source if source >= 12 else MIRRORED[source]) * 12 + MIRRORED[target]
