"""Players' changes of rooms: each is one transaction, announced after its commit."""

import secrets
from collections.abc import Callable
from contextlib import suppress

from extensions import request_id
from extensions.clock_provider import Clock
from extensions.outbox.message import OutboxMessage
from extensions.outbox.outbox import Outbox
from extensions.settings import Settings
from extensions.storage.database import Database
from rooms import events, exceptions, room, schemas, storage
from rooms.room import CLOSED, FILLED, Room
from rooms.room_transaction import room_transaction
from rooms.session_starter import SessionStarter


class Membership:
    """Opens rooms, and lets players join, leave and close them.

    `private` is true for calls of the private rooms service, which announces by itself what it has
    asked for.
    """

    def __init__(
        self, db: Database, outbox: Outbox, clock: Clock, settings: Settings,
        starter: SessionStarter,
    ):
        self._db = db
        self._outbox = outbox
        self._clock = clock
        self._room_ttl = settings.room_ttl
        self._starter = starter

    def create(self, owner: str, terms: schemas.GameTerms, private: bool) -> Room:
        """Open a room, with its owner in the first seat.

        The same request, served again, opens no other. Raises TooManyRooms.
        """
        now, request = self._clock(), request_id.idempotency_key()
        with room_transaction(self._db, self._outbox) as transaction:
            open_rooms, opened_before = transaction.lock_rooms_of(owner, request)
            if opened_before is not None:
                known, _ = transaction.lock(opened_before, owner)
                return room.require_access(known, opened_before, owner, private)
            room.require_few_rooms(owner, open_rooms)
            empty = Room(
                secrets.token_hex(12), owner=owner, private=private, created_at=now, **terms
            )
            opened = room.join(empty, owner, request)
            transaction.add(opened, now + self._room_ttl)
            transaction.commit([])
        return opened

    def join(self, room_id: str, login: str, private: bool) -> Room:
        """Give the player a seat; with the last one, begin the session.

        The same request, served again, takes no other seat. Raises RoomNotFound, AlreadyInRoom,
        RoomFull, RoomClosed or TooManyRooms.
        """
        now, request = self._clock(), request_id.idempotency_key()
        with room_transaction(self._db, self._outbox) as transaction:
            found, open_rooms = transaction.lock(room_id, login)
            before = room.require_access(found, room_id, login, private, joining=True)
            served_before = before.was_joined_by(login, request)
            if not served_before:
                after = room.join(before, login, request)
                room.require_few_rooms(login, open_rooms)
                is_full = after.status == FILLED
                transaction.save_join(after, now + self._room_ttl if is_full else None)
                messages = _messages(events.PLAYER_JOINED, after, now)
                transaction.commit(messages)
        if served_before:
            return self._starter.resume(before) if before.status == FILLED else before
        if is_full:
            return self._starter.start(after, messages)
        self._outbox.send(messages)
        return after

    def leave(self, room_id: str, login: str, private: bool) -> Room:
        """Take the player's seat away; where the owner leaves, the room closes.

        Raises RoomNotFound, RoomIsPrivate, NotAMember or RoomClosed.
        """
        return self._change(room_id, login, private, room.leave)

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
        return self._change(room_id, login, private, room.close)

    def _change(
        self, room_id: str, login: str, private: bool, change: Callable[[Room, str], Room]
    ) -> Room:
        now = self._clock()
        with self._db.get_session() as session:
            before = room.require_access(
                storage.find(session, room_id, lock=True), room_id, login, private
            )
            after = change(before, login)
            storage.save(session, before, after)
            if after.status == CLOSED:
                messages = _messages(events.CLOSED, after, now)
            else:
                messages = _messages(events.PLAYER_LEFT, after, now, login)
            self._outbox.record(session, messages)
        self._outbox.send(messages)
        return after


def _messages(event: str, changed: Room, now: float, *others: str) -> list[OutboxMessage]:
    # What it has asked for in a private room, the service that has its key announces.
    return [] if changed.private else [schemas.message(event, changed, now, *others)]
