"""The variants of chess, shogi, xiangqi and others that Fairy-Stockfish knows.

Moves are written as in Fairy-Stockfish: UCI (`e2e4`, `e7e8q`), drops as `P@e5`, `+` for a
promotion in shogi, a comma before the second part of a move (`a2a3,c3c4`: a duck, an arrow, a
wall). Where the pieces are shuffled for each game, castling is the king's move onto its own rook.

A state has what `view` shows, `{fen, turn, ply, last_move, check}`, and also:

- `since`, `moves`: a position, and the moves made from there, separated by spaces. They go back
  as far as a repetition can: to the beginning where captured pieces come back into play, else to
  just before the last capture.
- `over`: null, or the winner and the reason.

The reasons are `checkmate`; `stalemate` (a draw) and `no_moves` (where having none decides the
game); `repetition` (a draw, or lost by perpetual check or chase); `move_rule` (too many moves
without progress, or the variant's own counting rule); `insufficient_material`; `move_limit` (a
draw, after MAX_MOVES moves); and `variant_end` for the rules of single variants: a third check, a
king on the hill, all pieces lost.

Positions and ends are found by one of two libraries, `chess` and `pyffish`: `variant_positions`.
"""

import random
from functools import partial
from typing import Any

from arbiter_games.contract import Game, IllegalMove, Move, Outcome, Record, State, plain_text, show
from arbiter_games.variant_positions import End, Position, libraries
from arbiter_games.variant_shuffles import SHUFFLES, shuffled
from arbiter_games.variant_titles import TITLES

try:
    from arbiter_games import pgn
except ImportError:  # the library `chess` is not installed
    pgn = None  # type: ignore[assignment]

SHOWN_KEYS = ("fen", "turn", "ply", "last_move", "check")
HISTORY_KEYS = (*SHOWN_KEYS, "over")
MAX_MOVES = 1000
# Two moves show whether both sides have passed, or both kings face each other.
MIN_KEPT_MOVES = 2
# A mate in shatar depends on an unbroken series of checks of any length.
WHOLE_HISTORY_VARIANTS = frozenset({"shatar"})
# Played by other modules of this package.
OTHER_GAMES = frozenset({"chess", "dobutsu"})


