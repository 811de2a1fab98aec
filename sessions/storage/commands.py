"""The transaction of a batch of commands: text SQL, in two round trips, as every move waits for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
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
from sessions.recent_rows import Row
from sessions.storage.match_rows import (
    COLUMNS_POSTGRESQL,
    COLUMNS_SQLITE,
    LOCK_POSTGRESQL,
    read_match,
    save_rows,
)

INSERT_ANSWERED = insert(cast(Table, AnsweredCommand.__table__))
# What has been answered is read after the lock: whoever held it before may have answered it.
# Each command is looked up by its whole key: a long game's costs no more than a short one's. The
# OFFSET keeps PostgreSQL from making a join of it, for which it might read a whole table.
LOAD_POSTGRESQL = f"""
    {LOCK_POSTGRESQL};
    SELECT {COLUMNS_POSTGRESQL}, (
        SELECT json_agg(json_build_array(session, player, command, found.version))
        FROM unnest(%s::text[], %s::text[], %s::text[]) AS asked (session, player, command),
            LATERAL (
                SELECT version FROM session_commands
                WHERE session_id = session AND login = player AND command_id = command OFFSET 0
            ) AS found
        WHERE session = sessions.session_id
    )::text
    FROM sessions WHERE session_id = ANY(%s)
"""
LOAD_SQLITE = f"""
    SELECT {COLUMNS_SQLITE}, NULL
    FROM sessions WHERE session_id IN (SELECT value FROM json_each(?))
"""
ANSWERED_SQLITE = """
    SELECT session_id, login, command_id, version FROM session_commands
    WHERE (session_id, login, command_id) IN (VALUES {keys})
"""


class CommandTransaction:
    """What a batch of commands reads and writes."""

    def __init__(
        self, pipeline: Pipeline, registry: GameRegistry, settings: Settings
    ) -> None:
        self._pipeline, self._registry, self._settings = pipeline, registry, settings
        self._read: dict[str, Row] = {}
        self.messages: list[OutboxMessage] = []
        self.rows: list[Row] = []

    def load(
        self, keys: Iterable[CommandKey]
    ) -> tuple[dict[str, Match], dict[CommandKey, int]]:
        """Return the matches that commands are for, locked, and the versions of answered commands.
        """
        keys = sorted(set(keys))
        if not keys:
            return {}, {}
        ids = sorted({session_id for session_id, _, _ in keys})
        matches: dict[str, Match] = {}
        answered: list[Sequence[Any]] = []
        for row in self._read_sessions(ids, keys):
            match = read_match(row, self._registry, self._settings)
            matches[match.session_id] = match
            self._read[match.session_id] = row
            if row[-1] is not None:
                answered += json_codec.decode(row[-1])
        if not self._pipeline.is_postgresql:
            text = ANSWERED_SQLITE.format(keys=", ".join(["(?, ?, ?)"] * len(keys)))
            answered += self._pipeline.read(text, [*chain.from_iterable(keys)])
        return matches, {(key[0], key[1], key[2]): version for *key, version in answered}

    def save(self, changes: list[Change], answered: Mapping[CommandKey, int]) -> None:
        """Store changes and answers; the changes are announced after the commit."""
        self.rows = save_rows(self._pipeline, changes, self._read)
        save_answered(self._pipeline, answered)
        self.messages = [message for change in changes for message in change.messages]

    def _read_sessions(self, ids: list[str], keys: list[CommandKey]) -> Iterable[Any]:
        if self._pipeline.is_postgresql:
            columns = ([key[place] for key in keys] for place in range(3))
            return self._pipeline.read(LOAD_POSTGRESQL, (ids, *columns, ids))
        return self._pipeline.read(LOAD_SQLITE, [json_codec.encode(ids).decode()])


def save_answered(pipeline: Pipeline, answered: Mapping[CommandKey, int]) -> None:
    """Store the versions that commands were answered with."""
    if answered:
        pipeline.execute(INSERT_ANSWERED, [
            {
                "session_id": session_id, "login": login, "command_id": command_id,
                "version": version,
            }
            for (session_id, login, command_id), version in answered.items()
        ])
