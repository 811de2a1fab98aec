"""Sessions of filled rooms that have started and are not stored yet.

They are stored a second later, many in one transaction, so that nobody waits for it. Where this
process dies before, the room is taken up again as unfinished: the session service answers the same
session, and the members are told by a message of the same id.
"""

import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

from nameko.extensions import DependencyProvider
from sqlalchemy.exc import SQLAlchemyError

from extensions.storage.engines import engine
from rooms import room, storage
from rooms.models import Base
from rooms.room import FILLED, Room

_log = logging.getLogger(__name__)


class StartedSessions:
    """The sessions that this process has started, of rooms that are stored without them."""

    def __init__(self) -> None:
        self._session_ids: dict[str, str] = {}
        self._players: set[str] = set()

    def add(self, room_id: str, session_id: str) -> None:
        """Remember the session that a room has become."""
        self._session_ids[room_id] = session_id

    def note_players(self, players: Iterable[str]) -> None:
        """Remember players who have begun a session, until `take_players` hands them over."""
        self._players.update(players)

    def take_players(self) -> set[str]:
        """Return the players who have begun a session since the last call."""
        players, self._players = self._players, set()
        return players

    def complete(self, stored: Room) -> Room:
        """Return a room with its session, if that is known here; else as it is stored."""
        session_id = self._session_ids.get(stored.room_id)
        if session_id is None or stored.status != FILLED:
            return stored
        return room.record_session(stored, session_id)

    def store(self, begin: Callable[[], AbstractContextManager[Any]]) -> None:
        """Store all sessions, in one transaction; where that fails, all are kept."""
        session_ids = dict(self._session_ids)
        if session_ids:
            with begin() as session:
                storage.record_sessions(session, session_ids)
            for room_id in session_ids:
                del self._session_ids[room_id]


class StartedSessionsProvider(DependencyProvider):
    """Gives all workers of a process its started sessions, and stores them when it stops."""

    def setup(self) -> None:
        self.started = StartedSessions()

    def stop(self) -> None:
        made = engine(self.container.settings, self.container.service_name, Base)
        try:
            self.started.store(made.begin)
        except SQLAlchemyError as error:
            _log.warning("The last sessions will be stored by another instance: %s", error)

    def get_dependency(self, worker_ctx: object) -> StartedSessions:
        return self.started
