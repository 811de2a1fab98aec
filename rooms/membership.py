"""Players' changes of rooms: each is one transaction, announced after its commit."""

import secrets
from contextlib import suppress

from extensions import request_id
from extensions.clock_provider import Clock
from extensions.outbox.message import OutboxMessage
from extensions.outbox.outbox import Outbox
from extensions.settings import Settings
from extensions.storage.database import Database
from rooms import events, exceptions, room, schemas, storage
from rooms.room import CLOSED, FILLED, Room


class Membership:
    """Opens rooms, and lets players join, leave and close them.

    `private` is true for calls of the private rooms service, which announces by itself what it has
    asked for.
    """

    def __init__(self, db: Database, outbox: Outbox, clock: Clock, settings: Settings):
        self._db = db
        self._outbox = outbox
        self._clock = clock
        self._room_ttl = settings.room_ttl

    def create(self, owner: str, terms: schemas.GameTerms, private: bool) -> Room:
        """Open a room, with its owner in the first seat.

        The same request, served again, opens no other. Raises TooManyRooms.
        """
        now, call_id = self._clock(), request_id.idempotency_key()
        with self._db.get_session() as session:
            storage.lock_rooms_of(session, owner)
            known = storage.opened_by(session, owner, call_id)
            if known is not None:
                return known
            room.require_few_rooms(owner, len(storage.open_rooms_of(session, owner)))
            empty = Room(
                secrets.token_hex(12), owner=owner, private=private, created_at=now, **terms
            )
            opened = room.join(empty, owner, call_id)
            storage.add(session, opened, now + self._room_ttl)
        return opened

    def join(self, room_id: str, login: str, private: bool) -> tuple[Room, bool]:
        """Give the player a seat.

        Returns the room, and whether this very request had been served before. Raises RoomNotFound,
        AlreadyInRoom, RoomFull, RoomClosed or TooManyRooms.
        """
        now, call_id = self._clock(), request_id.idempotency_key()
        with self._db.get_session() as session:
            before = room.require_access(
                storage.find(session, room_id, lock=True), room_id, login, private, joining=True
            )
            if before.was_joined_by(login, call_id):
                return before, True
            after = room.join(before, login, call_id)
            storage.lock_rooms_of(session, login)
            room.require_few_rooms(login, len(storage.open_rooms_of(session, login)))
            alive_until = now + self._room_ttl if after.status == FILLED else None
            storage.save(session, before, after, alive_until)
            messages = _messages(events.PLAYER_JOINED, after, now)
            self._outbox.record(session, messages)
        self._outbox.send(messages)
        return after, False

    def leave(self, room_id: str, login: str, private: bool) -> Room:
        """Take the player's seat away; where the owner leaves, the room closes.

        Raises RoomNotFound, RoomIsPrivate, NotAMember or RoomClosed.
        """
        now = self._clock()
        with self._db.get_session() as session:
            before = room.require_access(
                storage.find(session, room_id, lock=True), room_id, login, private
            )
            after = room.leave(before, login)
            storage.save(session, before, after)
            if after.status == CLOSED:
                messages = _messages(events.CLOSED, after, now)
            else:
                messages = _messages(events.PLAYER_LEFT, after, now, login)
            self._outbox.record(session, messages)
        self._outbox.send(messages)
        return after

    def leave_all(self, login: str) -> None:
        """Leave every open public room."""
        with self._db.get_session() as session:
            room_ids = storage.open_rooms_of(session, login, private=False)
        for room_id in room_ids:
            with suppress(exceptions.NotAMember, exceptions.RoomClosed):  # in the meantime
                self.leave(room_id, login, private=False)

    def close(self, room_id: str, login: str, private: bool) -> Room:
        """Close the room for its owner.

        Raises RoomNotFound, RoomIsPrivate, NotTheOwner or RoomClosed.
        """
        now = self._clock()
        with self._db.get_session() as session:
            before = room.require_access(
                storage.find(session, room_id, lock=True), room_id, login, private
            )
            after = room.close(before, login)
            storage.save(session, before, after)
            messages = _messages(events.CLOSED, after, now)
            self._outbox.record(session, messages)
        self._outbox.send(messages)
        return after


def _messages(event: str, changed: Room, now: float, *others: str) -> list[OutboxMessage]:
    # What it has asked for in a private room, the service that has its key announces.
    return [] if changed.private else [schemas.message(event, changed, now, *others)]
