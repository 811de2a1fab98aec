"""The beginning of a filled room's session."""

import logging

from extensions.dependencies import Clock, Database
from extensions.fault_points import Point, before
from extensions.outbox.message import OutboxMessage
from extensions.outbox.outbox import Outbox
from extensions.settings import Settings
from rooms import exceptions, room, schemas, storage
from rooms.dependencies import Dependencies
from rooms.full_players import FullPlayers
from rooms.room import FILLED, Room
from rooms.sessions_api import SessionsApi
from rooms.started_sessions import StartedSessions

_log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 3.0  # after a room has filled, if it has no session by then
MAX_RETRIED_ROOMS = 100


class SessionStarter:
    """Has the session service create a session for a filled room, and tells the members.

    What happens in a room with a key by a call of the private rooms service, that service tells.
    """

    def __init__(
        self, db: Database, outbox: Outbox, sessions: SessionsApi, clock: Clock, settings: Settings,
        started_sessions: StartedSessions,
    ):
        self._db = db
        self._outbox = outbox
        self._sessions = sessions
        self._clock = clock
        self._room_ttl = settings.room_ttl
        self._started_sessions = started_sessions
        self._full_players = FullPlayers(db, sessions, started_sessions, clock)

    @classmethod
    def of(cls, service: Dependencies) -> "SessionStarter":
        """Return one that is made from the dependencies of a service."""
        return cls(
            service.db, service.outbox, service.sessions, service.clock, service.settings,
            service.started,
        )

    @before(Point.ROOM_FILLED)
    def start(self, filled: Room, joining: list[OutboxMessage]) -> Room:
        """Begin the session, and announce the join that has filled the room, and the filling.

        Returns the room, without a session if that is not possible now.
        """
        started = self._create_session(filled)
        if started.session_id is None:
            self._outbox.send(joining)
            return started
        filling = [] if started.has_key else [self._filled(started)]
        if self._outbox.send_confirmed(joining, unrecorded=filling):
            self._started_sessions.add(started.room_id, started.session_id)
        return started

    def resume(self, filled: Room) -> Room:
        """Begin the session after a death may have left the last joining unannounced."""
        filled = self._started_sessions.complete(filled)
        if filled.session_id is not None:
            return filled
        self._announce_joinings()
        return self._start_late(filled, announce=not filled.has_key)

    def complete(self, stored: Room) -> Room:
        """Return a room with its session, also where another instance has started it just now."""
        stored = self._started_sessions.complete(stored)
        if stored.status == FILLED and stored.session_id is None:
            return self._create_session(stored)
        return stored

    def retry(self) -> None:
        """Begin the sessions of rooms that were filled when something died or did not answer."""
        filled_before = self._clock() - RETRY_AFTER_SECONDS
        with self._db.get_session() as session:
            unfinished = storage.find_unfinished(
                session, filled_before + self._room_ttl, MAX_RETRIED_ROOMS
            )
        if unfinished:
            self._announce_joinings()
        for filled in unfinished:
            self._start_late(filled, announce=True)

    def store_started(self) -> None:
        """Store the sessions that this process has begun, and who of their players is full."""
        self._started_sessions.store(self._db.get_session)
        self._full_players.remember_full()

    def record(self, room_id: str, session_id: str, announce: bool = False) -> Room:
        """Store which session a room has become, and announce that if asked."""
        messages: list[OutboxMessage] = []
        with self._db.get_session() as session:
            filled = storage.find(session, room_id, lock=True)
            if filled is None:
                raise exceptions.RoomNotFound.of(f"There is no room {room_id}", room_id=room_id)
            started = room.record_session(filled, session_id)
            if started != filled:
                storage.save(session, filled, started)
                messages = [self._filled(started)] if announce else []
            self._outbox.record(session, messages)
        self._outbox.send(messages)
        return started

    def _start_late(self, filled: Room, announce: bool) -> Room:
        started = self._create_session(filled)
        if started.session_id is None:
            return started
        return self.record(started.room_id, started.session_id, announce)

    def _create_session(self, filled: Room) -> Room:
        try:
            session_id = self._sessions.create(
                filled.room_id, filled.game, filled.options, filled.players, private=filled.private
            )
        except Exception as error:  # whatever it was: the room is full, and this is tried again
            _log.warning("The session of room %s will begin later: %r", filled.room_id, error)
            return filled
        self._started_sessions.note_players(filled.players)
        return room.record_session(filled, session_id)

    def _announce_joinings(self) -> None:
        # A joining is announced before the filling, also where what died had not announced it.
        with self._db.get_session() as session:
            while self._outbox.publish_overdue(session, self._clock(), overdue_after=0):
                pass

    def _filled(self, started: Room) -> OutboxMessage:
        return schemas.filled_message(started, self._clock())
