"""Sessions in and out of the database: their latest states, their events, answered commands."""

import secrets
from collections.abc import Iterable
from itertools import chain
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, bindparam, func, insert, literal, select, update
from sqlalchemy.orm import Session as DatabaseSession

from extensions.settings import Settings
from extensions.storage.pipeline import Writer
from sessions import exceptions
from sessions.changes import Change
from sessions.clocks import Clocks
from sessions.game_registry import GameRegistry
from sessions.match import ACTIVE, Match, SessionEvent
from sessions.models import EventRow, PlayerRow, SessionRow

# The statements of each batch of commands are built once, and on the tables: to build them anew,
# or to go through the mapped classes, takes longer than the database does.
SESSIONS, EVENTS = (cast(Table, row.__table__) for row in (SessionRow, EventRow))
MATCH_COLUMNS = [column for column in SESSIONS.columns if column.name not in ("key", "seed")]
SELECT_MATCHES = select(*MATCH_COLUMNS).where(
    SESSIONS.c.session_id.in_(bindparam("ids", expanding=True))
)
LOCK_MATCHES = SELECT_MATCHES.order_by(SESSIONS.c.session_id).with_for_update()
STATE_COLUMNS = ("status", "version", "state", "progress", "result", "deadline", "ended_at")
UPDATE_MATCH = (
    update(SESSIONS)
    .where(SESSIONS.c.session_id == bindparam("of"))
    .values({name: bindparam(name) for name in STATE_COLUMNS})
)
INSERT_EVENT = insert(EVENTS)


class Statistics(NamedTuple):
    """How many sessions are active and overdue, and the earliest deadline that has passed."""

    active: int
    overdue: int
    overdue_since: float | None


def new_id() -> str:
    """Return a new id, which nobody can guess."""
    return secrets.token_hex(12)


