"""What the session service answers about sessions without changing anything."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from extensions import json_codec
from extensions.pagination import Name, decode_cursor, paginate
from sessions import continuations, exceptions, messages, options, replays, views
from sessions.continuations import Start
from sessions.dependencies import Dependencies
from sessions.game_info import game_info
from sessions.game_registry import GameRegistry
from sessions.history import MAX_EVENTS, MAX_HISTORY_BYTES, visible_page
from sessions.match import ENDED, Match, SessionEvent
from sessions.missing_rules import upgraded
from sessions.notations import Notations
from sessions.schemas import (
    CompleteOptions,
    FullPlayers,
    GameExport,
    GameInfo,
    History,
    InitialState,
    SessionPage,
    SessionSnapshot,
    SessionSummary,
    StartedPage,
    StartedSession,
)
from sessions.storage import SessionStore

_log = logging.getLogger(__name__)

LIST_NAME = "sessions"
# Nobody waits for a session for longer than that.
MAX_STARTED_AGE_SECONDS = 3600.0
STARTED_PAGE_SIZE = 100
MAX_STARTED_BYTES = 4 * 1024 * 1024  # of a page, but at least one session


class SessionQueries:
    """Answers questions about games and sessions."""

    def __init__(
        self, store: SessionStore, clock: Callable[[], float], registry: GameRegistry
    ) -> None:
        self._store, self._clock, self._registry = store, clock, registry

    @classmethod
    def of(cls, service: Dependencies) -> "SessionQueries":
        """Return one that is made from the dependencies of a service."""
        return cls(SessionStore.of(service), service.clock, service.registry)

    def games(self) -> list[GameInfo]:
        """Return the installed games, by name."""
        return [game_info(self._registry.require(name)) for name in self._registry]

    def complete_options(
        self, game: str, given: dict[str, Any], seats: int | None
    ) -> CompleteOptions:
        """Fill in what is left out of the options; raises GameNotFound or InvalidOptions."""
        if game not in self._registry:
            options.complete(None, given)  # what is wrong with any game comes first
        rules = self._registry.require(game)
        complete = rules.run(options.complete, rules, given)
        number = options.seats(rules, seats)
        continuations.require_possible(self._store, self._registry, game, complete, number)
        return {"game": game, "options": complete, "seats": number}

    def snapshot(self, session_id: str, viewer: str | None) -> SessionSnapshot:
        """Return a session as this viewer may see it; raises SessionNotFound."""
        with self._store.transaction() as transaction:
            match = transaction.sessions.require(session_id)
            counts = transaction.connections.counts([session_id])[session_id]
        return views.snapshot(match, viewer, counts, self._clock())

    def history(
        self, session_id: str, viewer: str | None, since: int, limit: int | None,
        notation: bool = False,
    ) -> History:
        """Return a page of the events of a session after a version; raises SessionNotFound.

        With `notation`, moves are as people write them too.
        """
        with self._store.transaction() as transaction:
            match = transaction.sessions.require(session_id)
            most = min(limit or MAX_EVENTS, MAX_EVENTS)
            stored = transaction.sessions.events_since(session_id, since, most)
            position = transaction.sessions.position_at(session_id, since) if notation else None
            start = transaction.sessions.start(match) if notation else None
        notations = self._notations(match, position, start) if notation else None
        return visible_page(match, stored, viewer, match.version, MAX_HISTORY_BYTES, notations)

    def full_players(self, logins: list[str]) -> FullPlayers:
        """Return those of the players who are in as many active sessions as one may be."""
        return self._store.full_players(logins)

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

    def initial_state(self, session_id: str, viewer: str | None) -> InitialState:
        """Return the state before the first move; raises SessionNotFound."""
        with self._store.transaction() as transaction:
            match = transaction.sessions.require(session_id)
            start = transaction.sessions.start(match)
        match, start = self._as_begun(match, start)
        state = views.state_view(match, replays.first_state(match, start), viewer)
        if start is None:
            return {"state": state}
        setup = views.state_view(match, start["setup"], viewer)
        return {"state": state, "before": {"state": setup, "moves": start["moves"]}}

    def export(self, session_id: str, site: str) -> GameExport:
        """Return a finished session in the usual form for its game.

        Raises SessionNotFound or SessionActive.
        """
        with self._store.transaction() as transaction:
            match = transaction.sessions.require(session_id)
            if match.status != ENDED:
                raise exceptions.SessionActive.of(
                    f"The session {session_id} is still being played", session_id=session_id
                )
            moves = transaction.sessions.moves(match)
            start = transaction.sessions.start(match)
        match, start = self._as_begun(match, start)
        return views.export(match, replays.first_state(match, start), moves, site)

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

    def _notations(
        self, match: Match, position: SessionEvent | None, start: Start | None
    ) -> Notations:
        """Return what writes the moves after this position, or from the first one."""
        if position is not None:
            return Notations(match, position.data.get("state"))
        begun = match.at(0)
        if self._registry.upgrades(begun.game.name, begun.game.version):
            return Notations(match, None)
        return Notations(match, begun.game.for_history(replays.first_state(begun, start)))

    def _as_begun(self, match: Match, start: Start | None) -> tuple[Match, Start | None]:
        """Return a match with the rules that it began with, or else with today's.

        `start` is what it began with if it goes on from another, and is upgraded as well.
        """
        begun = match.at(0)
        name, version = begun.game.name, begun.game.version
        if not self._registry.upgrades(name, version):
            return begun, start
        rules = self._registry.require(name, match.session_id)
        if start is not None:
            state, setup = (upgraded(rules, start[key], version) for key in ("state", "setup"))
            start = {**start, "state": state, "setup": setup}
        return replace(match, game=rules), start


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
