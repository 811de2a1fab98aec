"""The transaction that creates a session: text SQL, in one round trip."""

from collections.abc import Mapping
from typing import Any

from extensions.outbox.message import OutboxMessage
from extensions.settings import Settings
from extensions.storage.pipeline import Pipeline
from sessions.game_registry import GameRegistry
from sessions.match import Match
from sessions.recent_rows import Row
from sessions.storage.match_rows import add_session


class CreationTransaction:
    """Stores a new session without having read anything."""

    def __init__(self, pipeline: Pipeline, registry: GameRegistry, settings: Settings) -> None:
        self._pipeline = pipeline
        self.messages: list[OutboxMessage] = []
        self.rows: list[Row] = []  # those of new sessions are soon written by connections

    def add(
        self, match: Match, key: str, seed: str, messages: list[OutboxMessage],
        start: Mapping[str, Any] | None = None,
    ) -> None:
        """Store a session, and announce it after the commit.

        The commit raises IntegrityError where there is a session of this key.
        """
        add_session(self._pipeline, match, key, seed, start)
        self.messages = messages
