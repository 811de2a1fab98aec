"""The terminal that the demo is watched on."""

import os
import re
import shutil
import sys
from typing import TextIO

from tools.demo.board import Style

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Screen:
    """Says sentences and shows pictures; on a terminal, a picture replaces the one before."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Find out what the stream can show: colours and moving back only on a terminal."""
        self._stream = stream = stream or sys.stdout
        terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._moves_back = terminal
        self._drawn = 0
        self.style = Style(
            colours=terminal and not os.environ.get("NO_COLOR"), ascii=not _has_boxes(stream)
        )

    def say(self, sentence: str = "") -> None:
        """Write a line."""
        self._drawn = 0
        self._write([sentence])

    def show(self, picture: list[str]) -> None:
        """Draw a picture, in the place of the one before where nothing has been said since."""
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
    # A picture that has scrolled, or whose lines are wrapped, can't be drawn over.
    columns, rows = shutil.get_terminal_size()
    widest = max(len(COLOURS.sub("", line)) for line in lines)
    return len(lines) < rows and widest < columns
