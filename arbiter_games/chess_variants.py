"""The variants that the library `chess` plays as `pyffish` does, and how these are decided."""

from collections.abc import Callable
from typing import NamedTuple

import chess
from chess import variant


class LoopBoard(variant.CrazyhouseBoard):
    """Crazyhouse in which a promoted piece that is taken does not become a pawn."""

    def _push_capture(
        self, move: chess.Move, capture_square: chess.Square, piece_type: chess.PieceType,
        was_promoted: bool,
    ) -> None:
        super()._push_capture(move, capture_square, piece_type, was_promoted=False)


def _has_a_minor_piece_only(board: chess.Board, side: chess.Bitboard) -> bool:
    """Return whether the side has nothing that could mate with what else is on the board."""
    others = board.occupied & ~board.kings & ~board.bishops
    if side & (board.pawns | board.rooks | board.queens):
        return False
    if side & board.knights:
        return chess.popcount(board.occupied & ~board.kings) == 1
    if side & board.bishops:
        light, dark = chess.BB_LIGHT_SQUARES, chess.BB_DARK_SQUARES
        return not others and not (board.bishops & light and board.bishops & dark)
    return True


def _has_kings_only(board: chess.Board, side: chess.Bitboard) -> bool:
    return not side & ~board.kings


def _never(board: chess.Board, side: chess.Bitboard) -> bool:
    return False


class Rules(NamedTuple):
    """How a variant is played and decided."""

    board: type[chess.Board] = chess.Board
    can_not_win: Callable[[chess.Board, chess.Bitboard], bool] = _has_a_minor_piece_only
    # What it is worth to be mated, and a draw to white: above 0 is won.
    mated: int = -1
    drawn: int = 0


VARIANTS = {
    "normal": Rules(),
    "nocastle": Rules(),
    "fischerandom": Rules(),
    "misere": Rules(mated=1),
    "armageddon": Rules(can_not_win=_never, drawn=-1),
    "kingofthehill": Rules(variant.KingOfTheHillBoard, _never),
    "racingkings": Rules(variant.RacingKingsBoard, _never),
    "horde": Rules(variant.HordeBoard, _never),
    "giveaway": Rules(variant.GiveawayBoard, _never),
    "antichess": Rules(variant.AntichessBoard, _never),
    "suicide": Rules(variant.SuicideBoard, _never),
    "atomic": Rules(variant.AtomicBoard, _has_kings_only),
    "3check": Rules(variant.ThreeCheckBoard, _has_kings_only),
    "5check": Rules(variant.ThreeCheckBoard, _has_kings_only),
    "crazyhouse": Rules(variant.CrazyhouseBoard, _never),
    "loop": Rules(LoopBoard, _never),
}
# Castling is written as the king's move onto its own rook, and the right to it by the rook's file.
SHUFFLED = "fischerandom"
