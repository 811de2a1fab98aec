"""Bounds for requests whose body comes in chunks, which eventlet puts together without any."""

import re
from collections.abc import Callable
from typing import Any

import eventlet

MAX_CHUNKED_BYTES = 256 * 1024  # of a body, with what is around its chunks
MAX_LINE_BYTES = 4096
READS_IN_A_ROW = 256  # then others are served
# int(), which eventlet uses, takes signs, prefixes and underscores too.
_SIZE_LINE = re.compile(rb"[0-9a-fA-F]{1,8}[ \t]*(;[^\r\n]*)?\r\n")


class ChunkedFile:
    """The file that eventlet reads a body in chunks from; raises OSError where that is not valid.

    Nothing after an invalid body can be read: its end is not known.
    """

    def __init__(
        self, file: Any, is_flood: Callable[[int], bool], on_invalid: Callable[[], None]
    ) -> None:
        """Take what tells, of so many more bytes, whether they are too many on the connection."""
        self._file, self._is_flood, self._on_invalid = file, is_flood, on_invalid
        self._bytes = self._reads = 0
        self._size: int | None = None  # of the chunk; None before the line that says it

    def read(self, size: int) -> bytes:
        """Read a part of a chunk."""
        return self._count(self._file.read(size))

    def readline(self) -> bytes:
        """Read the line before a chunk or the one that ends it; or a trailer, after the last."""
        line = self._count(self._file.readline(MAX_LINE_BYTES))
        if not line.endswith(b"\r\n"):
            self._refuse("a line around the chunks has no end")
        if self._size is None:
            if not _SIZE_LINE.fullmatch(line):
                self._refuse("the size of a chunk is invalid")
            self._size = int(line.split(b";")[0], 16)
        elif self._size > 0:
            if line != b"\r\n":
                self._refuse("a chunk is longer than its size")
            self._size = None
        return line

    def _count(self, data: bytes) -> bytes:
        self._bytes += len(data)
        self._reads += 1
        if self._bytes > MAX_CHUNKED_BYTES or self._is_flood(len(data)):
            self._refuse("it is too large")
        if self._reads % READS_IN_A_ROW == 0:
            eventlet.sleep(0)
        return data

    def _refuse(self, reason: str) -> None:
        self._on_invalid()
        raise OSError(f"A body in chunks is invalid: {reason}")
