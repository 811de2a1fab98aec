"""Which sessions there are: by player, game and status, or by when they started."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session as DatabaseSession

from sessions.match import ACTIVE, ENDED
from sessions.models import PlayerRow, SessionRow


class ListedSession(NamedTuple):
    """A session's place in a list."""

    created_at: float
    session_id: str


class StartedRow(NamedTuple):
    """A session that has started, and the key that it was created by."""

    session_id: str
    key: str
    created_at: float


class SessionListing:
    """Lists of session ids, in one transaction."""

    def __init__(self, database: DatabaseSession) -> None:
        self._database = database

    def visible(
        self, viewer: str | None, login: str | None, game: str | None, status: str | None,
        position: list[Any] | None, limit: int,
    ) -> list[ListedSession]:
        """Return the sessions that the viewer may see in a list, the newest first.

        `login`, `game` and `status` narrow the list; it begins after `position`.
        """
        if game is not None and login is None and status is None:
            # Each status has an index of its own by game. A session that ends between the two
            # queries is in both results, and never in neither.
            found = {
                each for status in (ACTIVE, ENDED)
                for each in self.visible(viewer, login, game, status, position, limit)
            }
            return sorted(found, reverse=True)[:limit]
        query = self._select_visible(viewer, login)
        if game is not None:
            # A player's sessions are found by the player. The expression keeps SQLite from taking
            # the index by game for that.
            column = SessionRow.game if login is None else SessionRow.game.concat("")
            query = query.where(column == game)
        if status is not None:
            query = query.where(SessionRow.status == status)
        if position is not None:
            at, session_id = position
            query = query.where(
                SessionRow.created_at <= at,
                (SessionRow.created_at < at) | (SessionRow.session_id < session_id),
            )
        query = query.order_by(SessionRow.created_at.desc(), SessionRow.session_id.desc())
        return [ListedSession(*row) for row in self._database.execute(query.limit(limit))]

    def active_of(self, login: str) -> list[str]:
        """Return the ids of a player's active sessions."""
        query = (
            select(PlayerRow.session_id)
            .join(SessionRow, SessionRow.session_id == PlayerRow.session_id)
            .where(PlayerRow.name == login.lower(), SessionRow.status == ACTIVE)
        )
        return list(self._database.scalars(query))

    def started_since(
        self, logins: Iterable[str], since: float, after: str, limit: int
    ) -> list[StartedRow]:
        """Return the sessions of any of these players that started since then, the oldest first.

        Of those that started at that very moment, only the ones with an id after `after`.
        """
        names = [login.lower() for login in logins]
        # By the index of creation times, and not by all that these players have ever played.
        theirs = exists().where(
            PlayerRow.session_id == SessionRow.session_id, PlayerRow.name.in_(names)
        )
        query = (
            select(SessionRow.session_id, SessionRow.key, SessionRow.created_at)
            .where(
                SessionRow.created_at >= since,
                (SessionRow.created_at > since) | (SessionRow.session_id > after),
                theirs,
            )
            .order_by(SessionRow.created_at, SessionRow.session_id)
            .limit(limit)
        )
        return [StartedRow(*row) for row in self._database.execute(query)]

    def _select_visible(
        self, viewer: str | None, login: str | None
    ) -> Select[tuple[float, str]]:
        query = select(SessionRow.created_at, SessionRow.session_id)
        if login is not None:
            query = query.join(PlayerRow, PlayerRow.session_id == SessionRow.session_id).where(
                PlayerRow.name == login.lower()
            )
        own = select(PlayerRow.session_id).where(PlayerRow.name == (viewer or "").lower())
        return query.where(SessionRow.private.is_(False) | SessionRow.session_id.in_(own))
