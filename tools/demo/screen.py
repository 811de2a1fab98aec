"""The output of the demo: sentences and pictures, on a terminal or elsewhere."""

import os
import re
import shutil
import sys
from typing import TextIO

from tools.demo.board import Style

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Screen:
    """Prints sentences and pictures; on a terminal, a picture replaces the one before."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Take the stream; colours and replacement of pictures need a terminal."""
        self._stream = stream = stream or sys.stdout
        terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._moves_back = terminal
        self._drawn = 0
        self.style = Style(
            colours=terminal and not os.environ.get("NO_COLOR"), ascii=not _has_boxes(stream)
        )

    def say(self, sentence: str = "") -> None:
        """Print a line."""
        self._drawn = 0
        self._write([sentence])

    def show(self, picture: list[str]) -> None:
        """Print a picture, in place of the one before if nothing was printed since."""
        lines = [*picture, ""]
        if self._drawn:
            self._stream.write(f"\x1b[{self._drawn}F\x1b[J")
        self._drawn = len(lines) if self._moves_back and _fits(lines) else 0
        self._write(lines)

    def _write(self, lines: list[str]) -> None:
        self._stream.write("".join(f"{line}\n" for line in lines))
        self._stream.flush()


def _has_boxes(stream: TextIO) -> bool:
    try:
        "▲┼".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _fits(lines: list[str]) -> bool:
    # A picture that has scrolled, or has wrapped lines, can't be replaced.
    columns, rows = shutil.get_terminal_size()
    widest = max(len(COLOURS.sub("", line)) for line in lines)
    return len(lines) < rows and widest < columns
