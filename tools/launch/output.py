"""What many processes say, as one stream of lines with their names in front."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TextIO

COLOURS = (36, 32, 33, 35, 34)


class Output(threading.Thread):
    """Follows log files, and shows each new line with a name in front; it keeps nobody waiting.

    Where its reader has gone, it ends this process by SIGTERM. A context manager: on leaving, what
    was said until then has been shown.
    """

    def __init__(self, width: int, stream: TextIO = sys.stdout) -> None:
        """Take the longest name's width, and where to show the lines; a terminal gets colours."""
        super().__init__(daemon=True)
        self._width = width
        self._stream = stream
        self._coloured = stream.isatty() and "NO_COLOR" not in os.environ
        self._logs: list[Log] = []
        self._closing = threading.Event()

    def __enter__(self) -> "Output":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._closing.set()
        self.join()
        for log in self._logs:
            log.close()

    def follow(self, name: str, path: Path, select: Callable[[str], str | None] = str) -> None:
        """Show what is written to the file from now on; `select` may change lines, or drop them."""
        number = COLOURS[len(self._logs) % len(COLOURS)]
        label = f"{name:<{self._width}} |"
        if self._coloured:
            label = f"\x1b[{number}m{label}\x1b[0m"
        self._logs.append(Log(path, label, select))

    def say(self, sentence: str) -> None:
        """Show a line of the launcher's own."""
        try:
            self._stream.write(f"{sentence}\n")
            self._stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
            os.kill(os.getpid(), signal.SIGTERM)

    def run(self) -> None:
        """Show what is said, until it is closed."""
        while not self._closing.wait(0.1):
            self._show()
        self._show()

    def _show(self) -> None:
        lines = [line for log in list(self._logs) for line in log.lines()]
        if lines:
            self.say("\n".join(lines))


class Log:
    """A file that another process writes to, and now and then puts aside to begin a new one."""

    def __init__(self, path: Path, label: str, select: Callable[[str], str | None]) -> None:
        """Begin at what is the file's end now."""
        self._path = path
        self._label = label
        self._select = select
        self._rest = b""
        self._file: BinaryIO | None = self._open()
        if self._file:
            self._file.seek(0, os.SEEK_END)

    def lines(self) -> list[str]:
        """Return the lines that were written since the last call, the label in front of each."""
        said = self._rest + self._read()
        *whole, self._rest = said.split(b"\n")
        chosen = (self._select(line.decode(errors="replace").rstrip()) for line in whole)
        return [f"{self._label} {line}" for line in chosen if line is not None]

    def close(self) -> None:
        """Follow it no longer."""
        if self._file:
            self._file.close()

    def _read(self) -> bytes:
        said = self._file.read() if self._file else b""
        if self._replaced():
            if self._file:
                said += self._file.read()
                self._file.close()
            self._file = self._open()
            said += self._file.read() if self._file else b""
        return said

    def _replaced(self) -> bool:
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
