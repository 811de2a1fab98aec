"""Positions of variants by the library `chess`. They end as those of `pyffish` do."""

from functools import cached_property, lru_cache

import chess
from chess import variant

from arbiter_games import chess_fens as fens
from arbiter_games.chess_variants import SHUFFLED, VARIANTS
from arbiter_games.variant_positions import KEPT_POSITIONS, End, Line, Lines

MOVE_RULE_PLIES = 100
REPETITIONS = 3
SQUARES = dict(zip(chess.SQUARE_NAMES, chess.BB_SQUARES, strict=True))
_lines = Lines()


class ChessPosition:
    """A position on a board of the library `chess`."""

    def __init__(self, name: str, fen: str) -> None:
        self.name = name
        self.fen = fen
        self.rules = VARIANTS[name]

    @cached_property
    def board(self) -> chess.Board:
        """Return the board, which nobody changes."""
        return fens.read(self.rules.board, self.fen, self.name == SHUFFLED)

    @cached_property
    def legal(self) -> tuple[str, ...]:
        """Return the legal moves: those on the board in the order of the library, then drops."""
        moves = self.board.generate_legal_moves(self.board.occupied)
        return (*map(chess.Move.uci, moves), *self._drops)

    @cached_property
    def check(self) -> bool:
        """Return whether the side to move is in check."""
        return self.board.is_check()

    @property
    def hopeless(self) -> tuple[bool, bool]:
        """Return, by seat, whether it can't win with the pieces that are left."""
        black, white = self.board.occupied_co
        can_not_win = self.rules.can_not_win
        return can_not_win(self.board, white), can_not_win(self.board, black)

    def allows(self, move: object) -> bool:
        """Return whether it is a legal move, looking only at those of the same piece."""
        if not isinstance(move, str):
            return False
        if "@" in move:
            return move in self._drops
        origin = SQUARES.get(move[:2], chess.BB_EMPTY) & self.board.occupied
        return any(move == each.uci() for each in self.board.generate_legal_moves(origin))

    def after(self, move: str) -> "ChessPosition":
        """Return the position after a legal move."""
        board = self.board.copy(stack=False)
        fens.push(board, move)
        made = chess_position(self.name, fens.write(board))
        made.board = board
        return made

    def fen_after(self, moves: list[str]) -> str:
        """Return the FEN after legal moves."""
        return (_lines.get(self.name, self.fen, moves) or self._replayed(moves)).fen

    def end(self, since: str, moves: list[str]) -> End | None:
        """Return how the game has ended."""
        board = self.board
        if board.is_variant_end():
            return self._value(), "variant_end"
        if not any(True for _ in board.generate_legal_moves()):
            return self._without_moves()
        keys = self._line(since, moves).keys
        if board.halfmove_clock >= MOVE_RULE_PLIES:
            return self._draw(), "move_rule"
        return (self._draw(), "repetition") if keys.count(keys[-1]) >= REPETITIONS else None

    def _without_moves(self) -> End:
        if self.check:
            return self.rules.mated, "checkmate"
        value = self._value() or self._draw()
        return value, "no_moves" if value else "stalemate"

    def _value(self) -> int:
        """Return what an end by the variant's own rules is worth to the side to move."""
        return self.board.is_variant_win() - self.board.is_variant_loss()

    def _draw(self) -> int:
        return self.rules.drawn if self.board.turn else -self.rules.drawn

    @cached_property
    def _drops(self) -> tuple[str, ...]:
        board = self.board
        if not isinstance(board, variant.CrazyhouseBoard):
            return ()
        pocket, empty = board.pockets[board.turn], board.legal_drop_squares_mask() & chess.BB_ALL
        return tuple(
            f"{chess.piece_symbol(piece).upper()}@{chess.SQUARE_NAMES[square]}"
            for piece in chess.PIECE_TYPES if pocket.count(piece)
            for square in chess.scan_forward(
                empty & ~chess.BB_BACKRANKS if piece == chess.PAWN else empty
            )
        )

    def _line(self, since: str, moves: list[str]) -> Line:
        """Return the line that has led here; as a rule it is kept but for the last move."""
        keys: tuple[str, ...] = (fens.key(self.fen),)
        if moves and _can_come_again(self.board):
            before = _lines.get(self.name, since, moves[:-1])
            before = before or chess_position(self.name, since)._replayed(moves[:-1])
            keys = (*before.keys, *keys)
        return _lines.keep(self.name, since, moves, Line(self.fen, keys))

    def _replayed(self, moves: list[str]) -> Line:
        board, fen = self.board.copy(stack=False), fens.write(self.board)
        keys = [fens.key(fen)]
        for move in moves:
            fens.push(board, move)
            fen = fens.write(board)
            keys = [*(keys if _can_come_again(board) else []), fens.key(fen)]
        return Line(fen, tuple(keys))


def _can_come_again(board: chess.Board) -> bool:
    """Return whether what was on the board before the last move can be there again."""
    return board.halfmove_clock > 0 or isinstance(board, variant.CrazyhouseBoard)


class ChessLibrary:
    """The library `chess`, for the variants that it plays as `pyffish` does."""

    names = tuple(sorted(VARIANTS))

    def start_fen(self, name: str) -> str:
        """Return a variant's first position, where pieces are shuffled before they are."""
        return VARIANTS[name].start

    def captures_return(self, name: str) -> bool:
        """Return whether captured pieces come back into play."""
        return issubclass(VARIANTS[name].board, variant.CrazyhouseBoard)

    def san(self, name: str, fen: str, move: str) -> str:
        """Return a legal move in SAN."""
        return chess_position(name, fen).board.san(chess.Move.from_uci(move))

    def position(self, name: str, fen: str) -> ChessPosition:
        """Return a position."""
        return chess_position(name, fen)


@lru_cache(maxsize=KEPT_POSITIONS)
def chess_position(name: str, fen: str) -> ChessPosition:
    """Return a position, the same one for a while, as it is asked about repeatedly."""
    return ChessPosition(name, fen)


LIBRARY = ChessLibrary()
