"""Players' changes of rooms: each is one transaction, announced after its commit."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from auth.exceptions import require_playable
from extensions import request_id
from extensions.dependencies import Clock, Database
from extensions.outbox.message import OutboxMessage
from extensions.outbox.outbox import Outbox
from extensions.settings import Settings
from rooms import access, events, exceptions, room, schemas, storage
from rooms.dependencies import Dependencies
from rooms.room import CLOSED, FILLED, Challenge, Room
from rooms.room_transaction import room_transaction
from rooms.session_starter import SessionStarter
from rooms.sessions_api import SessionsApi
from sessions.exceptions import require_vacancy

DAYS_TTL_SECONDS = 3 * 86_400.0  # of rooms with days a move: nobody need be there for as long


class Membership:
    """Opens rooms, and lets players join, leave and close them.

    `private` is true for calls of the private rooms service, which announces by itself what it has
    asked for.
    """

    def __init__(
        self, db: Database, outbox: Outbox, clock: Clock, settings: Settings,
        starter: SessionStarter, sessions: SessionsApi,
    ):
        self._db = db
        self._outbox = outbox
        self._clock = clock
        self._room_ttl = settings.room_ttl
        self._max_challenges = settings.max_challenges
        self._starter, self._sessions = starter, sessions

    @classmethod
    def of(cls, service: Dependencies) -> "Membership":
        """Return one that is made from the dependencies of a service."""
        return cls(
            service.db, service.outbox, service.clock, service.settings,
            SessionStarter.of(service), service.sessions,
        )

    def create(
        self, owner: str, terms: schemas.GameTerms, private: bool,
        challenge: Challenge | None = None, guest: bool = False,
    ) -> Room:
        """Open a room with its owner in it, or challenge players.

        The same request, served again, opens no other. Raises TooManyRooms, TooManyChallenges,
        TooManySessions or GuestNotAllowed.
        """
        require_playable(owner, guest, terms["options"])
        empty = Room(
            secrets.token_hex(12), owner=owner, private=private, created_at=self._clock(),
            challenge=challenge, **terms,
        )
        opened = self._open(empty)
        if opened is None:
            require_vacancy(owner, self._sessions.full_players([owner]))
            opened = self._open(empty, has_vacancy=True)
        return cast(Room, opened)

    def join(self, room_id: str, login: str, private: bool, guest: bool = False) -> Room:
        """Give the player a seat; with the last one, begin the session.

        The same request, served again, takes no other seat. Raises RoomNotFound, AlreadyInRoom,
        RoomFull, RoomClosed, TooManyRooms or GuestNotAllowed.
        """
        now, request = self._clock(), request_id.idempotency_key()
        with room_transaction(self._db, self._outbox) as transaction:
            found, open_rooms = transaction.lock(room_id, login)
            before = access.require_access(found, room_id, login, private, joining=True)
            served_before = before.was_joined_by(login, request)
            if not served_before:
                after = room.join(before, login, request, _lot())
                require_playable(login, guest, before.options)
                is_full = after.status == FILLED
                if before.challenge is None:
                    access.require_few_rooms(login, open_rooms)
                transaction.save_join(after, login, now + self._room_ttl if is_full else None)
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
        """Leave every open room without a key."""
        with self._db.get_session() as session:
            room_ids = storage.open_rooms_of(session, login, has_key=False)
        for room_id in room_ids:
            with suppress(exceptions.NotAMember, exceptions.RoomClosed):  # in the meantime
                self.leave(room_id, login, private=False)

    def close(self, room_id: str, login: str, private: bool) -> Room:
        """Close the room for its owner.

        Raises RoomNotFound, RoomIsPrivate, NotTheOwner or RoomClosed.
        """
        return self._change(room_id, login, private, room.close)

    def _open(self, empty: Room, has_vacancy: bool = False) -> Room | None:
        """Open a room with its owner in it; None where the owner may be in too many sessions."""
        owner, now, request = empty.owner, empty.created_at, request_id.idempotency_key()
        opened = room.join(empty, owner, request, _lot())
        alive_until = now + self._lease_seconds(opened)
        messages = [schemas.message(events.CHALLENGED, opened, now)] if opened.challenge else []
        with room_transaction(self._db, self._outbox) as transaction:
            is_open = transaction.open_at_once(
                opened, alive_until, self._max_challenges, messages
            )
        if is_open:
            self._outbox.send(messages)
            return opened
        with room_transaction(self._db, self._outbox) as transaction:
            own = transaction.lock_rooms_of(owner, request)
            if own.opened is not None:
                known, _ = transaction.lock(own.opened, owner)
                return access.require_access(known, own.opened, owner, empty.private)
            if empty.challenge is None:
                access.require_few_rooms(owner, own.open_rooms)
            else:
                access.require_few_challenges(owner, own.open_challenges, self._max_challenges)
            if own.was_full and not has_vacancy:
                return None
            transaction.add(opened, alive_until)
            transaction.commit(messages)
        self._outbox.send(messages)
        return opened

    def _lease_seconds(self, opened: Room) -> float:
        return max(self._room_ttl, DAYS_TTL_SECONDS) if opened.has_days else self._room_ttl

    def _change(
        self, room_id: str, login: str, private: bool, change: Callable[[Room, str], Room]
    ) -> Room:
        now = self._clock()
        with self._db.get_session() as session:
            before = access.require_access(
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


def _lot() -> int:
    """Return a position for a random side: any that the column can store."""
    return secrets.randbelow(2**31) - 2**30


def _messages(event: str, changed: Room, now: float, *others: str) -> list[OutboxMessage]:
    # What it has asked for in a room with a key, the service that has its key announces.
    return [] if changed.has_key else [schemas.message(event, changed, now, *others)]
