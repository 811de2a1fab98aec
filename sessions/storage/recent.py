"""The transaction of commands on rows that this process has written last: one round trip.

Nothing is read. What the commands do is written if all rows are still as they were, and if no
command was answered before; or else nothing is.
"""

from collections.abc import Mapping

from extensions.outbox.message import OutboxMessage
from extensions.settings import Settings
from extensions.storage.pipeline import Pipeline
from sessions.changes import Change
from sessions.command_batch import CommandKey
from sessions.game_registry import GameRegistry
from sessions.recent_rows import Row
from sessions.storage.commands import save_answered
from sessions.storage.match_rows import read_match, save_rows

# It compares all of a row that a match is made of and that may change while the match is active.
# JSON is stored as the text that was written. The order is that in which everybody locks sessions.
IS_SAME = "sessions.version = %s AND sessions.state::text = %s AND sessions.progress::text = %s"
LOCK_SEVERAL = """
    SELECT FROM unnest(%s::text[], %s::integer[], %s::text[], %s::text[])
            AS was (session_id, version, state, progress)
        JOIN sessions USING (session_id)
    WHERE sessions.version = was.version AND sessions.state::text = was.state
        AND sessions.progress::text = was.progress
    ORDER BY session_id FOR UPDATE OF sessions
"""


class RecentTransaction:
    """What commands write on rows that were not read. On PostgreSQL only."""

    def __init__(
        self, pipeline: Pipeline, rows: list[Row], registry: GameRegistry, settings: Settings
    ) -> None:
        self._pipeline, self._was = pipeline, rows
        matches = (read_match(row, registry, settings) for row in rows)
        self.matches = {match.session_id: match for match in matches}
        self.messages: list[OutboxMessage] = []
        self.rows: list[Row] = []
        self.is_written = False

    def save(self, changes: list[Change], answered: Mapping[CommandKey, int]) -> None:
        """Store the changes of commands, and their answers."""
        self.rows = save_rows(self._pipeline, changes, {row[0]: row for row in self._was})
        save_answered(self._pipeline, answered)
        self.messages = [message for change in changes for message in change.messages]

    def commit(self) -> None:
        """Write what was saved if nobody has changed the rows; `is_written` tells whether.

        Raises IntegrityError where one of the commands was answered before.
        """
        if len(self._was) == 1:
            [row] = self._was
            self.is_written = self._pipeline.commit_if_still(IS_SAME, (row[9], row[4], row[5]))
        else:
            columns = [[row[place] for row in self._was] for place in (0, 9, 4, 5)]
            self.is_written = self._pipeline.commit_if(LOCK_SEVERAL, columns, len(self._was))