class SessionRepository:
    """Matches, their events and their answered commands, in one transaction.

    A session whose game is no longer installed is treated as if it did not exist.
    """

    def __init__(
        self, database: DatabaseSession, registry: GameRegistry, settings: Settings
    ) -> None:
        self._database, self._registry, self._settings = database, registry, settings

    def add(self, match: Match, key: str, seed: str) -> None:
        """Store a new session; a second one of the same key raises IntegrityError."""
        self._database.add(
            SessionRow(
                session_id=match.session_id, key=key, game=match.game.name, options=match.options,
                players=match.players, private=match.private, seed=seed,
                created_at=match.created_at, **_state(match),
            )
        )
        self._database.flush()
        self._database.execute(
            insert(PlayerRow),
            [{"name": login.lower(), "session_id": match.session_id} for login in match.players],
        )

    def id_of_key(self, key: str) -> str | None:
        """Return the id of the session that was created by this key."""
        return self._database.scalar(select(SessionRow.session_id).where(SessionRow.key == key))

    def seed(self, session_id: str) -> str:
        """Return what the chance of a session comes from."""
        query = select(SessionRow.seed).where(SessionRow.session_id == session_id)
        return self._database.scalars(query).one()

    def load(self, ids: Iterable[str], lock: bool = False) -> dict[str, Match]:
        """Return the matches that there are of these ids; lock them in the order of ids, if asked.
        """
        rows = self._database.execute(
            LOCK_MATCHES if lock else SELECT_MATCHES, {"ids": sorted(set(ids))}
        )
        return {
            row.session_id: match_of(row, self._registry, self._settings)
            for row in rows if row.game in self._registry
        }

    def require(self, session_id: str, lock: bool = False) -> Match:
        """Return the match of this id; raises SessionNotFound."""
        match = self.load([session_id], lock).get(session_id)
        if match is None:
            raise exceptions.SessionNotFound.of(
                f"There is no session {session_id}", session_id=session_id
            )
        return match

    def save(self, changes: Iterable[Change]) -> None:
        """Store the latest states of matches, and append their events."""
        save_changes(self._database, list(changes))

    def events_since(self, session_id: str, version: int) -> list[SessionEvent]:
        """Return the events of a session after a version, the oldest first."""
        query = (
            select(EventRow.version, EventRow.at, EventRow.type, EventRow.data)
            .where(EventRow.session_id == session_id, EventRow.version > version)
            .order_by(EventRow.version)
        )
        return [SessionEvent(*row) for row in self._database.execute(query)]

    def due(self, now: float, limit: int) -> list[Match]:
        """Return matches whose deadline has passed, locked, without those that others have locked.
        """
        query = (
            self._select_playable()
            .where(SessionRow.deadline <= now)
            .order_by(SessionRow.deadline)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self._matches(query)

    def with_deadline(self) -> list[Match]:
        """Return all matches that have a deadline, locked in the order of their ids."""
        query = self._select_playable().where(SessionRow.deadline.is_not(None))
        query = query.order_by(SessionRow.session_id).with_for_update()
        return self._matches(query)

    def put_off(self, ids: Iterable[str], until: float) -> None:
        """Keep `due` from returning these matches before this time, whatever their deadlines."""
        ids = list(ids)
        if ids:
            self._database.execute(
                update(SessionRow).where(SessionRow.session_id.in_(ids)).values(deadline=until)
            )

    def statistics(self, now: float) -> Statistics:
        """Count the sessions that are active, and those whose deadline has passed."""
        # A literal, so that SQLite too sees that the partial index of active sessions will do.
        is_active = SessionRow.status == literal(ACTIVE, literal_execute=True)
        overdue = SessionRow.game.in_(list(self._registry)) & (SessionRow.deadline <= now)
        row = self._database.execute(
            select(
                select(func.count()).where(is_active).scalar_subquery(),
                select(func.count()).where(overdue).scalar_subquery(),
                select(func.min(SessionRow.deadline)).where(overdue).scalar_subquery(),
            )
        ).one()
        return Statistics(*row)

    def _matches(self, query: Any) -> list[Match]:
        rows = self._database.execute(query)
        return [match_of(row, self._registry, self._settings) for row in rows]

    def _select_playable(self) -> Any:
        # Games that are not installed are left out here, so that they take no place in a limit.
        return select(*MATCH_COLUMNS).where(SessionRow.game.in_(list(self._registry)))


def match_of(row: Any, registry: GameRegistry, settings: Settings) -> Match:
    """Return the match that a row stands for: of the table, or with the same names."""
    progress = row.progress
    clocks, rematch, offer = progress["clocks"], progress["rematch"], progress["offer"] or []
    return Match(
        session_id=row.session_id, game=registry.require(row.game), settings=settings,
        options=row.options, players=row.players, private=row.private, state=row.state,
        created_at=row.created_at, version=row.version, status=row.status,
        last_move_version=progress["moved"],
        join_deadlines=progress["coming"],
        first_move_deadlines=progress["first_moves"],
        grace_deadlines=progress["leaving"],
        draw_offers=dict(zip(offer[::2], offer[1::2], strict=True)),
        clocks=Clocks(**clocks) if clocks else None,
        result=row.result,
        rematch_requests=rematch.get("asked", []),
        rematch_session_id=rematch.get("session_id"),
        ended_at=row.ended_at,
    )


def save_changes(database: Writer, changes: list[Change]) -> None:
    """Store the latest states of matches, and append their events."""
    states = {change.match.session_id: change.match for change in changes}
    if states:
        database.execute(
            UPDATE_MATCH, [{"of": each, **_state(match)} for each, match in states.items()]
        )
    rows = [
        {
            "session_id": change.match.session_id, "version": event.version, "at": event.at,
            "type": event.type, "data": event.data,
        }
        for change in changes
        for event in change.events
    ]
    if rows:
        database.execute(INSERT_EVENT, rows)


def _state(match: Match) -> dict[str, Any]:
    return {
        "status": match.status, "version": match.version, "state": match.state,
        "progress": _progress(match), "result": match.result, "deadline": match.deadline,
        "ended_at": match.ended_at,
    }


def _progress(match: Match) -> dict[str, Any]:
    """Return what is stored of a match as JSON, under the keys of sessions stored long ago."""
    rematch: dict[str, Any] = {}
    if match.rematch_requests:
        rematch["asked"] = match.rematch_requests
    if match.rematch_session_id is not None:
        rematch["session_id"] = match.rematch_session_id
    return {
        "moved": match.last_move_version,
        "coming": match.join_deadlines,
        "first_moves": match.first_move_deadlines,
        "leaving": match.grace_deadlines,
        "offer": list(chain.from_iterable(match.draw_offers.items())) or None,
        "clocks": vars(match.clocks) if match.clocks else None,
        "rematch": rematch,
    }
