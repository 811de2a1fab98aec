"""The board of Dobutsu shogi, and its moves, as text. No I/O."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

State = dict[str, Any]

FILES, RANKS = "abc", "4321"
WIDTH = 12
INDENT = "     "
ASCII = str.maketrans("▲▼┌┬┐├┼┤└┴┘─│", "^v+++++++++-|")
PIECES = {"C": "chick", "G": "giraffe", "E": "elephant"}


@dataclass(frozen=True)
class Style:
    """How boards are drawn: with or without colours, in box-drawing characters or in ASCII."""

    colours: bool = False
    ascii: bool = False

    def arrow(self, side: int) -> str:
        """Return an arrow in the direction in which a side moves."""
        return self.plain("▲▼"[side])

    def plain(self, text: str) -> str:
        """Return the text in the characters of this style."""
        return text.translate(ASCII) if self.ascii else text

    def paint(self, text: str, side: int, marked: bool = False) -> str:
        """Return the text in a side's colour, inverse if it is `marked`."""
        if not self.colours:
            return text
        return f"\x1b[{(32, 35)[side]};{7 if marked else 1}m{text}\x1b[0m"


def draw(state: State, players: list[str], style: Style, over: bool = False) -> list[str]:
    """Return the lines of a board with the players and their hands.

    The piece that moved last has a star. The side to move is marked, unless the game is over.
    """
    lines = [_player(state, players, 1, style, over), f"{INDENT}{_files()}", _rule("┌┬┐", style)]
    for rank in RANKS:
        cells = [_cell(state, file + rank, style) for file in FILES]
        edge = style.plain("│")
        lines.append(f"   {rank} {edge}{edge.join(cells)}{edge}")
        lines.append(_rule("└┴┘" if rank == RANKS[-1] else "├┼┤", style))
    return [*lines, _player(state, players, 0, style, over)]


def describe_move(before: State, move: str, after: State) -> str:
    """Return what a move did: `The chick takes the elephant and becomes a hen.`"""
    if "@" in move:
        return f"A {PIECES[move[0]]} comes back into play."
    source, target = move[:2], move[2:4]
    taken = before["board"].get(target)
    actions = [f"takes the {taken['piece']}" if taken else "moves"]
    if move.endswith("+"):
        actions.append(f"becomes a {after['board'][target]['piece']}")
    return f"The {before['board'][source]['piece']} {' and '.join(actions)}."


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
    left, middle, right = tuple(corners)
    return INDENT + style.plain(left + middle.join(["─" * WIDTH] * len(FILES)) + right)
