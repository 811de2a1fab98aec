"""Boards of the library `chess`, read, moved on and written as `pyffish` does it."""

import chess
from chess import variant

CASTLING_ROOKS = {"K": chess.BB_H1, "Q": chess.BB_A1, "k": chess.BB_H8, "q": chess.BB_A8}
CASTLING_KINGS = chess.BB_E1 | chess.BB_E8


def read(kind: type[chess.Board], fen: str, is_shuffled: bool) -> chess.Board:
    """Return the board of a FEN."""
    board = kind(fen, chess960=is_shuffled)
    _forget_promotions(board)
    return board


def push(board: chess.Board, move: str) -> None:
    """Make a legal move. Every drop counts as progress, and not only that of a pawn."""
    made = chess.Move.from_uci(move)
    board.push(made)
    if made.drop:
        board.halfmove_clock = 0
    _forget_promotions(board)


def write(board: chess.Board) -> str:
    """Return the FEN. En passant stands in it where a pawn is ready for that, if pinned."""
    rest = [
        f"{_placement(board)}{_hands(board)}",
        "w" if board.turn else "b",
        _castling(board),
        "-" if not _is_en_passant_near(board) else chess.SQUARE_NAMES[board.ep_square or 0],
    ]
    if isinstance(board, variant.ThreeCheckBoard):
        rest.append("{1}+{0}".format(*board.remaining_checks))
    return " ".join([*rest, str(board.halfmove_clock), str(board.fullmove_number)])


def key(fen: str) -> str:
    """Return what repetitions of a position have in common. A promoted piece is no other one."""
    return fen.rsplit(" ", 2)[0].replace("~", "")


def _forget_promotions(board: chess.Board) -> None:
    """Leave on the board what a FEN shows, and let castle, of several kings, that on its square."""
    if isinstance(board, variant.SuicideBoard):
        board.promoted = board.kings & ~CASTLING_KINGS
    elif type(board) is not variant.CrazyhouseBoard:
        board.promoted = chess.BB_EMPTY


def _placement(board: chess.Board) -> str:
    squares = ["1"] * 64
    masks = board.pawns, board.knights, board.bishops, board.rooks, board.queens, board.kings
    for side, symbols in zip(board.occupied_co, ("pnbrqk", "PNBRQK"), strict=True):
        for mask, symbol in zip(masks, symbols, strict=True):
            for square in chess.scan_forward(mask & side):
                squares[square ^ 56] = symbol
    if type(board) is variant.CrazyhouseBoard:
        for square in chess.scan_forward(board.promoted):
            squares[square ^ 56] += "~"
    placement = "/".join("".join(squares[first:first + 8]) for first in range(0, 64, 8))
    for empty in range(8, 1, -1):
        placement = placement.replace("1" * empty, str(empty))
    return placement


def _hands(board: chess.Board) -> str:
    if not isinstance(board, variant.CrazyhouseBoard):
        return ""
    black, white = board.pockets
    return f"[{str(white).upper()}{black}]"


def _castling(board: chess.Board) -> str:
    if not board.castling_rights:
        return "-"
    if board.chess960:
        return board.castling_shredder_fen()
    rights = board.clean_castling_rights()
    return "".join(side for side, rook in CASTLING_ROOKS.items() if rights & rook) or "-"


def _is_en_passant_near(board: chess.Board) -> bool:
    return board.ep_square is not None and board.has_pseudo_legal_en_passant()
