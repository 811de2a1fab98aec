"""What the session service answers about many sessions: lists and counts.

A session whose game fails is left out, and logged.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable

from extensions import json_codec
from extensions.pagination import Name, decode_cursor, paginate
from sessions import messages, views
from sessions.dependencies import Dependencies
from sessions.game_registry import GameRegistry
from sessions.match import Match
from sessions.schemas import SessionPage, SessionSummary, StartedPage, StartedSession
from sessions.storage import SessionStore

_log = logging.getLogger(__name__)

LIST_NAME = "sessions"
# Nobody waits for a session for longer than that.
MAX_STARTED_AGE_SECONDS = 3600.0
STARTED_PAGE_SIZE = 100
MAX_STARTED_BYTES = 4 * 1024 * 1024  # of a page, but at least one session


class SessionLists:
    """Lists sessions, and counts them."""

    def __init__(
        self, store: SessionStore, clock: Callable[[], float], registry: GameRegistry
    ) -> None:
        self._store, self._clock, self._registry = store, clock, registry

    @classmethod
    def of(cls, service: Dependencies) -> "SessionLists":
        """Return one that is made from the dependencies of a service."""
        return cls(SessionStore.of(service), service.clock, service.registry)

    def page(
        self, viewer: str | None, login: str | None, game: str | None, status: str | None,
        limit: int, after: str | None,
    ) -> SessionPage:
        """Return a page of the sessions that the viewer may see in a list, the newest first.

        Raises GameNotFound or UnknownCursor.
        """
        position = decode_cursor(LIST_NAME, after, tuple[float, Name])
        if game is not None:
            self._registry.require(game)
        with self._store.transaction() as transaction:
            rows = transaction.listing.visible(viewer, login, game, status, position, limit + 1)
            rows, following = paginate(LIST_NAME, rows, limit, list)
            ids = [row.session_id for row in rows]
            matches = transaction.sessions.load(ids)
            counts = transaction.connections.counts(ids)
        listed = [matches[each] for each in ids if each in matches]
        return {"items": _summaries(listed, counts), "next": following}

    def statistics(self) -> tuple[int, int, float, int]:
        """Return how many sessions are active, overdue, for how many seconds at most, and frozen.
        """
        now = self._clock()
        with self._store.transaction() as transaction:
            counted = transaction.sessions.statistics(now)
        since = now if counted.overdue_since is None else counted.overdue_since
        return counted.active, counted.overdue, now - since, counted.frozen

    def list_started(self, logins: list[str], since: float, after: str) -> StartedPage:
        """Return the sessions of these players that have started since then, the oldest first.

        `since` is in seconds since the epoch; `after` is the id of the last session that is known
        to have started at that very moment.
        """
        now = self._clock()
        begin = max(since, now - MAX_STARTED_AGE_SECONDS)
        with self._store.transaction() as transaction:
            rows = transaction.listing.list_started(logins, begin, after, STARTED_PAGE_SIZE)
            ids = [row.session_id for row in rows]
            matches = transaction.sessions.load(ids)
            counts = transaction.connections.counts(ids)
        started: list[StartedSession] = []
        size, following = 0, None
        for row in rows:
            one = _started(matches.get(row.session_id), row.key, logins, counts, now)
            size += len(json_codec.encode(one))
            if started and size > MAX_STARTED_BYTES:
                return {"sessions": started, "next": following}
            started += [one] if one is not None else []
            following = (row.created_at, row.session_id)
        return {"sessions": started, "next": following if len(rows) == STARTED_PAGE_SIZE else None}


def _started(
    match: Match | None, key: str, logins: list[str], counts: dict[str, Counter[str | None]],
    now: float,
) -> StartedSession | None:
    """Return what is told of a started session; None if its game is gone, or fails."""
    if match is None:
        return None
    try:
        return messages.started(match, key, logins, counts[match.session_id], now)
    except Exception:  # a game may raise anything
        _log.exception("The session %s could not be shown", match.session_id)
        return None


def _summaries(
    matches: Iterable[Match], counts: dict[str, Counter[str | None]]
) -> list[SessionSummary]:
    """Return the summaries of matches, without those whose games fail."""
    summaries = []
    for match in matches:
        try:
            summaries.append(views.summary(match, counts[match.session_id]))
        except Exception:  # a game may raise anything
            _log.exception("The session %s could not be listed", match.session_id)
    return summaries
