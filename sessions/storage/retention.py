"""What is deleted of sessions that ended long ago."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as DatabaseSession

from extensions.storage.database import upsert
from sessions.models import (
    AnsweredCommand,
    ConnectionRow,
    EventRow,
    PlayerRow,
    RetentionProgress,
    SessionRow,
    SpectatorChange,
)

PROGRESS_ROW = 1
EVENTS_PAGE = 100  # of a session, of which each may be large


class RetentionRepository:
    """Deletes ended sessions and their commands, some in one transaction.

    Several instances may do so side by side: what another has locked is left to it.
    """

    def __init__(self, database: DatabaseSession) -> None:
        self._database = database

    def lock_ended(self, before: float, limit: int) -> list[dict[str, Any]]:
        """Return sessions that ended before then, the first to end first.

        Each is its row of `sessions` as a dict, with its `events`, which are read while they are
        iterated over.
        """
        query = (
            select(*SessionRow.__table__.columns)
            .where(SessionRow.ended_at < before)
            .order_by(SessionRow.ended_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = [row._mapping for row in self._database.execute(query)]
        return [{**row, "events": self._events(row["session_id"])} for row in rows]

    def delete(self, session_ids: Collection[str]) -> None:
        """Delete sessions, with all that belongs to them."""
        if session_ids:
            # Sessions come last: all others refer to them.
            for table in (
                EventRow, AnsweredCommand, PlayerRow, ConnectionRow, SpectatorChange, SessionRow
            ):
                self._database.execute(delete(table).where(table.session_id.in_(session_ids)))

    def forget_commands(self, before: float, limit: int) -> int:
        """Delete the command ids of sessions that ended before then; return of how many sessions.

        Where another instance is doing so, nothing is deleted. The first call ever deletes nothing
        either: it stores from where to go on.
        """
        progress = self._database.scalar(
            select(RetentionProgress)
            .where(RetentionProgress.id == PROGRESS_ROW)
            .with_for_update(skip_locked=True)
        )
        if progress is None:
            upsert(self._database, RetentionProgress, {"id": PROGRESS_ROW, "commands_until": 0.0})
            return 0
        query = (
            select(SessionRow.ended_at)
            .where(SessionRow.ended_at > progress.commands_until, SessionRow.ended_at < before)
            .order_by(SessionRow.ended_at)
            .limit(limit)
        )
        moments = [at for at in self._database.scalars(query) if at is not None]
        if moments:
            ended = select(SessionRow.session_id).where(
                SessionRow.ended_at > progress.commands_until, SessionRow.ended_at <= moments[-1]
            )
            self._database.execute(
                delete(AnsweredCommand).where(
                    AnsweredCommand.session_id.in_(ended.scalar_subquery())
                )
            )
            progress.commands_until = moments[-1]
        return len(moments)

    def _events(self, session_id: str) -> Iterator[dict[str, Any]]:
        query = select(EventRow.version, EventRow.at, EventRow.type, EventRow.data).where(
            EventRow.session_id == session_id
        ).order_by(EventRow.version).limit(EVENTS_PAGE)
        version, is_full = -1, True
        while is_full:
            rows = self._database.execute(query.where(EventRow.version > version)).all()
            yield from (dict(row._mapping) for row in rows)
            is_full = len(rows) == EVENTS_PAGE
            version = rows[-1].version if rows else version
