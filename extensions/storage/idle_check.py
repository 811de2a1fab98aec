"""Tests pooled connections that may have broken, before they are used again.

SQLAlchemy's `pool_pre_ping` tests a connection at each use, which is a round trip more for each
unit of work. A connection in constant use is not tested here: where it has broken meanwhile, its
next statement fails as it would have, had the connection broken a moment later. After a short pause
it is asked of the system alone whether the server has closed the connection, or sent anything.
"""

import select
import time
from typing import Any

from eventlet.patcher import original
from sqlalchemy import Engine, event, exc

MAX_UNSEEN_SECONDS = 1.0  # of a connection that is used without a test
MAX_IDLE_SECONDS = 10.0  # without a round trip; keepalives take as long to find a server gone
USED_AT = "used_at"


class IdleCheck:
    """Tests connections of an engine that were idle for long, or when another one has broken."""

    def __init__(self, engine: Engine) -> None:
        self._dialect = engine.dialect
        self._broken_at = 0.0
        event.listen(engine, "checkin", self._note_use)
        event.listen(engine, "invalidate", self._note_break)
        event.listen(engine, "checkout", self._check)

    def _note_use(self, _connection: Any, record: Any) -> None:
        record.info[USED_AT] = time.monotonic()

    def _note_break(self, _connection: Any, _record: Any, error: BaseException | None) -> None:
        if error is not None:
            self._broken_at = time.monotonic()

    def _check(self, connection: Any, record: Any, _pooled: Any) -> None:
        used_at = record.info.get(USED_AT)
        if used_at is None:  # it is new
            return
        if used_at > self._broken_at:
            idle_seconds = time.monotonic() - used_at
            if idle_seconds < MAX_UNSEEN_SECONDS:
                return
            if idle_seconds < MAX_IDLE_SECONDS and not _has_come(connection):
                return
        try:
            self._dialect.do_ping(connection)
        except self._dialect.loaded_dbapi.Error as error:
            raise exc.InvalidatePoolError() from error


def _has_come(connection: Any) -> bool:
    """Tell whether something has come on a connection on which nothing was asked, or its end."""
    readable = original("select").poll()
    readable.register(connection.fileno(), select.POLLIN)
    return bool(readable.poll(0))
