"""The variants of chess, shogi, xiangqi and others that Fairy-Stockfish knows, by `pyffish`.

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

A call of the library takes about a millisecond, whichever it is and however many moves it is given,
as each builds the tables of all pieces anew. A move needs five: the position, whether it is a
check, the legal moves, and both kinds of ends.
"""

import random
from functools import lru_cache
from typing import Any

import pyffish

from arbiter_games.contract import Game, IllegalMove, Move, Outcome, Record, State, plain_text, show
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
# What would be a draw on the board is decided by points, or for black: both sides can always win.
ALWAYS_WINNABLE = frozenset(
    {"armageddon", "ataxx", "flipello", "flipello10", "flipersi", "janggi", "janggimodern"}
)
# Played by other modules of this package.
# Elsewhere it is what the library has by default: SAN, and with shogi the western notation.
NOTATIONS = {
    **dict.fromkeys(("xiangqi", "minixiangqi", "manchu", "supply"), pyffish.NOTATION_XIANGQI_WXF),
    **dict.fromkeys(
        ("janggi", "janggicasual", "janggimodern", "janggitraditional"), pyffish.NOTATION_JANGGI
    ),
}
OTHER_GAMES = frozenset({"chess", "dobutsu"})


class Variant(Game):
    """One variant, by its name in `pyffish`: seat 0 is white and moves first."""

    takebacks = True  # shuffles are seen

    def __init__(self, name: str) -> None:
        self.name = name
        self.title = TITLES.get(name, name.capitalize())
        self.captures_return = pyffish.captures_to_hand(name) or name in WHOLE_HISTORY_VARIANTS

    def setup(self, players: int, options: dict[str, Any], rng: random.Random) -> State:
        """Return the variant's first position, shuffled in those variants that shuffle it."""
        fen = pyffish.start_fen(self.name)
        if self.name in SHUFFLES:
            fen = shuffled(fen, SHUFFLES[self.name], rng)
        return self._state(_fen(self.name, fen), since=fen, moves=[], ply=0)

    def to_move(self, state: State) -> list[int]:
        """Return the side to move, alone, or nobody once there is an outcome."""
        return [] if state["over"] else [state["turn"]]

    def legal_moves(self, state: State, player: int) -> list[Move]:
        """Return the moves in the order of the library, which depends on the position alone."""
        return list(_legal(self.name, state["fen"])) if player in self.to_move(state) else []

    def apply(self, state: State, player: int, move: Move) -> State:
        """Return the state after the move, or raise `IllegalMove`."""
        if player not in self.to_move(state) or move not in _legal(self.name, state["fen"]):
            raise IllegalMove(self._refusal(state, player, move))
        fen = _fen(self.name, state["fen"], move)
        since, moves = state["since"], [*state["moves"].split(), move]
        if not self.captures_return and _pieces(fen) < _pieces(state["fen"]):
            forgotten, moves = moves[:-MIN_KEPT_MOVES], moves[-MIN_KEPT_MOVES:]
            since = _fen(self.name, since, *forgotten)
        is_traded = _material(fen) != _material(state["fen"])
        return self._state(fen, since, moves, state["ply"] + 1, is_traded)

    def outcome(self, state: State) -> Outcome | None:
        """Return how the game ended, by a reason that the module lists."""
        return Outcome(*state["over"]) if state["over"] else None

    def view(self, state: State, player: int | None) -> State:
        """Return the position; both players and spectators see the same."""
        return {name: state[name] for name in SHOWN_KEYS}

    def determinize(self, view: State, seat: int, rng: random.Random) -> State:
        """Return the position that is seen, with no earlier moves to repeat."""
        state = self._state(view["fen"], view["fen"], [], view["ply"])
        return {**state, "last_move": view["last_move"], "over": None}

    def notation(self, state: State, player: int, move: Move) -> str | None:
        """Return the move in SAN, or as those who play the variant write it."""
        notation = NOTATIONS.get(self.name, pyffish.NOTATION_DEFAULT)
        is_shuffled = self.name in SHUFFLES
        return str(pyffish.get_san(self.name, state["fen"], move, is_shuffled, notation))

    def for_history(self, state: State) -> State:
        """Return the state without the earlier moves, which only the end of the game depends on."""
        return {name: state[name] for name in HISTORY_KEYS}

    def can_win(self, state: State, player: int) -> bool:
        """Return whether the side's pieces could still win, as far as the library knows."""
        return not self._hopeless(state["fen"])[player]

    def export(self, record: Record) -> tuple[str, str]:
        """Return the game in PGN where that has a name for the variant, else as text with a FEN.
        """
        if pgn and self.name in pgn.BOARDS:
            return "pgn", pgn.to_pgn(record, self.name)
        return "text", plain_text(record, record.setup["fen"])

    def _state(
        self, fen: str, since: str, moves: list[str], ply: int, is_traded: bool = True
    ) -> State:
        """Return the state of a position; `is_traded` says if the last move changed the pieces."""
        turn = _turn(fen)
        end = self._end(fen, since, moves, ply, is_traded)
        return {
            "fen": fen,
            "turn": turn,
            "ply": ply,
            "last_move": moves[-1] if moves else None,
            "check": _ask(pyffish.gives_check, self.name, fen),
            "since": since,
            "moves": " ".join(moves),
            "over": end and [_winner(turn, end[0]), end[1]],
        }

    def _end(
        self, fen: str, since: str, moves: list[str], ply: int, is_traded: bool
    ) -> tuple[int, str] | None:
        """Return an ended game's value to the side to move, above 0 if won, and the reason."""
        over, value = _ask(pyffish.is_immediate_game_end, self.name, since, moves)
        if over:
            return value, "variant_end"
        if not _legal(self.name, fen):
            return self._without_moves(fen, since, moves)
        over, value = _ask(pyffish.is_optional_game_end, self.name, since, moves)
        if over:
            # A position that is an end without the moves before it is no repetition.
            alone, _ = _ask(pyffish.is_optional_game_end, self.name, fen)
            return value, "move_rule" if alone else "repetition"
        if is_traded and all(self._hopeless(fen)):
            return 0, "insufficient_material"
        return (0, "move_limit") if ply >= MAX_MOVES else None

    def _without_moves(self, fen: str, since: str, moves: list[str]) -> tuple[int, str]:
        value = _ask(pyffish.game_result, self.name, since, moves)
        if _ask(pyffish.gives_check, self.name, fen):
            return value, "checkmate"
        return value, "no_moves" if value else "stalemate"

    def _hopeless(self, fen: str) -> tuple[bool, bool]:
        """Return, by seat, whether it can't win with the pieces that are left."""
        if self.name in ALWAYS_WINNABLE:
            return False, False
        hopeless: tuple[bool, bool] = _ask(pyffish.has_insufficient_material, self.name, fen)
        return hopeless

    def _refusal(self, state: State, player: int, move: Move) -> str:
        """Return the sentence that says why this move is not legal."""
        if self.outcome(state):
            return f"{show(move)} comes too late: the game is over."
        if player not in self.to_move(state):
            return f"{show(move)} can't be played: it is not your turn."
        example = _legal(self.name, state["fen"])[0]
        return f"{show(move)} is not legal here: write a move as {example}."


def variants() -> list[Variant]:
    """Return every variant for two that the library can set up, except OTHER_GAMES."""
    return [
        Variant(name)
        for name in pyffish.variants()
        if name not in OTHER_GAMES and not pyffish.two_boards(name) and _can_start(name)
    ]


def _can_start(name: str) -> bool:
    return pyffish.validate_fen(pyffish.start_fen(name), name) == pyffish.FEN_OK


def _ask(function: Any, name: str, fen: str, moves: list[str] | None = None) -> Any:
    """Call a function of the library with a position and the moves made from there."""
    return function(name, fen, moves or [], name in SHUFFLES)


@lru_cache(maxsize=256)
def _legal(name: str, fen: str) -> tuple[str, ...]:
    """Return the legal moves. They are cached because each position is asked about repeatedly."""
    return tuple(_ask(pyffish.legal_moves, name, fen))


def _fen(name: str, fen: str, *moves: str) -> str:
    return str(_ask(pyffish.get_fen, name, fen, list(moves)))


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
