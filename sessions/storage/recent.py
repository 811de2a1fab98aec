"""The transaction of a command on a row that this process has written last: one round trip.

Nothing is locked or read. What the command does is written if the row is still as it was, and if
the command was not answered before; or else nothing is.
"""

from collections.abc import Mapping

from extensions.outbox.message import OutboxMessage
from extensions.settings import Settings
from extensions.storage.pipeline import Pipeline
from sessions.changes import Change
from sessions.command_batch import CommandKey
from sessions.deadlines import next_deadline
from sessions.game_registry import GameRegistry
from sessions.recent_rows import Row
from sessions.storage.commands import save_answered
from sessions.storage.match_rows import read_match, row_of, save_events

# It compares all of a row that a match is made of and that may change while the match is active.
# JSON is stored as the text that was written.
COMPARE_AND_SET = """
    UPDATE sessions SET state = %s, progress = %s, result = %s, version = %s, status = %s,
        ended_at = %s, deadline = %s
    WHERE session_id = %s AND version = %s AND state::text = %s AND progress::text = %s
        AND NOT EXISTS (
            SELECT FROM session_commands WHERE session_id = %s AND login = %s AND command_id = %s
        )
"""


class RecentTransaction:
    """What one command writes on a row that was not read. On PostgreSQL only."""

    def __init__(
        self, pipeline: Pipeline, row: Row, registry: GameRegistry, settings: Settings
    ) -> None:
        self._pipeline, self._was = pipeline, row
        match = read_match(row, registry, settings)
        self.matches = {match.session_id: match} if match is not None else {}
        self.messages: list[OutboxMessage] = []
        self.row = row
        self.is_written = False

    def save(self, changes: list[Change], answered: Mapping[CommandKey, int]) -> None:
        """Store the changes of a command, and its answer."""
        [key] = answered
        match = changes[-1].match
        self.row = row_of(match)
        state, progress, result, *_, version, status, ended_at = self.row[4:]
        self._values = (
            state, progress, result, version, status, ended_at, next_deadline(match),
            self._was[0], self._was[9], self._was[4], self._was[5], *key,
        )
        save_events(self._pipeline, changes)
        save_answered(self._pipeline, answered)
        self.messages = [message for change in changes for message in change.messages]

    def commit(self) -> None:
        """Write what was saved if nobody has changed the row; `is_written` tells whether.

        Raises IntegrityError where the same command is answered at the same time.
        """
        self.is_written = self._pipeline.commit_if(COMPARE_AND_SET, self._values)