class Variant(Game):
    """One variant, by its name in Fairy-Stockfish: seat 0 is white and moves first."""

    takebacks = True  # shuffles are seen

    def __init__(self, name: str) -> None:
        self.name = name
        self.title = TITLES.get(name, name.capitalize())
        self._library, *others = [each for each in libraries() if name in each.names]
        self._writing = [self._library, *others][-1]
        self._position = partial(self._library.position, name)
        self.captures_return = (
            self._library.captures_return(name) or name in WHOLE_HISTORY_VARIANTS
        )

    def setup(self, players: int, options: dict[str, Any], rng: random.Random) -> State:
        """Return the variant's first position, shuffled in those variants that shuffle it."""
        fen = self._library.start_fen(self.name)
        if self.name in SHUFFLES:
            fen = shuffled(fen, SHUFFLES[self.name], rng)
        begun = self._position(self._position(fen).fen_after([]))
        return self._state(begun, since=fen, moves=[], ply=0)

    def to_move(self, state: State) -> list[int]:
        """Return the side to move, alone, or nobody once there is an outcome."""
        return [] if state["over"] else [state["turn"]]

    def legal_moves(self, state: State, player: int) -> list[Move]:
        """Return the moves in the order of the library, which depends on the position alone."""
        if player not in self.to_move(state):
            return []
        return list(self._position(state["fen"]).legal)

    def apply(self, state: State, player: int, move: Move) -> State:
        """Return the state after the move, or raise `IllegalMove`."""
        before = self._position(state["fen"])
        if player not in self.to_move(state) or not before.allows(move):
            raise IllegalMove(self._refusal(state, player, move))
        made = before.after(move)
        since, moves = state["since"], [*state["moves"].split(), move]
        if not self.captures_return and _pieces(made.fen) < _pieces(before.fen):
            forgotten, moves = moves[:-MIN_KEPT_MOVES], moves[-MIN_KEPT_MOVES:]
            since = self._position(since).fen_after(forgotten)
        is_traded = _material(made.fen) != _material(before.fen)
        return self._state(made, since, moves, state["ply"] + 1, is_traded)

    def outcome(self, state: State) -> Outcome | None:
        """Return how the game ended, by a reason that the module lists."""
        return Outcome(*state["over"]) if state["over"] else None

    def view(self, state: State, player: int | None) -> State:
        """Return the position; both players and spectators see the same."""
        return {name: state[name] for name in SHOWN_KEYS}

    def determinize(self, view: State, seat: int, rng: random.Random) -> State:
        """Return the position that is seen, with no earlier moves to repeat."""
        state = self._state(self._position(view["fen"]), view["fen"], [], view["ply"])
        return {**state, "last_move": view["last_move"], "over": None}

    def notation(self, state: State, player: int, move: Move) -> str | None:
        """Return the move in SAN, or as those who play the variant write it."""
        return self._writing.san(self.name, state["fen"], move)

    def for_history(self, state: State) -> State:
        """Return the state without the earlier moves, which only the end of the game depends on."""
        return {name: state[name] for name in HISTORY_KEYS}

    def can_win(self, state: State, player: int) -> bool:
        """Return whether the side's pieces could still win, as far as the library knows."""
        return not self._position(state["fen"]).hopeless[player]

    def export(self, record: Record) -> tuple[str, str]:
        """Return the game in PGN where that has a name for the variant, else as text with a FEN.
        """
        if pgn and self.name in pgn.BOARDS:
            return "pgn", pgn.to_pgn(record, self.name)
        return "text", plain_text(record, record.setup["fen"])

    def _state(
        self, position: Position, since: str, moves: list[str], ply: int, is_traded: bool = True
    ) -> State:
        """Return the state of a position; `is_traded` says if the last move changed the pieces."""
        turn = _turn(position.fen)
        end = position.end(since, moves) or _draw(position, ply, is_traded)
        return {
            "fen": position.fen,
            "turn": turn,
            "ply": ply,
            "last_move": moves[-1] if moves else None,
            "check": position.check,
            "since": since,
            "moves": " ".join(moves),
            "over": end and [_winner(turn, end[0]), end[1]],
        }

    def _refusal(self, state: State, player: int, move: Move) -> str:
        """Return the sentence that says why this move is not legal."""
        if self.outcome(state):
            return f"{show(move)} comes too late: the game is over."
        if player not in self.to_move(state):
            return f"{show(move)} can't be played: it is not your turn."
        example = self._position(state["fen"]).legal[0]
        return f"{show(move)} is not legal here: write a move as {example}."


def variants() -> list[Variant]:
    """Return every variant that an installed library plays, except OTHER_GAMES."""
    names = sorted({name for library in libraries() for name in library.names} - OTHER_GAMES)
    return [Variant(name) for name in names]


def _draw(position: Position, ply: int, is_traded: bool) -> End | None:
    """Return the draw where neither side can win any more, or has won for too long."""
    if is_traded and all(position.hopeless):
        return 0, "insufficient_material"
    return (0, "move_limit") if ply >= MAX_MOVES else None


def _turn(fen: str) -> int:
    return "wb".index(fen.split()[1])


def _winner(turn: int, value: int) -> int | None:
    return None if value == 0 else turn if value > 0 else 1 - turn


def _pieces(fen: str) -> int:
    """Return how many pieces there are on the board and in hand."""
    return sum(map(str.isalpha, fen.split()[0]))


def _material(fen: str) -> list[str]:
    """Return the sorted pieces on the board and in hand, with a `+` for each promoted one."""
    return sorted(each for each in fen.split()[0] if not each.isdigit() and each != "/")
