"""The output of many processes as one stream of lines, each with a name in front."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TextIO

COLOURS = (36, 32, 33, 35, 34)


class Console(threading.Thread):
    """Follows log files in a thread, and prints each new line with a name in front.

    If its stream breaks, it sends SIGTERM to this process. A context manager: on leaving, all
    lines that were written before have been printed.
    """

    def __init__(self, width: int, stream: TextIO = sys.stdout) -> None:
        """Take the width of the longest name and a stream; a terminal gets colours."""
        super().__init__(daemon=True)
        self._width = width
        self._stream = stream
        self._coloured = stream.isatty() and "NO_COLOR" not in os.environ
        self._logs: list[FollowedLog] = []
        self._closing = threading.Event()

    def __enter__(self) -> "Console":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._closing.set()
        self.join()
        for log in self._logs:
            log.close()

    def follow(self, name: str, path: Path, select: Callable[[str], str | None] = str) -> None:
        """Print what is written to the file from now on; `select` may change a line or drop it."""
        number = COLOURS[len(self._logs) % len(COLOURS)]
        label = f"{name:<{self._width}} |"
        if self._coloured:
            label = f"\x1b[{number}m{label}\x1b[0m"
        self._logs.append(FollowedLog(path, label, select))

    def say(self, sentence: str) -> None:
        """Print a line of the launcher's own."""
        try:
            self._stream.write(f"{sentence}\n")
            self._stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
            os.kill(os.getpid(), signal.SIGTERM)

    def run(self) -> None:
        """Print new lines until it is closed."""
        while not self._closing.wait(0.1):
            self._print_new_lines()
        self._print_new_lines()

    def _print_new_lines(self) -> None:
        lines = [line for log in list(self._logs) for line in log.lines()]
        if lines:
            self.say("\n".join(lines))


class FollowedLog:
    """A log file that another process writes, and may replace by a new one."""

    def __init__(self, path: Path, label: str, select: Callable[[str], str | None]) -> None:
        """Begin at the present end of the file."""
        self._path = path
        self._label = label
        self._select = select
        self._rest = b""
        self._file: BinaryIO | None = self._open()
        if self._file:
            self._file.seek(0, os.SEEK_END)

    def lines(self) -> list[str]:
        """Return the lines written since the last call, each with the label in front."""
        *whole, self._rest = (self._rest + self._read()).split(b"\n")
        chosen = (self._select(line.decode(errors="replace").rstrip()) for line in whole)
        return [f"{self._label} {line}" for line in chosen if line is not None]

    def close(self) -> None:
        """Stop following it."""
        if self._file:
            self._file.close()

    def _read(self) -> bytes:
        data = self._file.read() if self._file else b""
        if self._is_replaced():
            if self._file:
                data += self._file.read()
                self._file.close()
            self._file = self._open()
            data += self._file.read() if self._file else b""
        return data

    def _is_replaced(self) -> bool:
        try:
            inode = self._path.stat().st_ino
        except FileNotFoundError:
            return False
        return self._file is None or inode != os.fstat(self._file.fileno()).st_ino

    def _open(self) -> BinaryIO | None:
        try:
            return self._path.open("rb")
        except FileNotFoundError:
            return None
