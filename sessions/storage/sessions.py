"""Sessions in and out of the database: their latest states."""

import logging
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, false, func, literal, null, or_, select, update
from sqlalchemy.orm import Session as DatabaseSession

from extensions.settings import Settings
from sessions import deadlines, exceptions
from sessions.changes import Change
from sessions.game_registry import GameRegistry, Rules
from sessions.match import ACTIVE, Match
from sessions.models import SessionRow
from sessions.storage.match_rows import (
    SESSIONS,
    add_session,
    match_of,
    save_changes,
    save_deadlines,
)

MATCH_COLUMNS = [column for column in SESSIONS.columns if column.name != "key"]
SELECT_MATCHES = select(*MATCH_COLUMNS).where(
    SESSIONS.c.session_id.in_(bindparam("ids", expanding=True))
)
SELECT_STATELESS = select(
    *(null().label("state") if each.name == "state" else each for each in MATCH_COLUMNS)
)
LOCK_MATCHES = SELECT_MATCHES.order_by(SESSIONS.c.session_id).with_for_update()

POSTPONED_PER_BATCH = 500

_log = logging.getLogger(__name__)


class DueSessions(NamedTuple):
    """Matches whose deadline has passed, and the ids of sessions that cannot be read."""

    matches: list[Match]
    unreadable: list[str]


class Statistics(NamedTuple):
    """How many sessions are active, overdue and without their rules.

    `overdue_since` is the earliest deadline that has passed.
    """

    active: int
    overdue: int
    overdue_since: float | None
    frozen: int


def new_id() -> str:
    """Return a new id, which nobody can guess."""
    return secrets.token_hex(12)


class SessionRepository:
    """Matches, in one transaction.

    One that cannot be read, such as one of a newer release with a clock that is unknown here, is
    left out of many.
    """

    def __init__(
        self, database: DatabaseSession, registry: GameRegistry, settings: Settings
    ) -> None:
        self._database, self._registry, self._settings = database, registry, settings

    def add(
        self, match: Match, key: str, seed: str, start: Mapping[str, Any] | None = None
    ) -> None:
        """Store a new session; a second one of the same key raises IntegrityError."""
        add_session(self._database, match, key, seed, start)

    def id_of_key(self, key: str) -> str | None:
        """Return the id of the session that was created by this key."""
        return self._database.scalar(select(SessionRow.session_id).where(SessionRow.key == key))

    def load(self, ids: Iterable[str], lock: bool = False) -> dict[str, Match]:
        """Return the matches that there are of these ids; lock them in the order of ids, if asked.
        """
        rows = self._select(ids, lock)
        return {match.session_id: match for match in self._readable(rows)}

    def require(self, session_id: str, lock: bool = False) -> Match:
        """Return the match of this id; raises SessionNotFound, or why it cannot be read."""
        for row in self._select([session_id], lock):
            return match_of(row, self._registry, self._settings)
        raise exceptions.SessionNotFound.of(
            f"There is no session {session_id}", session_id=session_id
        )

    def save(self, changes: Iterable[Change]) -> None:
        """Store the latest states of matches, and append their events."""
        save_changes(self._database, list(changes))

    def due(self, now: float, limit: int, newest_first: bool = False) -> DueSessions:
        """Return what has come due, locked, without the sessions that others have locked.

        They are the ones that are overdue for longest, or with `newest_first` for the least time.
        """
        deadline = SessionRow.deadline
        query = (
            self._select_playable()
            .where(SessionRow.deadline <= now)
            .order_by(deadline.desc() if newest_first else deadline)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self._due(self._database.execute(query).all())

    def outdated(self, rules: Rules) -> list[str]:
        """Return the ids of the active sessions of these rules, in order."""
        query = select(SessionRow.session_id).where(
            SessionRow.status == ACTIVE, SessionRow.game == rules[0],
            SessionRow.game_version == rules[1],
        )
        return list(self._database.scalars(query.order_by(SessionRow.session_id)))

    def set_game_version(self, ids: list[str], version: int) -> None:
        """Store that the states of sessions are of this version of the rules."""
        if ids:
            self._database.execute(
                update(SessionRow).where(SessionRow.session_id.in_(ids))
                .values(game_version=version)
            )

    def postpone(self, seconds: float, rules: Rules | None = None) -> list[str]:
        """Postpone the deadlines of all sessions by these seconds; return the ids of sessions.

        With `rules`, only those of the sessions that are played by them.
        In batches, locked in the order of their ids, and without their states: there may be tens
        of thousands, and each statement has a time limit.
        """
        has_deadline: ColumnElement[bool] = SessionRow.deadline.is_not(None)
        if rules is not None:
            has_deadline &= SessionRow.game == rules[0]
            has_deadline &= SessionRow.game_version == rules[1]
        ids = self._database.scalars(
            select(SessionRow.session_id).where(has_deadline).order_by(SessionRow.session_id)
        ).all()
        for begin in range(0, len(ids), POSTPONED_PER_BATCH):
            among = SessionRow.session_id.in_(ids[begin : begin + POSTPONED_PER_BATCH])
            rows = self._database.execute(
                SELECT_STATELESS.where(among, has_deadline)
                .order_by(SessionRow.session_id).with_for_update()
            )
            matches = list(self._readable(rows))
            for match in matches:
                deadlines.postpone(match, seconds)
            save_deadlines(self._database, matches)
        return list(ids)

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
        is_playable = self._is_playable()
        overdue = is_playable & (SessionRow.deadline <= now)
        row = self._database.execute(
            select(
                select(func.count()).where(is_active).scalar_subquery(),
                select(func.count()).where(overdue).scalar_subquery(),
                select(func.min(SessionRow.deadline)).where(overdue).scalar_subquery(),
                select(func.count()).where(is_active, ~is_playable).scalar_subquery(),
            )
        ).one()
        return Statistics(*row)

    def _due(self, rows: Sequence[Any]) -> DueSessions:
        matches = list(self._readable(rows))
        unreadable = {row.session_id for row in rows} - {each.session_id for each in matches}
        return DueSessions(matches, sorted(unreadable))

    def _select(self, ids: Iterable[str], lock: bool) -> Iterable[Any]:
        statement = LOCK_MATCHES if lock else SELECT_MATCHES
        return self._database.execute(statement, {"ids": sorted(set(ids))})

    def _readable(self, rows: Iterable[Any]) -> Iterator[Match]:
        """Yield the matches of rows, without those that cannot be read, which are logged."""
        for row in rows:
            try:
                match = match_of(row, self._registry, self._settings)
            except Exception:  # whatever another release, or a hand, has written
                _log.exception("The session %s cannot be read", row.session_id)
            else:
                yield match

    def _select_playable(self) -> Any:
        # Rules that are not installed are left out here, so that they take no place in a limit.
        return select(*MATCH_COLUMNS).where(self._is_playable())

    def _is_playable(self) -> ColumnElement[bool]:
        return or_(false(), *(
            (SessionRow.game_version == version) & SessionRow.game.in_(names)
            for version, names in self._registry.playable().items()
        ))
