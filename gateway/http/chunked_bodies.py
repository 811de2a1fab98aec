"""Requests whose bodies come in chunks. eventlet puts them together, and is held to bounds here."""

LONGEST_LINE = 4096  # of what stands around the chunks


class _ShortLines:
    """The file that a body comes from: a line of it that is too long breaks off all reading."""

    def __init__(self, body):
        self._body, self._file = body, body.rfile
        self._broken = False
        self.read = self._file.read

    def readline(self, size: int = LONGEST_LINE) -> bytes:
        line = self._file.readline(size)
        if self._broken or len(line) == LONGEST_LINE:
            self._broken = True
            # Not at its end: else what follows would be taken for the next request.
            self._body.chunk_length = -1
            raise OSError("a line around the chunks of a body is too long")
        return line


def with_short_lines(app):
    """The application, for which a line that never ends is not kept in memory."""

    def wrapped(environ, start_response):
        body = environ["wsgi.input"]
        if getattr(body, "chunked_input", False):
            body.rfile = _ShortLines(body)
        return app(environ, start_response)

    return wrapped
