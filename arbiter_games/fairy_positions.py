"""Positions of variants by the library `pyffish`, which knows all of them.

A question takes about a millisecond, whichever it is, as each builds the tables of all pieces anew.
So none is asked twice of a position, and none whose answer is known: a quiet move takes three, for
the position, the legal moves, and whether it is a check.
"""

from functools import cached_property, lru_cache
from typing import Any

import pyffish

from arbiter_games.variant_positions import KEPT_POSITIONS, End, Line, Lines
from arbiter_games.variant_shuffles import SHUFFLES

# What would be a draw on the board is decided by points, or for black: both sides can always win.
ALWAYS_WINNABLE = frozenset(
    {"armageddon", "ataxx", "flipello", "flipello10", "flipersi", "janggi", "janggimodern"}
)
# The fewest plies without progress after which any variant may end.
MIN_MOVE_RULE_PLIES = 100
# Drawn also for other reasons than that a position has come again, or too little has happened.
DRAWN_OTHERWISE = frozenset(
    {"sittuyin", "janggi", "janggicasual", "janggimodern", "janggitraditional"}
)
# Elsewhere moves are written as the library has it by default: in SAN, and with shogi in the
# western notation.
NOTATIONS = {
    **dict.fromkeys(("xiangqi", "minixiangqi", "manchu", "supply"), pyffish.NOTATION_XIANGQI_WXF),
    **dict.fromkeys(
        ("janggi", "janggicasual", "janggimodern", "janggitraditional"), pyffish.NOTATION_JANGGI
    ),
}
_lines = Lines()
_captures_return = lru_cache(maxsize=None)(pyffish.captures_to_hand)


class FairyPosition:
    """A position that `pyffish` is asked about."""

    def __init__(self, name: str, fen: str) -> None:
        self.name = name
        self.fen = fen

    @cached_property
    def legal(self) -> tuple[str, ...]:
        """Return the moves in the order of the library."""
        return tuple(self._ask(pyffish.legal_moves))

    @cached_property
    def check(self) -> bool:
        """Return whether the side to move is in check."""
        return bool(self._ask(pyffish.gives_check))

    @cached_property
    def hopeless(self) -> tuple[bool, bool]:
        """Return, by seat, whether it can't win with the pieces, as far as the library knows."""
        if self.name in ALWAYS_WINNABLE:
            return False, False
        white, black = self._ask(pyffish.has_insufficient_material)
        return white, black

    def allows(self, move: object) -> bool:
        """Return whether it is one of the legal moves."""
        return move in self.legal

    def after(self, move: str) -> "FairyPosition":
        """Return the position after a legal move."""
        return fairy_position(self.name, self.fen_after([move]))

    def fen_after(self, moves: list[str]) -> str:
        """Return the FEN after legal moves."""
        return str(self._ask(pyffish.get_fen, self.fen, moves))

    def end(self, since: str, moves: list[str]) -> End | None:
        """Return how the game has ended: where it has by a variant's own rule, no move is legal."""
        if not _captures_return(self.name):  # both sides may have passed, or the kings be facing
            legal = self._ask(pyffish.legal_moves, since, moves)
            if not legal:
                return self._without_moves(since, moves)
            self.legal = tuple(legal)
        elif not self.legal:
            return self._without_moves(since, moves)
        if self._may_be_drawn(since, moves):
            over, value = self._ask(pyffish.is_optional_game_end, since, moves)
            if over:
                # A position that is an end without the moves before it is no repetition.
                alone, _ = self._ask(pyffish.is_optional_game_end)
                return value, "move_rule" if alone else "repetition"
        return None

    def _without_moves(self, since: str, moves: list[str]) -> End:
        over, value = self._ask(pyffish.is_immediate_game_end, since, moves)
        if over:
            return value, "variant_end"
        value = self._ask(pyffish.game_result, since, moves)
        if self.check:
            return value, "checkmate"
        return value, "no_moves" if value else "stalemate"

    def _may_be_drawn(self, since: str, moves: list[str]) -> bool:
        """Return whether the library has to be asked, and keep what was on the board."""
        placement, turn, _, counting, *_, clock, _ = self.fen.replace("~", "").split()
        if counting.isdigit() or int(clock) >= MIN_MOVE_RULE_PLIES or self.name in DRAWN_OTHERWISE:
            return True
        key = f"{placement} {turn}"
        begins = not moves or clock == "0" and not _captures_return(self.name)
        before = Line(self.fen, ()) if begins else _lines.get(self.name, since, moves[:-1])
        if not before:
            return True
        _lines.keep(self.name, since, moves, Line(self.fen, (*before.keys, key)))
        return key in before.keys

    def _ask(self, question: Any, fen: str | None = None, moves: list[str] | None = None) -> Any:
        """Ask about this position, or about one that moves lead to."""
        return question(self.name, fen or self.fen, moves or [], self.name in SHUFFLES)


class FairyLibrary:
    """The library `pyffish`."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the variants for two that it can set up."""
        return tuple(
            name for name in pyffish.variants()
            if not pyffish.two_boards(name)
            and pyffish.validate_fen(pyffish.start_fen(name), name) == pyffish.FEN_OK
        )

    def start_fen(self, name: str) -> str:
        """Return a variant's first position, where pieces are shuffled before they are."""
        return str(pyffish.start_fen(name))

    def captures_return(self, name: str) -> bool:
        """Return whether captured pieces come back into play."""
        return bool(_captures_return(name))

    def san(self, name: str, fen: str, move: str) -> str:
        """Return a legal move in SAN, or as those who play the variant write it."""
        notation = NOTATIONS.get(name, pyffish.NOTATION_DEFAULT)
        return str(pyffish.get_san(name, fen, move, name in SHUFFLES, notation))

    def position(self, name: str, fen: str) -> FairyPosition:
        """Return a position."""
        return fairy_position(name, fen)


@lru_cache(maxsize=KEPT_POSITIONS)
def fairy_position(name: str, fen: str) -> FairyPosition:
    """Return a position, the same one for a while, as it is asked about repeatedly."""
    return FairyPosition(name, fen)


LIBRARY = FairyLibrary()
