"""Chess by the rules of FIDE, as the `chess` library knows them.

Moves are written in UCI: `e2e4`, `e7e8q`, castling by the king's move. A state has what `view`
shows, `{fen, turn, ply, last_move, check}`, and also:

- `since`, `moves`: the position after the last irreversible move, and the moves made from there,
  separated by spaces. Repetitions are counted in these.
- `claims`: the reasons for which the side to move may claim a draw.
- `over`: null, or the winner and the reason.
"""

import random
import re
from typing import Any

import chess

from arbiter_games import pgn
from arbiter_games.contract import Game, IllegalMove, Move, Outcome, Record, State, plain_text, show

SHOWN_KEYS = ("fen", "turn", "ply", "last_move", "check")
HISTORY_KEYS = (*SHOWN_KEYS, "over")
NOTATION = re.compile(r"[a-h][1-8][a-h][1-8][nbrq]?")
REASONS = {
    chess.Termination.CHECKMATE: "checkmate",
    chess.Termination.STALEMATE: "stalemate",
    chess.Termination.INSUFFICIENT_MATERIAL: "insufficient_material",
    chess.Termination.SEVENTYFIVE_MOVES: "seventyfive_moves",
    chess.Termination.FIVEFOLD_REPETITION: "fivefold_repetition",
}


class Chess(Game):
    """Chess: seat 0 is white."""

    name = "chess"
    title = "Chess"
    takebacks = True

    def setup(self, players: int, options: dict[str, Any], rng: random.Random) -> State:
        """Return the standard position."""
        return _state(chess.Board(), chess.STARTING_FEN, [], 0)

    def to_move(self, state: State) -> list[int]:
        """Return the side to move, alone, or nobody once there is an outcome."""
        return [] if state["over"] else [state["turn"]]

    def legal_moves(self, state: State, player: int) -> list[Move]:
        """Return the moves in the order of the library, which depends on the position alone."""
        if player not in self.to_move(state):
            return []
        return [move.uci() for move in chess.Board(state["fen"]).legal_moves]

    def apply(self, state: State, player: int, move: Move) -> State:
        """Return the state after the move, or raise `IllegalMove`."""
        if move not in self.legal_moves(state, player):
            raise IllegalMove(self._refusal(state, player, move))
        board = chess.Board(state["since"])
        moves = state["moves"].split()
        for earlier in moves:
            board.push(chess.Move.from_uci(earlier))
        made = chess.Move.from_uci(move)
        is_irreversible = board.is_irreversible(made)
        board.push(made)
        if is_irreversible:
            return _state(board, board.fen(), [], state["ply"] + 1)
        return _state(board, state["since"], [*moves, move], state["ply"] + 1)

    def outcome(self, state: State) -> Outcome | None:
        """Return how the game ended: by mate, or by a draw that needs no claim."""
        return Outcome(*state["over"]) if state["over"] else None

    def view(self, state: State, player: int | None) -> State:
        """Return the position; both players and spectators see the same."""
        return {name: state[name] for name in SHOWN_KEYS}

    def notation(self, state: State, player: int, move: Move) -> str | None:
        """Return the move in SAN, the standard algebraic notation."""
        return chess.Board(state["fen"]).san(chess.Move.from_uci(move))

    def for_history(self, state: State) -> State:
        """Return the state without the earlier moves, which only count repetitions."""
        return {name: state[name] for name in HISTORY_KEYS}

    def can_win(self, state: State, player: int) -> bool:
        """Return whether any sequence of legal moves could still lead to a mate by this side."""
        return not chess.Board(state["fen"]).has_insufficient_material(_colour(player))

    def claims(self, state: State, player: int) -> list[str]:
        """Return `threefold_repetition`, `fifty_moves`, both or neither, for the side to move."""
        return state["claims"] if player in self.to_move(state) else []

    def export(self, record: Record) -> tuple[str, str]:
        """Return the game in PGN, with the headers of the standard; a very long one as text."""
        if len(record.moves) > pgn.MAX_MOVES:
            return "text", plain_text(record, record.setup["fen"])
        return "pgn", pgn.to_pgn(record, "normal")

    def _refusal(self, state: State, player: int, move: Move) -> str:
        """Return the sentence that says why this move is not legal."""
        if self.outcome(state):
            return f"{show(move)} comes too late: the game is over."
        if player not in self.to_move(state):
            return f"{show(move)} can't be played: it is not your turn."
        if not isinstance(move, str) or not NOTATION.fullmatch(move):
            return f"{show(move)} is not a move: write one as e2e4 or e7e8q."
        return f"{show(move)} is not legal: {_explanation(chess.Board(state['fen']), move)}."


def _state(board: chess.Board, since: str, moves: list[str], ply: int) -> State:
    """Return the state of a board whose move stack goes back to `since`."""
    end = board.outcome()
    return {
        "fen": board.fen(),
        "turn": _seat(board.turn),
        "ply": ply,
        "last_move": board.peek().uci() if board.move_stack else None,
        "check": board.is_check(),
        "since": since,
        "moves": " ".join(moves),
        "claims": [] if end else _claims(board),
        "over": [_seat(end.winner), REASONS[end.termination]] if end else None,
    }


def _claims(board: chess.Board) -> list[str]:
    holds = {
        "threefold_repetition": board.is_repetition(3), "fifty_moves": board.is_fifty_moves()
    }
    return [reason for reason, held in holds.items() if held]


def _seat(colour: chess.Color | None) -> int | None:
    return None if colour is None else int(colour is chess.BLACK)


def _colour(seat: int) -> chess.Color:
    return chess.BLACK if seat else chess.WHITE


def _explanation(board: chess.Board, notation: str) -> str:
    """Return why a well-formed move is not legal."""
    source, target = notation[:2], notation[2:4]
    if source == target:  # which the library reads as a null move
        return f"a piece on {source} has to go to another square"
    move = chess.Move.from_uci(notation)
    if board.color_at(move.from_square) is not board.turn:
        return f"no piece of yours stands on {source}"
    if board.color_at(move.to_square) is board.turn:
        return f"a piece of yours stands on {target}"
    if board.is_pseudo_legal(move):
        return "it would leave your king in check"
    if not move.promotion and board.is_pseudo_legal(chess.Move.from_uci(f"{source}{target}q")):
        return f"a pawn on the last rank becomes another piece, so write {source}{target}q"
    if move.promotion and board.is_pseudo_legal(chess.Move.from_uci(notation[:4])):
        return f"only a pawn on the last rank changes, so write {notation[:4]}"
    piece = board.piece_at(move.from_square)
    assert piece  # of the colour that was looked for above
    return f"the {chess.piece_name(piece.piece_type)} can't go from {source} to {target}"
