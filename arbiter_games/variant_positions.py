"""What a variant asks of a position, and which library answers.

Where `chess` is installed, it answers for the variants that it plays by the same rules as
`pyffish`: it keeps its tables, while `pyffish` builds those of all pieces anew for each question.
For other variants `pyffish` answers. A state is the same whichever of them has made it. One of the
two is enough, and the variants that it plays are there.
"""

from collections import OrderedDict
from importlib.util import find_spec
from typing import NamedTuple, Protocol

KEPT_POSITIONS = 256
KEPT_LINES = 1024
# The value to the side to move, above 0 if it has won, and the reason.
End = tuple[int, str]


class Position(Protocol):
    """A position of one variant, as a FEN. What depends on the moves before it is told of these."""

    @property
    def fen(self) -> str:
        """Return the position as it stands in a state."""

    @property
    def legal(self) -> tuple[str, ...]:
        """Return the legal moves, in an order that depends on the position alone."""

    @property
    def check(self) -> bool:
        """Return whether the side to move is in check."""

    @property
    def hopeless(self) -> tuple[bool, bool]:
        """Return, by seat, whether it can't win with the pieces that are left."""

    def allows(self, move: object) -> bool:
        """Return whether it is a legal move, written as it must be."""

    def after(self, move: str) -> "Position":
        """Return the position after a legal move."""

    def fen_after(self, moves: list[str]) -> str:
        """Return the FEN after legal moves; after none, this one in the library's own form."""

    def end(self, since: str, moves: list[str]) -> End | None:
        """Return how the game has ended, if at all, where the moves have led here from `since`."""


class Library(Protocol):
    """A library that plays variants."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the variants that it plays."""

    def start_fen(self, name: str) -> str:
        """Return a variant's first position."""

    def captures_return(self, name: str) -> bool:
        """Return whether captured pieces come back into play."""

    def san(self, name: str, fen: str, move: str) -> str:
        """Return a legal move as those write it who play the variant."""

    def position(self, name: str, fen: str) -> Position:
        """Return the position that a FEN describes."""


class Line(NamedTuple):
    """Where moves have led: the FEN, and keys of the positions on the way that may come again."""

    fen: str
    keys: tuple[str, ...]


class Lines:
    """The lines that were asked about last, by variant, so that none is gone through again."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str], Line] = OrderedDict()

    def get(self, name: str, since: str, moves: list[str]) -> Line | None:
        """Return where the moves from a position lead, if that is kept."""
        return self._kept.get((name, since, " ".join(moves)))

    def keep(self, name: str, since: str, moves: list[str], line: Line) -> Line:
        """Keep a line for those that go on from it, and forget the oldest one."""
        self._kept[name, since, " ".join(moves)] = line
        if len(self._kept) > KEPT_LINES:
            self._kept.popitem(last=False)
        return line


def libraries() -> list[Library]:
    """Return the libraries that are installed: the fast one, then the one that plays more."""
    found: list[Library] = []
    if find_spec("chess"):
        from arbiter_games.chess_positions import LIBRARY as CHESS

        found.append(CHESS)
    if find_spec("pyffish"):
        from arbiter_games.fairy_positions import LIBRARY as PYFFISH

        found.append(PYFFISH)
    return found
