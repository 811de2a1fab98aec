"""The transaction of a batch of commands: text SQL, in two round trips, as every move waits for it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Table, insert

from extensions import json_codec
from extensions.outbox.message import OutboxMessage
from extensions.settings import Settings
from extensions.storage.pipeline import Pipeline
from sessions.changes import Change
from sessions.command_batch import CommandKey
from sessions.game_registry import GameRegistry
from sessions.match import Match
from sessions.models import AnsweredCommand
from sessions.storage.match_rows import (
    COLUMNS_POSTGRESQL,
    COLUMNS_SQLITE,
    LOCK_POSTGRESQL,
    read_match,
    save_changes,
)

INSERT_ANSWERED = insert(cast(Table, AnsweredCommand.__table__))
# What has been answered is read after the lock: whoever held it before may have answered it.
LOAD_POSTGRESQL = f"""
    {LOCK_POSTGRESQL};
    SELECT {COLUMNS_POSTGRESQL}, (
        SELECT json_agg(json_build_array(login, command_id, session_commands.version))::text
        FROM session_commands
        WHERE session_commands.session_id = sessions.session_id AND command_id = ANY(%s)
    )
    FROM sessions WHERE session_id = ANY(%s)
"""
LOAD_SQLITE = f"""
    SELECT {COLUMNS_SQLITE}, (
        SELECT json_group_array(json_array(login, command_id, session_commands.version))
        FROM session_commands
        WHERE session_commands.session_id = sessions.session_id
            AND command_id IN (SELECT value FROM json_each(?))
    )
    FROM sessions WHERE session_id IN (SELECT value FROM json_each(?))
"""


class CommandTransaction:
    """What a batch of commands reads and writes. A session whose game is gone is not there."""

    def __init__(
        self, pipeline: Pipeline, registry: GameRegistry, settings: Settings
    ) -> None:
        self._pipeline, self._registry, self._settings = pipeline, registry, settings
        self.messages: list[OutboxMessage] = []

    def load(
        self, keys: Iterable[CommandKey]
    ) -> tuple[dict[str, Match], dict[CommandKey, int]]:
        """Return the matches that commands are for, locked, and the versions of answered commands.
        """
        keys = list(keys)
        ids = sorted({session_id for session_id, _, _ in keys})
        command_ids = sorted({command_id for _, _, command_id in keys})
        matches: dict[str, Match] = {}
        answered: dict[CommandKey, int] = {}
        for row in self._rows(ids, command_ids):
            session_id = row[0]
            for login, command_id, version in json_codec.decode(row[-1] or "[]"):
                answered[session_id, login, command_id] = version
            match = read_match(row, self._registry, self._settings)
            if match is not None:
                matches[session_id] = match
        return matches, answered

    def save(self, changes: list[Change], answered: Mapping[CommandKey, int]) -> None:
        """Store changes and answers; the changes are announced after the commit."""
        save_changes(self._pipeline, changes)
        if answered:
            self._pipeline.execute(INSERT_ANSWERED, [
                {
                    "session_id": session_id, "login": login, "command_id": command_id,
                    "version": version,
                }
                for (session_id, login, command_id), version in answered.items()
            ])
        self.messages = [message for change in changes for message in change.messages]

    def _rows(self, ids: list[str], command_ids: list[str]) -> Iterable[Any]:
        if self._pipeline.is_postgresql:
            return self._pipeline.read(LOAD_POSTGRESQL, (ids, command_ids, ids))
        encoded = [json_codec.encode(each).decode() for each in (command_ids, ids)]
        return self._pipeline.read(LOAD_SQLITE, encoded)
