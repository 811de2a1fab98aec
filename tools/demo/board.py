"""The board of Dobutsu shogi as text: what a state looks like, and what a move did. No I/O."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

State = dict[str, Any]

FILES, RANKS = "abc", "4321"
WIDTH = 12
INDENT = "     "
TABLES = {"▲": "^", "▼": "v", **dict.fromkeys("┌┬┐├┼┤└┴┘", "+"), "─": "-", "│": "|"}
PIECES = {"C": "chick", "G": "giraffe", "E": "elephant"}


@dataclass(frozen=True)
class Style:
    """How boards are drawn: with colours or without, in box-drawing characters or in ASCII."""

    colours: bool = False
    ascii: bool = False

    def arrow(self, side: int) -> str:
        """The way in which a side plays: up or down the board."""
        return self.plain("▲▼"[side])

    def plain(self, text: str) -> str:
        return text.translate(str.maketrans(TABLES)) if self.ascii else text

    def paint(self, text: str, side: int, marked: bool = False) -> str:
        """The text in a side's colour; `marked` stands out."""
        if not self.colours:
            return text
        return f"\x1b[{(32, 35)[side]};{7 if marked else 1}m{text}\x1b[0m"


def draw(state: State, players: list[str], style: Style, over: bool = False) -> list[str]:
    """The lines of a board with the players and their hands; the piece that moved last has a star.

    Whoever is to move is told, unless the game is over.
    """
    lines = [_player(state, players, 1, style, over), f"{INDENT}{_files()}", _rule("┌┬┐", style)]
    for rank in RANKS:
        cells = [_cell(state, file + rank, style) for file in FILES]
        edge = style.plain("│")
        lines.append(f"   {rank} {edge}{edge.join(cells)}{edge}")
        lines.append(_rule("└┴┘" if rank == RANKS[-1] else "├┼┤", style))
    return [*lines, _player(state, players, 0, style, over)]


def tell(before: State, move: str, after: State) -> str:
    """What a move did, as a sentence: `The chick takes the elephant and becomes a hen.`"""
    if "@" in move:
        return f"A {PIECES[move[0]]} comes back into play."
    source, target = move[:2], move[2:4]
    taken = before["board"].get(target)
    deeds = [f"takes the {taken['piece']}" if taken else "moves"]
    if move.endswith("+"):
        deeds.append(f"becomes a {after['board'][target]['piece']}")
    return f"The {before['board'][source]['piece']} {' and '.join(deeds)}."


def _player(state: State, players: list[str], side: int, style: Style, over: bool) -> str:
    name = style.paint(f"{style.arrow(side)} {players[side]}", side)
    hand = ", ".join(_counted(state["hands"][side])) or "nothing"
    turn = "  <- to move" if state["turn"] == side and not over else ""
    return f"{INDENT}{name}, in hand: {hand}{turn}"


def _counted(hand: list[str]) -> list[str]:
    return [f"{piece} x2" if count == 2 else piece for piece, count in Counter(hand).items()]


def _cell(state: State, square: str, style: Style) -> str:
    piece = state["board"].get(square)
    if piece is None:
        return " " * WIDTH
    moved = (state["last_move"] or "").rstrip("+").endswith(square)
    star = "*" if moved else " "
    text = f"{star}{style.arrow(piece['side'])} {piece['piece']}"
    return style.paint(f"{text:<{WIDTH}}", piece["side"], marked=moved)


def _files() -> str:
    return "".join(f" {file:^{WIDTH}}" for file in FILES).rstrip()


def _rule(corners: str, style: Style) -> str:
    left, middle, right = corners
    return INDENT + style.plain(left + middle.join(["─" * WIDTH] * len(FILES)) + right)
