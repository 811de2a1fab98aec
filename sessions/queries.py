"""What the session service answers about games and one session, without changing anything."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sessions import continuations, exceptions, options, replays, views
from sessions.continuations import Start
from sessions.dependencies import Dependencies
from sessions.game_info import game_info
from sessions.game_registry import GameRegistry
from sessions.history import MAX_EVENTS, MAX_HISTORY_BYTES, MAX_READ_BYTES, visible_page
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
    SessionSnapshot,
)
from sessions.storage import SessionStore


class SessionQueries:
    """Answers questions about games, and about one session."""

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
            stored = transaction.events.since(session_id, since, most, MAX_READ_BYTES)
            position = transaction.events.position_at(session_id, since) if notation else None
            start = transaction.events.start(match) if notation else None
        notations = self._notations(match, position, start) if notation else None
        return visible_page(match, stored, viewer, match.version, MAX_HISTORY_BYTES, notations)

    def full_players(self, logins: list[str]) -> FullPlayers:
        """Return those of the players who are in as many active sessions as one may be."""
        return self._store.full_players(logins)

    def initial_state(self, session_id: str, viewer: str | None) -> InitialState:
        """Return the state before the first move; raises SessionNotFound."""
        with self._store.transaction() as transaction:
            match = transaction.sessions.require(session_id)
            start = transaction.events.start(match)
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
            moves = transaction.events.moves(match)
            start = transaction.events.start(match)
        match, start = self._as_begun(match, start)
        return views.export(match, replays.first_state(match, start), moves, site)

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
