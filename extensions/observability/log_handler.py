"""The handler that writes the log: in the background, and no more than is read.

What is done for players must neither wait for whoever reads the log nor cost a system call a line.
So lines are gathered and written together. A process that is killed loses those of the last
FLUSH_INTERVAL_SECONDS, but no warnings and errors, which are written at once.
"""

import logging
import select
import time
from contextlib import nullcontext

from eventlet.hubs import get_hub
from eventlet.patcher import original

FLUSH_INTERVAL_SECONDS = 0.1
MAX_WAITING_BYTES = 1024 * 1024
EXIT_TIMEOUT_SECONDS = 1.0  # for the reader to take what is left
STANDARD_ERROR = 2

# Eventlet's own would switch to other greenthreads at each write.
_write = original("os").write


class _NoLock(nullcontext[None]):
    """In place of a handler's lock, which is for native threads: none of them logs."""

    def acquire(self) -> None:
        pass

    def release(self) -> None:
        pass


class BackgroundHandler(logging.Handler):
    """Writes lines to a file descriptor without blocking.

    Lines that find MAX_WAITING_BYTES waiting are dropped and counted, and the log says so.
    """

    def __init__(self, descriptor: int = STANDARD_ERROR) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._writable = original("select").poll()
        self._writable.register(descriptor, select.POLLOUT)
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._dropped = 0
        self._is_scheduled = False

    def createLock(self) -> None:
        self.lock = _NoLock()  # type: ignore[assignment]

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record soon, or at once if it is a warning or worse."""
        try:
            line = f"{self.format(record)}\n".encode(errors="backslashreplace")
        except Exception:  # as of a message whose arguments do not fit
            self.handleError(record)
            return
        if self._waiting_bytes > MAX_WAITING_BYTES:
            self._dropped += 1
        else:
            self._waiting.append(line)
            self._waiting_bytes += len(line)
        if record.levelno >= logging.WARNING:
            self._write()
        if self._waiting and not self._is_scheduled:
            self._is_scheduled = True
            get_hub().schedule_call_global(FLUSH_INTERVAL_SECONDS, self._write_on_time)

    def flush(self) -> None:
        """Write all that waits, unless the reader does not take it in time; for the end."""
        deadline = time.monotonic() + EXIT_TIMEOUT_SECONDS
        while self._waiting and time.monotonic() < deadline:
            self._write(timeout_milliseconds=100)

    def _write_on_time(self) -> None:
        self._is_scheduled = False
        self._write()
        if self._waiting:
            self._is_scheduled = True
            get_hub().schedule_call_global(FLUSH_INTERVAL_SECONDS, self._write_on_time)

    def _write(self, timeout_milliseconds: int = 0) -> None:
        if not self._writable.poll(timeout_milliseconds):
            return
        data = b"".join(self._waiting)
        written = 0
        try:
            # A pipe that is ready takes a block of this size without blocking.
            while written < len(data) and self._writable.poll(0):
                block = data[written : written + select.PIPE_BUF]
                written += _write(self._descriptor, block)
        except OSError:  # nobody can read it any more
            written = len(data)
        rest = data[written:]
        self._waiting, self._waiting_bytes = [rest] if rest else [], len(rest)
        if self._dropped and not rest:
            dropped, self._dropped = self._dropped, 0
            self.handle(_record_of_dropped(dropped))


def _record_of_dropped(number: int) -> logging.LogRecord:
    message = "%d lines of the log were dropped, as it was not read in time"
    return logging.LogRecord(__name__, logging.WARNING, __file__, 0, message, (number,), None)
