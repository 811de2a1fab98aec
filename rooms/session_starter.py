"""The beginning of a filled room's session."""

import logging

from extensions.clock_provider import Clock
from extensions.fault_points import Point, before
from extensions.outbox.outbox import Outbox
from extensions.rpc.client import RpcProxy
from extensions.settings import Settings
from extensions.storage.database import Database
from rooms import events, exceptions, room, schemas, storage
from rooms.room import Room

_log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 3.0  # after a room has filled, if it has no session by then
MAX_RETRIED_ROOMS = 100


class SessionStarter:
    """Has the session service create a session for a filled room, and tells the members."""

    def __init__(
        self, db: Database, outbox: Outbox, sessions: RpcProxy, clock: Clock, settings: Settings
    ):
        self._db = db
        self._outbox = outbox
        self._sessions = sessions
        self._clock = clock
        self._room_ttl = settings.room_ttl

    @before(Point.ROOM_FILLED)
    def start(self, filled: Room) -> Room:
        """Begin the session; returns the room, without a session if that is not possible now."""
        try:
            session_id = self._sessions.create(
                filled.room_id, filled.game, filled.options, filled.players, private=filled.private
            )
        except Exception as error:  # whatever it was: the room is full, and this is tried again
            _log.warning("The session of room %s will begin later: %r", filled.room_id, error)
            return filled
        return self._record(filled.room_id, session_id, announce=True)

    def resume(self, filled: Room) -> Room:
        """Begin the session after the last joining may have been left unannounced."""
        self._announce_joinings()
        return self.start(filled)

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
            self.start(filled)

    def record(self, room_id: str, session_id: str) -> Room:
        """Store which session a private room has become, for the service that has begun it."""
        return self._record(room_id, session_id, announce=False)

    def _announce_joinings(self) -> None:
        # A joining is announced before the filling, also where what died had not announced it.
        with self._db.get_session() as session:
            while self._outbox.publish_overdue(session, self._clock(), overdue_after=0):
                pass

    def _record(self, room_id: str, session_id: str, announce: bool) -> Room:
        now, messages = self._clock(), []
        with self._db.get_session() as session:
            filled = storage.find(session, room_id, lock=True)
            if filled is None:
                raise exceptions.RoomNotFound.of(f"There is no room {room_id}", room_id=room_id)
            begun = room.record_session(filled, session_id)
            if begun != filled:
                storage.save(session, filled, begun)
                messages = [schemas.own_message(events.FILLED, begun, now)] if announce else []
            self._outbox.record(session, messages)
        self._outbox.send(messages)
        return begun
