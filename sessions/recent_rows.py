"""The rows of sessions that this process has written last.

A command that comes alone is decided on such a row without reading it first. It may be out of date:
whoever writes on it has the database compare.
"""

from collections.abc import Iterable
from typing import Any, TypeAlias

MAX_RECENT_ROWS = 1000
# Commands after a row was out of date: where several instances serve, it would be so all the time.
COMMANDS_AFTER_MISS = 20

Row: TypeAlias = tuple[Any, ...]


class RecentRows:
    """Rows by session. `take` removes a row, so that only one command is decided on it."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._pause = 0

    def take(self, session_id: str) -> Row | None:
        """Return the row of a session to decide a command on, if there is one."""
        row = self._rows.pop(session_id, None)
        if self._pause:
            self._pause -= 1
            return None
        return row

    def keep(self, session_id: str, row: Row) -> None:
        """Keep a row that has been committed."""
        if not self._pause:
            self._rows[session_id] = row
            if len(self._rows) > MAX_RECENT_ROWS:
                del self._rows[next(iter(self._rows))]

    def forget(self, session_ids: Iterable[str]) -> None:
        """Forget the rows of sessions that are written otherwise."""
        for session_id in session_ids:
            self._rows.pop(session_id, None)

    def miss(self) -> None:
        """Note that a row was out of date: return and keep none for a while."""
        self._pause = COMMANDS_AFTER_MISS
