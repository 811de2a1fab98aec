"""HTTP as eventlet serves it, with the bounds that it lacks."""

import socket
from functools import partial
from http import HTTPStatus
from typing import Any

import eventlet
from eventlet import greenio, wsgi
from eventlet.hubs import get_hub

from gateway.http import framing
from gateway.http.admission import SLOT_KEY
from gateway.http.chunked_bodies import ChunkedFile
from gateway.http.refusals import refusal
from gateway.protocol.flood_meter import FloodMeter

# Of one connection within FloodMeter's window: twice what rate limits allow on the average.
MAX_REQUESTS = 2000
MAX_BYTES = 16 * 1024 * 1024
REQUEST_SECONDS = 30.0  # for a request to arrive, however little of it comes at a time
# What can be called, in the WSGI environment: to end the connection, and once a body is read.
END_KEY, READ_KEY = "arbiter.end_after_answer", "arbiter.has_read_body"
SLOT = 3  # in the state of a connection, beside what eventlet keeps there
LINGER_SECONDS = 2.0
LINGER_INTERVAL_SECONDS = 0.01
LINGER_BYTES = 64 * 1024


class HttpProtocol(wsgi.HttpProtocol):
    """One connection. It refuses what has no certain end, and leaves room for others."""

    def handle(self) -> None:
        """Serve the requests, one after the other; others are served between any two of them."""
        self._meter = FloodMeter(MAX_REQUESTS, MAX_BYTES) if self.server.is_limited else None
        self._has_refused = False
        self.close_connection = True
        while True:
            self.rfile.peek(1)  # until a request comes, the time is the socket's
            self._deadline = get_hub().schedule_call_global(
                REQUEST_SECONDS, greenio.shutdown_safe, self.connection
            )
            try:
                self.handle_one_request()
            finally:
                self._deadline.cancel()
            if self.close_connection or self.conn_state[2] == wsgi.STATE_CLOSE:
                break
            self.conn_state[2] = wsgi.STATE_IDLE
            eventlet.sleep(0)  # the next request may have arrived with this one

    def parse_request(self) -> bool:
        """Read the request line and the headers; refuse them where they are not to be trusted."""
        lines = _HeaderLines(self.rfile)
        self.rfile: Any = lines
        try:
            if not super().parse_request():
                return False
        except (wsgi.HeaderLineTooLong, wsgi.HeadersTooLarge):
            self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return False
        status = (
            HTTPStatus.BAD_REQUEST if self.headers.defects or lines.are_ambiguous
            else framing.refusal(self.headers.items(), self.request_version)
        )
        if status is None and self._is_flood(1, int(self.headers.get("Content-Length", 0))):
            status = HTTPStatus.TOO_MANY_REQUESTS
        if status is not None:
            self.refuse(status)
        return status is None

    def _read_request_line(self) -> bytes:
        """Return the first line of a request, or nothing where it is refused."""
        line: bytes = super()._read_request_line()
        if len(line) < self.server.url_length_limit:
            return line
        self.refuse(HTTPStatus.REQUEST_URI_TOO_LONG)
        return b""

    def send_error(
        self, code: int, message: str | None = None, explain: str | None = None
    ) -> None:
        """Refuse what the standard library cannot parse, without repeating any of it."""
        self.refuse(HTTPStatus(code))

    def refuse(self, status: HTTPStatus) -> None:
        """Answer with an error, and end the connection."""
        self.wfile.write(refusal(status))
        self.end_after_answer()

    def end_after_answer(self) -> None:
        """End the connection after the answer, though the client may have sent more."""
        self.close_connection = self._has_refused = True

    def _is_flood(self, requests: int, size: int) -> bool:
        return self._meter is not None and self._meter.count(requests, size)

    def finish(self) -> None:
        """End the connection, after giving the client time to read a refusal."""
        try:
            if self._has_refused:
                self._linger()
        finally:  # also where a stop cuts it short
            self._close()

    def _close(self) -> None:
        try:
            super().finish()
        finally:
            self.rfile.close()  # eventlet's leaves it, and the file open, where the client has left

    def _linger(self) -> None:
        # Closing with unread input would reset the connection and lose the answer.
        try:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            with eventlet.Timeout(LINGER_SECONDS, False):
                while self.connection.recv(LINGER_BYTES):
                    eventlet.sleep(LINGER_INTERVAL_SECONDS)
        except OSError:
            pass  # the client has left

    def handle_one_response(self) -> None:
        """Have the application answer, and leave nothing that refers to itself."""
        try:
            super().handle_one_response()
        finally:
            self.environ.clear()  # it has this object's methods: only the collector would find both

    def log_message(self, *_: object) -> None:
        """Log nothing of requests that cannot be read: anybody can send any number."""

    def get_environ(self) -> dict[str, Any]:
        """Return the WSGI environment, with the version of HTTP that the client has sent."""
        environ: dict[str, Any] = super().get_environ()
        environ |= {
            "SERVER_PROTOCOL": self.request_version, SLOT_KEY: self.conn_state[SLOT],
            END_KEY: self.end_after_answer, READ_KEY: self._deadline.cancel,
        }
        body = environ["wsgi.input"]
        if not body.chunked_input and not body.content_length:
            self._deadline.cancel()
        if body.chunked_input:
            body.rfile = ChunkedFile(body.rfile, partial(self._is_flood, 0), self.end_after_answer)
        return environ


class _HeaderLines:
    """The file that headers are read from; notes what others may take for the end of a line."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.are_ambiguous = False

    def readline(self, size: int) -> bytes:
        line: bytes = self._file.readline(size)
        text = line.removesuffix(b"\n").removesuffix(b"\r")
        is_continuation = line.startswith((b" ", b"\t"))  # of a header, in an obsolete form
        if is_continuation or b"\r" in text or b"\0" in text:
            self.are_ambiguous = True
        return line
