"""Bounds for requests whose body comes in chunks, which eventlet puts together without any."""

from collections.abc import Callable, Iterable
from typing import Any

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]

MAX_LINE_BYTES = 4096  # of the lines around the chunks: sizes and trailers


class _BoundedLines:
    """The file that a body is read from; a line that is too long ends all reading."""

    def __init__(self, body: Any) -> None:
        self._body, self._file = body, body.rfile
        self._broken = False
        self.read = self._file.read

    def readline(self, size: int = MAX_LINE_BYTES) -> bytes:
        line: bytes = self._file.readline(size)
        if self._broken or len(line) == MAX_LINE_BYTES:
            self._broken = True
            # The body has not ended, so what follows must not be taken for the next request.
            self._body.chunk_length = -1
            raise OSError("a line around the chunks of a body is too long")
        return line


def with_bounded_lines(app: WsgiApp) -> WsgiApp:
    """Wrap an application, so that a line which never ends is not kept in memory."""

    def wrapped(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"]
        if getattr(body, "chunked_input", False):
            body.rfile = _BoundedLines(body)
        return app(environ, start_response)

    return wrapped
