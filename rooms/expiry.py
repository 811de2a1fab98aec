"""The leases of open rooms, and what ends rooms: a lease that runs out, time, a lost session."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from extensions.dependencies import Clock, Database
from extensions.outbox.message import OutboxMessage
from extensions.outbox.outbox import Outbox
from extensions.settings import Settings
from extensions.storage.database import begin_pipeline
from extensions.storage.downtime import (
    has_been_down,
    is_heartbeat_due,
    record_heartbeat,
    record_mere_heartbeat,
)
from rooms import challenge_storage, due_checks, events, lease_storage, room, schemas, storage
from rooms.dependencies import Dependencies
from rooms.models import Downtime
from rooms.room import Room
from rooms.schemas import ExpiringMembers

DAY_SECONDS = 86_400.0
# Of ROOM_TTL, by which a renewed lease is longer: until that has passed, it is not due again.
RENEWAL_MARGIN = 0.25
# Players who still are full then are found to be so again by their next session.
FULL_KEPT_SECONDS = 30 * DAY_SECONDS
EXPIRING_ROOMS_PAGE = 1000
CLOSE_BATCH = 100
SWEEP_BATCH, MAX_SWEEP_BATCHES = 500, 20


class Expiry:
    """Closes rooms without a connected member, and deletes rooms that ended days ago."""

    def __init__(self, db: Database, outbox: Outbox, clock: Clock, settings: Settings):
        self._db = db
        self._outbox = outbox
        self._clock = clock
        self._room_ttl = settings.room_ttl
        self._kept_seconds = settings.rooms_kept * DAY_SECONDS

    @classmethod
    def of(cls, service: Dependencies) -> "Expiry":
        """Return one that is made from the dependencies of a service."""
        return cls(service.db, service.outbox, service.clock, service.settings)

    def members(self, after: tuple[float, str] | None) -> ExpiringMembers:
        """Return the members of open rooms whose leases are due to be renewed, a page at a time."""
        due_before = self._clock() + self._room_ttl
        with self._db.get_session() as session:
            found = lease_storage.expiring_members(session, due_before, after, EXPIRING_ROOMS_PAGE)
        is_full = len({room_id for _, room_id, _ in found}) == EXPIRING_ROOMS_PAGE
        return {
            "logins": list(dict.fromkeys(login for _, _, login in found)),
            "next": found[-1][:2] if is_full else None,
        }

    def renew(self, logins: Sequence[str]) -> None:
        """Renew the leases of the rooms of these players, who are connected."""
        now = self._clock()
        with self._db.get_session() as session:
            due_before = now + self._room_ttl
            alive_until = due_before + self._room_ttl * RENEWAL_MARGIN
            lease_storage.renew(session, logins, due_before, alive_until)

    def close_lapsed(self) -> None:
        """Close rooms none of whose members has been connected for too long."""
        now, due = self._clock(), due_checks.next_due(self._db)
        is_over = due.lease_until is not None and due.lease_until < now
        if due.heartbeat_at is None or is_over or has_been_down(due.heartbeat_at, now):
            self._close_lapsed(now)
        elif is_heartbeat_due(due.heartbeat_at, now):
            with begin_pipeline(self._db) as pipeline:
                record_mere_heartbeat(pipeline, now)

    def close_unfinished(self) -> bool:
        """Close filled rooms whose session could not begin for as long as rooms are kept.

        Return whether there were any that have none, however short that is.
        """
        if not due_checks.has_unfinished(self._db):
            return False
        now = self._clock()
        with self._db.get_session() as session:
            unfinished = storage.lock_unfinished(session, now - self._kept_seconds, CLOSE_BATCH)
            messages = self._close(session, unfinished, now)
        self._outbox.send(messages)
        return True

    def sweep(self) -> None:
        """Forget rooms that have long been closed, or become sessions, and who was full."""
        with self._db.get_session() as session:
            challenge_storage.forget_ended(session)
            storage.forget_full(session, self._clock() - FULL_KEPT_SECONDS)
        ended_before = self._clock() - self._kept_seconds
        for _ in range(MAX_SWEEP_BATCHES):
            with self._db.get_session() as session:
                if storage.forget(session, ended_before, SWEEP_BATCH) < SWEEP_BATCH:
                    return

    def _close_lapsed(self, now: float) -> None:
        with self._db.get_session() as session:
            pause = record_heartbeat(session, Downtime, now)
            if pause:  # nothing ran, or could be reached: nobody could renew anything
                lease_storage.postpone_expiry(session, pause)
            lapsed = lease_storage.lock_lapsed(session, now, CLOSE_BATCH)
            messages = self._close(session, lapsed, now)
        self._outbox.send(messages)

    def _close(self, session: Session, rooms: Sequence[Room], now: float) -> list[OutboxMessage]:
        messages = []
        for before in rooms:
            after = room.expire(before)
            storage.save(session, before, after)
            messages.append(schemas.own_message(events.CLOSED, after, now))
        self._outbox.record(session, messages)
        return messages
