"""What is deleted of sessions that ended long ago."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, delete, select
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


class RetentionRepository:
    """Deletes ended sessions and their commands, some in one transaction.

    Several instances may do so side by side: what another has locked is left to it.
    """

    def __init__(self, database: DatabaseSession) -> None:
        self._database = database

    def take_ended(self, before: float, limit: int) -> list[dict[str, Any]]:
        """Delete sessions that ended before then, and return them, the first to end first.

        Each is its row of `sessions` as a dict, with a list of its `events`.
        """
        query = (
            select(*SessionRow.__table__.columns)
            .where(SessionRow.ended_at < before)
            .order_by(SessionRow.ended_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        records = [{**row._mapping, "events": []} for row in self._database.execute(query)]
        by_id = {record["session_id"]: record for record in records}
        if by_id:
            for row in self._database.execute(_select_events(by_id)):
                event = dict(row._mapping)
                by_id[event.pop("session_id")]["events"].append(event)
            # Sessions come last: all others refer to them.
            for table in (
                EventRow, AnsweredCommand, PlayerRow, ConnectionRow, SpectatorChange, SessionRow
            ):
                self._database.execute(delete(table).where(table.session_id.in_(by_id)))
        return records

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


def _select_events(session_ids: Iterable[str]) -> Select[Any]:
    query = select(*EventRow.__table__.columns).where(EventRow.session_id.in_(session_ids))
    return query.order_by(EventRow.session_id, EventRow.version)
