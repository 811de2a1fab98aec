"""The events of sessions, as they are read: a page, a position, or all moves."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from extensions import json_codec
from sessions import events, exceptions
from sessions.match import Match, SessionEvent
from sessions.models import EventRow
from sessions.standing_moves import OF_MOVES, MadeMove, standing

POSITIONS = (*OF_MOVES, events.PLAYER_LEFT, events.RULES_CHANGED)
MAX_MOVES = 10_000  # of a session that is read as a whole
EVENTS_READ_TOGETHER = 50


class EventRepository:
    """The events of sessions, in one transaction. They are stored with the sessions' changes."""

    def __init__(self, database: DatabaseSession) -> None:
        self._database = database

    def start(self, match: Match) -> Any:
        """Return what a session began with that goes on from another; None for others."""
        if "from" not in match.options:
            return None
        query = select(EventRow.data).where(
            EventRow.session_id == match.session_id, EventRow.version == 0
        )
        return self._database.scalars(query).one()

    def since(
        self, session_id: str, version: int, limit: int, max_bytes: int
    ) -> list[SessionEvent]:
        """Return the first events of a session after a version, the oldest first.

        No more are read once those that were have so many bytes of JSON: each may be large.
        """
        query = (
            select(EventRow.version, EventRow.at, EventRow.type, EventRow.data)
            .where(EventRow.session_id == session_id)
            .order_by(EventRow.version)
        )
        found: list[SessionEvent] = []
        size, is_full = 0, True
        while is_full and len(found) < limit and size < max_bytes:
            last = found[-1].version if found else version
            asked = min(EVENTS_READ_TOGETHER, limit - len(found))
            rows = self._database.execute(query.where(EventRow.version > last).limit(asked)).all()
            found += [SessionEvent(*row) for row in rows]
            size += sum(len(json_codec.encode(row.data)) for row in rows)
            is_full = len(rows) == asked
        return found

    def position_at(self, session_id: str, version: int) -> SessionEvent | None:
        """Return the last event up to a version that has a position, or that changed the rules."""
        query = (
            select(EventRow.version, EventRow.at, EventRow.type, EventRow.data)
            .where(
                EventRow.session_id == session_id, EventRow.version.between(1, version),
                EventRow.type.in_(POSITIONS),
            )
            .order_by(EventRow.version.desc())
            .limit(1)
        )
        row = self._database.execute(query).first()
        return SessionEvent(*row) if row else None

    def moves(self, match: Match, version: int | None = None) -> list[MadeMove]:
        """Return the moves of a session that stand, or that stood at a version.

        They are read without the states that they led to. Raises GameFailed if they are too many.
        """
        names = ("command", "clocks", "taken_back")
        query = (
            select(
                EventRow.version, EventRow.at, EventRow.type,
                *(EventRow.data[name].label(name) for name in names),
            )
            .where(EventRow.session_id == match.session_id, EventRow.type.in_(OF_MOVES))
            .order_by(EventRow.version)
            .limit(MAX_MOVES + 1)
        )
        if version is not None:
            query = query.where(EventRow.version <= version)
        rows = self._database.execute(query).all()
        if len(rows) > MAX_MOVES:
            raise exceptions.GameFailed.of(
                f"The game {match.game.name} has too many moves to be replayed here, more than"
                f" {MAX_MOVES}", game=match.game.name,
            )
        return standing(
            SessionEvent(row.version, row.at, row.type, dict(zip(names, row[3:], strict=True)))
            for row in rows
        )
