"""The rooms service: players gather in a room until it is full, and then a session begins."""

import logging
import secrets

from nameko.dependency_providers import Config
from nameko.rpc import rpc
from sqlalchemy import delete, or_, select, update

from extensions import request_id, service_base
from extensions.clock import Clock
from extensions.fault_points import Point, before
from extensions.outbox.outbox import OutboxProvider
from extensions.pagination import UnknownCursor, decode_cursor, paginate
from extensions.rpc.client import RpcProxy
from extensions.storage.database import Database, advisory_lock
from extensions.storage.downtime import record_heartbeat
from extensions.timers import timer
from rooms import events, exceptions, schemas
from rooms.models import (
    CLOSED,
    FILLED,
    HALF_WAY,
    MOST_ROOMS_OF_A_PLAYER,
    OPEN,
    Base,
    Downtime,
    OutboxRow,
    Room,
    Seat,
)
from sessions.exceptions import GameNotFound, InvalidOptions

_log = logging.getLogger(__name__)

LIST = "rooms"
HALF_WAY_AFTER = 3.0  # seconds until a filled room without a session is taken up again
DAY = 86_400.0
SWEPT_AT_ONCE, SWEEPINGS = 500, 20


class RoomsService(service_base.Service):
    """Public rooms, and the seats of private ones."""

    name = "rooms"

    config = Config()
    db = Database(Base)
    outbox = OutboxProvider(events.EXCHANGE, OutboxRow, Base)
    sessions = RpcProxy("sessions")
    clock = Clock()

    @rpc(expected_exceptions=(exceptions.TooManyRooms, GameNotFound, InvalidOptions))
    def create(self, owner, game, options, seats=None, private=False):
        """Open a room, with its owner in the first seat.

        The same call, served again, opens no other.
        """
        complete = self.sessions.complete_options(game, options, seats)
        now, call_id = self.clock(), request_id.idempotency_key()
        with self.db.get_session() as session:
            self._hold_rooms_of(session, owner)
            room = self._opened_by(session, owner, call_id)
            if room is None:
                self._require_few_rooms(session, owner)
                room = Room(
                    room_id=secrets.token_hex(12), owner=owner, private=private, status=OPEN,
                    created_at=now, alive_until=now + self.config["ROOM_TTL"], **complete,
                )
                room.seat(owner, call_id)
                session.add(room)
            return schemas.revised(room) if private else schemas.room(room)

    @rpc(expected_exceptions=(
        exceptions.RoomNotFound, exceptions.AlreadyInRoom, exceptions.RoomClosed,
        exceptions.RoomFull, exceptions.TooManyRooms,
    ))
    def join(self, room_id, login, private=False):
        """Take a seat; with the last one the session begins, and the room has its `session_id`.

        The same call, served again, is answered as if it were the first time.
        """
        now, call_id = self.clock(), request_id.idempotency_key()
        notices = []
        with self.db.get_session() as session:
            row = self._require(session, room_id, login, private, hide_private=True)
            served_before = row.was_taken(login, call_id)
            if not served_before:
                row.seat(login, call_id)
                self._hold_rooms_of(session, login)
                self._require_few_rooms(session, login)
                notices = self._notices(row, events.PLAYER_JOINED, schemas.room(row), now)
                self.outbox.record(session, notices)
            room = schemas.room(row)
        self.outbox.send(notices)
        if private:
            return schemas.revised(row)
        if room["status"] != FILLED:
            return room
        if served_before:
            self._announce_what_is_left()
        return self._begin_session(room)

    @rpc(expected_exceptions=(
        exceptions.RoomNotFound, exceptions.NotAMember, exceptions.RoomClosed,
        exceptions.RoomIsPrivate,
    ))
    def leave(self, room_id, login, private=False):
        """Give the seat back; where the owner leaves, the room closes."""
        now = self.clock()
        with self.db.get_session() as session:
            row = self._require(session, room_id, login, private)
            row.unseat(login)
            room = schemas.room(row)
            event = events.CLOSED if row.status == CLOSED else events.PLAYER_LEFT
            notices = self._notices(row, event, room, now, *({login} - set(row.players)))
            self.outbox.record(session, notices)
        self.outbox.send(notices)
        return schemas.revised(row)

    @rpc(expected_exceptions=(
        exceptions.RoomNotFound, exceptions.NotTheOwner, exceptions.RoomClosed,
        exceptions.RoomIsPrivate,
    ))
    def close(self, room_id, login, private=False):
        """Close the room."""
        now = self.clock()
        with self.db.get_session() as session:
            row = self._require(session, room_id, login, private)
            row.close(login)
            room = schemas.room(row)
            notices = self._notices(row, events.CLOSED, room, now)
            self.outbox.record(session, notices)
        self.outbox.send(notices)
        return schemas.revised(row)

    @rpc(expected_exceptions=(exceptions.RoomNotFound, exceptions.RoomIsPrivate))
    def get(self, room_id, viewer):
        """One room; a private one its members get elsewhere, and nobody else."""
        with self.db.get_session() as session:
            return schemas.room(self._require(session, room_id, viewer, private=False, lock=False))

    @rpc
    def get_many(self, room_ids):
        """The rooms of these ids, of any kind, for services that have others' rooms in hand."""
        with self.db.get_session() as session:
            rows = session.scalars(select(Room).where(Room.room_id.in_(room_ids)))
            return {row.room_id: schemas.revised(row) for row in rows}

    @rpc(expected_exceptions=(UnknownCursor,))
    def list(self, game=None, limit=50, after=None):
        """Open public rooms, newest first, a page at a time."""
        begin = decode_cursor(LIST, after)
        query = select(Room).where(Room.status == OPEN, Room.private.is_(False))
        if game is not None:
            query = query.where(Room.game == game)
        if begin is not None:
            at, room_id = begin
            query = query.where(
                (Room.created_at < at) | ((Room.created_at == at) & (Room.room_id < room_id))
            )
        query = query.order_by(Room.created_at.desc(), Room.room_id.desc()).limit(limit + 1)
        with self.db.get_session() as session:
            rows, following = paginate(
                LIST, session.scalars(query).all(), limit, lambda row: [row.created_at, row.room_id]
            )
            return {"items": [schemas.room(row) for row in rows], "next": following}

    @rpc
    def open_rooms_of(self, login, private=False):
        """Ids of the open rooms that a player is in."""
        with self.db.get_session() as session:
            return self._open_of(session, login, private)

    @rpc
    def leave_all(self, login):
        """Leave every open public room."""
        for room_id in self.open_rooms_of(login):
            try:
                self.leave(room_id, login)
            except (exceptions.NotAMember, exceptions.RoomClosed):
                continue  # it has been left, or has closed, in the meantime

    @rpc
    def record_session(self, room_id, session_id):
        """Note which session a filled private room has become."""
        with self.db.get_session() as session:
            row = session.get(Room, room_id, with_for_update=True)
            row.become(session_id)
            return schemas.revised(row)

    @rpc
    def renew(self, logins):
        """Keep the rooms open whose members are connected."""
        until = self.clock() + self.config["ROOM_TTL"]
        with self.db.get_session() as session:
            seats = select(Seat.room_id, Seat.login).join(Room, Room.room_id == Seat.room_id).where(
                Room.status == OPEN
            )
            connected = set(logins)
            alive = {room_id for room_id, login in session.execute(seats) if login in connected}
            # Locked in order: two gateways that renew the same rooms wait for each other.
            locked = select(Room.room_id).where(Room.room_id.in_(alive)).order_by(Room.room_id)
            found = session.scalars(locked.with_for_update()).all()
            session.execute(
                update(Room).where(Room.room_id.in_(found)).values(alive_until=until)
            )

    @timer(interval=1)
    def close_lapsed(self):
        """Close rooms that nobody of them has been connected for."""
        if not self.outbox.connected_seconds():
            return
        now = self.clock()
        with self.db.get_session() as session:
            pause = record_heartbeat(session, Downtime, now)
            if pause:  # nothing ran, or could be reached: nobody could renew anything
                everything = update(Room).where(Room.status == OPEN)
                session.execute(everything.values(alive_until=Room.alive_until + pause))
            lapsed = (Room.status == OPEN) & (Room.alive_until < now)
            notices = self._close_all(session, lapsed, now)
        self.outbox.send(notices)

    @timer(interval=2)
    def take_up_filled(self):
        """Begin the sessions of rooms that were filled when something died; or give them up.

        Where it could not begin for as long as rooms are kept, a room closes.
        """
        now, given_up = self.clock(), Room.alive_until < self._kept_since()
        with self.db.get_session() as session:
            notices = self._close_all(session, HALF_WAY & given_up, now)
            due = select(Room).where(
                HALF_WAY, Room.private.is_(False),
                Room.alive_until < now + self.config["ROOM_TTL"] - HALF_WAY_AFTER,
            )
            rooms = [schemas.room(row) for row in session.scalars(due.limit(100))]
        self.outbox.send(notices)
        if rooms:
            self._announce_what_is_left()
        for room in rooms:
            self._begin_session(room)

    @timer(interval=60)
    def sweep(self):
        """Forget rooms that have long been closed, or become sessions."""
        before = self._kept_since()
        for _ in range(SWEEPINGS):
            with self.db.get_session() as session:
                if self._forget(session, before, SWEPT_AT_ONCE) < SWEPT_AT_ONCE:
                    return

    def _announce_what_is_left(self):
        # The joining is told before the filling, also where what died had not told it yet.
        with self.db.get_session() as session:
            while self.outbox.relay(session, self.clock(), overdue_after=0):
                pass

    def _close_all(self, session, which, now):
        notices = []
        rows = select(Room).where(which).limit(100).with_for_update(skip_locked=True)
        for row in session.scalars(rows):
            row.lapse()
            notices += self._notices(row, events.CLOSED, schemas.room(row), now)
        self.outbox.record(session, notices)
        return notices

    def _forget(self, session, before, limit):
        # Found by when they were opened, the oldest first: that is in an index.
        old = (
            select(Room.room_id)
            .where(
                Room.created_at < before, Room.alive_until < before,
                or_(Room.status == CLOSED, Room.session_id.is_not(None)),
            )
            .order_by(Room.created_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        room_ids = session.scalars(old).all()
        for table in (Seat, Room):
            session.execute(delete(table).where(table.room_id.in_(room_ids)))
        return len(room_ids)

    def _kept_since(self):
        # Nobody renews a room that is no longer open: it ended when it was last kept alive, or so.
        return self.clock() - float(self.config["ROOMS_KEPT"]) * DAY

    @before(Point.ROOM_FILLED)
    def _begin_session(self, room):
        try:
            session_id = self.sessions.create(
                room["room_id"], room["game"], room["options"], room["players"]
            )
        except Exception as error:  # whatever it was: the room is full, and is taken up again
            _log.warning("The session of room %s will begin later: %r", room["room_id"], error)
            return room
        now = self.clock()
        with self.db.get_session() as session:
            row = session.get(Room, room["room_id"], with_for_update=True)
            first = row.become(session_id)
            room = schemas.room(row)
            notices = self._notices(row, events.FILLED, room, now) if first else []
            self.outbox.record(session, notices)
        self.outbox.send(notices)
        return room

    def _notices(self, row, event, room, now, *also):
        # What happens in a private room is announced by whoever has its key.
        return [] if row.private else [schemas.notice(event, room, now, *also)]

    def _require(self, session, room_id, login, private, hide_private=False, lock=True):
        row = session.get(Room, room_id, with_for_update=True if lock else None)
        if row is None or (row.private and not private and login not in row.players):
            raise exceptions.RoomNotFound.of(f"There is no room {room_id}", room_id=room_id)
        if row.private and not private and not hide_private:
            raise exceptions.RoomIsPrivate.of(f"The room {room_id} is private", room_id=room_id)
        return row

    def _hold_rooms_of(self, session, login):
        with session.no_autoflush:
            # Else two concurrent joins would both count too few.
            advisory_lock(session, f"rooms of {login}")

    def _opened_by(self, session, owner, call_id):
        if call_id is None:
            return None
        taken = select(Seat.room_id).where(Seat.login == owner, Seat.call_id == call_id)
        return session.scalar(select(Room).where(Room.room_id.in_(taken), Room.owner == owner))

    def _require_few_rooms(self, session, login):
        with session.no_autoflush:
            if len(self._open_of(session, login, None)) >= MOST_ROOMS_OF_A_PLAYER:
                raise exceptions.TooManyRooms.of(
                    f"{login} is in {MOST_ROOMS_OF_A_PLAYER} open rooms, which is as many as one "
                    "may be in: leave one of them first",
                    most=MOST_ROOMS_OF_A_PLAYER,
                )

    def _open_of(self, session, login, private):
        query = select(Room.room_id).join(Seat, Seat.room_id == Room.room_id).where(
            Seat.login == login, Room.status == OPEN
        )
        if private is not None:
            query = query.where(Room.private.is_(private))
        return list(session.scalars(query))
