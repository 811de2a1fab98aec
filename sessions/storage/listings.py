"""Which sessions there are: by player, game and status, or by when they started."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import aliased

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
        position: tuple[float, str] | None, limit: int,
    ) -> list[ListedSession]:
        """Return the sessions that the viewer may see in a list, the newest first.

        `login`, `game` and `status` narrow the list; it begins after `position`.
        """
        narrowed = _Narrowed(viewer, game, status, position, limit)
        if login is not None:
            # By the index of a player's sessions.
            same = PlayerRow.session_id == SessionRow.session_id
            by_player = narrowed.select(PlayerRow.created_at)
            queries = [by_player.where(same, PlayerRow.name == login.lower())]
        elif game is not None and status is None:
            # Each status has an index of its own by game. A session that ends between the two
            # queries is in both results, and never in neither.
            queries = [
                replace(narrowed, status=each).select(SessionRow.created_at)
                for each in (ACTIVE, ENDED)
            ]
        else:
            queries = [narrowed.select(SessionRow.created_at)]
        found = {ListedSession(*row) for each in queries for row in self._database.execute(each)}
        return sorted(found, reverse=True)[:limit]

    def active_of(self, login: str) -> list[str]:
        """Return the ids of a player's active sessions."""
        query = (
            select(PlayerRow.session_id)
            .join(SessionRow, SessionRow.session_id == PlayerRow.session_id)
            .where(PlayerRow.name == login.lower(), SessionRow.status == ACTIVE)
        )
        return list(self._database.scalars(query))

    def list_started(
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


@dataclass(frozen=True)
class _Narrowed:
    """What narrows a list of sessions."""

    viewer: str | None
    game: str | None
    status: str | None
    position: tuple[float, str] | None
    limit: int

    def select(self, created_at: InstrumentedAttribute[Any]) -> Select[tuple[float, str]]:
        """Return the query for a page by this column of when sessions were created."""
        by_player = created_at.class_ is PlayerRow
        session_id = PlayerRow.session_id if by_player else SessionRow.session_id
        query = select(created_at, session_id).where(
            SessionRow.private.is_(False) | self._is_own(by_player)
        )
        if self.game is not None:
            is_game = SessionRow.game == self.game
            # As a truth value, it keeps SQLite from finding a player's sessions by their game, and
            # leaves PostgreSQL its estimate of how many of them are of that game.
            query = query.where(is_game.is_(True) if by_player else is_game)
        if self.status is not None:
            query = query.where(SessionRow.status == self.status)
        if self.position is not None:
            at, after = self.position
            query = query.where(created_at <= at, (created_at < at) | (session_id < after))
        return query.order_by(created_at.desc(), session_id.desc()).limit(self.limit)

    def _is_own(self, by_player: bool) -> ColumnElement[bool]:
        """Return the condition that the viewer is a player of the session.

        A player's sessions are looked at one by one: PostgreSQL would take the price of reading all
        of the viewer's for the price of each, and read all sessions rather than that.
        """
        own = aliased(PlayerRow)
        is_viewer = own.name == (self.viewer or "").lower()
        if by_player:
            return exists().where(own.session_id == SessionRow.session_id, is_viewer)
        return SessionRow.session_id.in_(select(own.session_id).where(is_viewer))
