"""Challenges: what the challenged players do with them."""

from contextlib import suppress

from extensions.dependencies import Clock, Database
from extensions.outbox.outbox import Outbox
from rooms import access, challenge_storage, exceptions, room, schemas, storage
from rooms.dependencies import Dependencies


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

    def require(self, room_id: str, login: str) -> None:
        """Raise RoomNotFound unless this is a challenge to the player."""
        with self._db.get_session() as session:
            found = storage.find(session, room_id)
        access.require_challenged(access.require_access(found, room_id, login, False), login)

    def decline(self, room_id: str, login: str, reason: str | None = None) -> None:
        """Close a challenge for a challenged player; one that is closed already stays as it is.

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
            messages = [schemas.declined_message(after, login, reason, now)]
            self._outbox.record(session, messages)
        self._outbox.send(messages)

    def decline_all(self, login: str) -> None:
        """Decline every challenge to a player."""
        with self._db.get_session() as session:
            room_ids = challenge_storage.find_to(session, login)
        for room_id in room_ids:
            with suppress(exceptions.RoomNotFound, exceptions.RoomClosed):  # in the meantime
                self.decline(room_id, login)

    def hide(self, owner: str, challenged: str) -> None:
        """Hide a player's challenges from a challenged one, who has blocked the player."""
        with self._db.get_session() as session:
            for before in challenge_storage.lock_of(session, owner):
                after = room.hide(before, challenged)
                if after != before:
                    challenge_storage.save_hidden(session, after)
