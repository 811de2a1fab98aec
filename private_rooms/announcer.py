"""What the members of private rooms are told, and the beginning of their sessions."""

import logging

from extensions.clock_provider import Clock
from extensions.fault_points import Point, before
from extensions.outbox.outbox import Outbox
from extensions.rpc.client import RpcProxy
from extensions.storage.database import Database
from private_rooms import schemas, storage
from private_rooms.changes import changes, needs_session
from private_rooms.schemas import Room

_log = logging.getLogger(__name__)


class Announcer:
    """Tells the members of a private room what has changed since they were last told."""

    def __init__(
        self, db: Database, outbox: Outbox, rooms: RpcProxy, sessions: RpcProxy, clock: Clock
    ):
        self._db = db
        self._outbox = outbox
        self._rooms = rooms
        self._sessions = sessions
        self._clock = clock

    def follow(self, room: Room) -> Room:
        """Begin the session if the room is full, and tell its members what has changed.

        Returns the room, which then has the id of its session.
        """
        if needs_session(room):
            room = self._begin_session(room)
        now = self._clock()
        with self._db.get_session() as session:
            known = storage.lock(session, room["room_id"])
            if known is None:  # a death has cut its opening short: nobody has its key
                return room
            view = schemas.private_room_view(room, known.connection_key)
            messages = [
                schemas.message(event, view, now, others)
                for event, others in changes(known.announced, room)
            ]
            if room["revision"] > known.announced["revision"]:
                storage.save_announced(session, room)
            self._outbox.record(session, messages)
        self._outbox.send(messages)
        return room

    @before(Point.ROOM_FILLED)
    def _begin_session(self, room: Room) -> Room:
        try:
            session_id = self._sessions.create(
                room["room_id"], room["game"], room["options"], room["players"], private=True
            )
            begun: Room = self._rooms.record_session(room["room_id"], session_id)
        except Exception as error:  # whatever it was: the room is full, and this is tried again
            _log.warning("The session of room %s will begin later: %r", room["room_id"], error)
            return room
        return begun
