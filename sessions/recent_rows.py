"""The rows of sessions that this process has written last.

Commands are decided on such rows without reading them first. They may be out of date: whoever
writes on them has the database compare.
"""

from collections.abc import Collection, Iterable
from typing import Any, TypeAlias

MAX_RECENT_ROWS = 4000
MAX_STATE_CHARACTERS = 10_000  # of a row that is kept; to compare a long one takes long, too
# Of a session whose row was out of date: where several instances serve, it often is.
WRITES_AFTER_MISS = 20

Row: TypeAlias = tuple[Any, ...]  # the columns of MatchRow, JSON as it is stored
STATE = 4


class RecentRows:
    """Rows by session. `take` removes them, so that only one batch is decided on each."""

    def __init__(self, max_rows: int = MAX_RECENT_ROWS) -> None:
        self._max_rows = max_rows
        self._rows: dict[str, Row] = {}
        self._missed: dict[str, int] = {}  # how many rows of a session not to keep

    def take(self, session_ids: Collection[str]) -> list[Row] | None:
        """Return the rows of sessions to decide commands on, if there are all of them."""
        rows = [row for each in session_ids if (row := self._rows.pop(each, None)) is not None]
        return rows if len(rows) == len(session_ids) else None

    def keep(self, rows: Iterable[Row]) -> None:
        """Keep rows that have been committed."""
        for row in rows:
            session_id = row[0]
            if left := self._missed.pop(session_id, 0):
                if left > 1:
                    self._missed[session_id] = left - 1
            elif len(row[STATE]) <= MAX_STATE_CHARACTERS:
                self._rows[session_id] = row
                _limit(self._rows, self._max_rows)

    def forget(self, session_ids: Iterable[str]) -> None:
        """Forget the rows of sessions that are written otherwise."""
        for session_id in session_ids:
            self._rows.pop(session_id, None)

    def miss(self, session_ids: Iterable[str]) -> None:
        """Note that the row of one of these sessions was out of date: keep none for a while."""
        for session_id in session_ids:
            self._missed[session_id] = WRITES_AFTER_MISS
            _limit(self._missed, self._max_rows)


def _limit(by_session: dict[str, Any], number: int) -> None:
    if len(by_session) > number:
        del by_session[next(iter(by_session))]
