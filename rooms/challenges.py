"""Challenges: what the challenged player does with them."""

from contextlib import suppress

from extensions.dependencies import Clock, Database
from extensions.outbox.outbox import Outbox
from rooms import access, exceptions, room, schemas, storage
from rooms.dependencies import Dependencies
from rooms.room import Challenge


class Challenges:
    """Finds challenges, declines them, and hides them from who has blocked their owner."""

    def __init__(self, db: Database, outbox: Outbox, clock: Clock):
        self._db = db
        self._outbox = outbox
        self._clock = clock

    @classmethod
    def of(cls, service: Dependencies) -> "Challenges":
        """Return one that is made from the dependencies of a service."""
        return cls(service.db, service.outbox, service.clock)

    def require(self, room_id: str, login: str) -> Challenge:
        """Return a challenge to the player; raises RoomNotFound."""
        with self._db.get_session() as session:
            found = storage.find(session, room_id)
        return access.require_challenged(access.require_access(found, room_id, login, False), login)

    def decline(self, room_id: str, login: str, reason: str | None = None) -> None:
        """Close a challenge for the challenged player; one that is closed already stays as it is.

        Raises RoomNotFound or RoomClosed.
        """
        now = self._clock()
        with self._db.get_session() as session:
            found = storage.find(session, room_id, lock=True)
            before = access.require_access(found, room_id, login, False)
            access.require_challenged(before, login)
            after = room.decline(before)
            if after == before:
                return
            storage.save(session, before, after)
            messages = [schemas.declined_message(after, reason, now)]
            self._outbox.record(session, messages)
        self._outbox.send(messages)

    def decline_all(self, login: str) -> None:
        """Decline every challenge to a player."""
        with self._db.get_session() as session:
            room_ids = storage.challenges_to(session, login)
        for room_id in room_ids:
            with suppress(exceptions.RoomNotFound, exceptions.RoomClosed):  # in the meantime
                self.decline(room_id, login)

    def hide(self, owner: str, challenged: str) -> None:
        """Hide a player's challenges from the challenged one, who has blocked the player."""
        with self._db.get_session() as session:
            storage.hide_challenges(session, owner, challenged)
