"""The variants that the library `chess` plays as `pyffish` does, and how these are decided."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import chess
from chess import variant


class AtomicBoard(variant.AtomicBoard):
    """Atomic chess in which only those moves are tried out that may endanger the own king."""

    def generate_legal_moves(
        self, from_mask: chess.Bitboard = chess.BB_ALL, to_mask: chess.Bitboard = chess.BB_ALL
    ) -> Iterator[chess.Move]:
        """Yield the legal moves: what takes nothing and uncovers nothing leaves the king safe."""
        if self.is_variant_end():
            return
        king = self.king(self.turn)
        risky = chess.BB_ALL
        if self._kings_connected():
            risky = self.kings
        elif king is not None and not self.checkers_mask():
            risky = self.kings | self._slider_blockers(king)
        taken = self.occupied | (chess.BB_SQUARES[self.ep_square] if self.ep_square else 0)
        for move in self.generate_pseudo_legal_moves(from_mask, to_mask):
            is_risky = chess.BB_SQUARES[move.from_square] & risky
            if not is_risky and not chess.BB_SQUARES[move.to_square] & taken or self.is_legal(move):
                yield move


class RacingKingsBoard(variant.RacingKingsBoard):
    """Racing kings in which no move is made to see whether it gives check."""

    def gives_check(self, move: chess.Move) -> bool:
        """Return whether a piece that has moved attacks the other king, or uncovers it."""
        king = self.king(not self.turn)
        assert king is not None
        origin, target = chess.BB_SQUARES[move.from_square], chess.BB_SQUARES[move.to_square]
        occupied = self.occupied & ~origin | target
        if self.attackers_mask(self.turn, king, occupied) & ~origin:
            return True
        attacked = chess.BB_EMPTY
        if origin & self.knights:
            attacked = chess.BB_KNIGHT_ATTACKS[king]
        if origin & (self.bishops | self.queens):
            attacked |= chess.BB_DIAG_ATTACKS[king][chess.BB_DIAG_MASKS[king] & occupied]
        if origin & (self.rooks | self.queens):
            attacked |= chess.BB_RANK_ATTACKS[king][chess.BB_RANK_MASKS[king] & occupied]
            attacked |= chess.BB_FILE_ATTACKS[king][chess.BB_FILE_MASKS[king] & occupied]
        return bool(attacked & target)


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
    start: str = chess.STARTING_FEN  # written as `pyffish` does


WITHOUT_CASTLING = chess.STARTING_FEN.replace("KQkq", "-")
WITH_HANDS = chess.STARTING_FEN.replace(" ", "[] ", 1)
CHECKS = chess.STARTING_FEN.replace(" 0 1", " {0}+{0} 0 1")
VARIANTS = {
    "normal": Rules(),
    "nocastle": Rules(start=WITHOUT_CASTLING),
    "fischerandom": Rules(),
    "misere": Rules(mated=1),
    "armageddon": Rules(can_not_win=_never, drawn=-1),
    "kingofthehill": Rules(variant.KingOfTheHillBoard, _never),
    "racingkings": Rules(RacingKingsBoard, _never, start=variant.RacingKingsBoard.starting_fen),
    "horde": Rules(variant.HordeBoard, _never, start=variant.HordeBoard.starting_fen),
    "giveaway": Rules(variant.GiveawayBoard, _never),
    "antichess": Rules(variant.AntichessBoard, _never, start=WITHOUT_CASTLING),
    "suicide": Rules(variant.SuicideBoard, _never, start=WITHOUT_CASTLING),
    "atomic": Rules(AtomicBoard, _has_kings_only),
    "3check": Rules(variant.ThreeCheckBoard, _has_kings_only, start=CHECKS.format(3)),
    "5check": Rules(variant.ThreeCheckBoard, _has_kings_only, start=CHECKS.format(5)),
    "crazyhouse": Rules(variant.CrazyhouseBoard, _never, start=WITH_HANDS),
    "loop": Rules(LoopBoard, _never, start=WITH_HANDS),
}
# Castling is written as the king's move onto its own rook, and the right to it by the rook's file.
SHUFFLED = "fischerandom"
