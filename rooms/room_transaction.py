"""The transaction in which a player opens or joins a room: text SQL, in two round trips."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, insert, update

from extensions import json_codec
from extensions.dependencies import Database
from extensions.outbox.message import OutboxMessage
from extensions.outbox.outbox import Outbox
from extensions.storage.database import begin_pipeline
from extensions.storage.pipeline import Pipeline
from rooms import access, storage
from rooms.models import OtherChallenged, RoomRow, SeatRow
from rooms.room import Room, Seat

ROOMS, SEATS = cast(Table, RoomRow.__table__), cast(Table, SeatRow.__table__)
INSERT_OTHER = insert(cast(Table, OtherChallenged.__table__))
INSERT_ROOM, INSERT_SEAT, UPDATE_ROOM = insert(ROOMS), insert(SEATS), update(ROOMS)
# Others wait who change how many rooms the player is in: two joins at once would miscount. On
# SQLite a transaction keeps all others waiting.
LOCK_ROOMS_OF = "SELECT pg_advisory_xact_lock(hashtextextended('rooms of ' || %s, 0));"
# By the player's seats, which are fewer than the rooms that are open: a join might go by these.
OPEN_ROOMS_OF = """
    SELECT count(*) FROM seats AS taken
    WHERE login = {mark} AND (
        SELECT status = 'open' AND challenged IS NULL
        FROM rooms AS others WHERE others.room_id = taken.room_id
    )
"""
OPEN_CHALLENGES_OF = """
    SELECT count(*) FROM rooms AS challenges
    WHERE owner = {mark} AND status = 'open' AND challenged IS NOT NULL
"""
OPENED_BY = """
    SELECT taken.room_id FROM seats AS taken JOIN rooms AS own ON own.room_id = taken.room_id
    WHERE taken.login = {mark} AND taken.call_id = {mark} AND own.owner = taken.login
"""
WAS_FULL = "SELECT 1 FROM full_players WHERE login = {mark}"
COUNT = f"SELECT ({OPEN_ROOMS_OF}), ({OPEN_CHALLENGES_OF}), ({OPENED_BY}), ({WAS_FULL}) IS NOT NULL"
NO_LIMIT = 2**31
# Of a player of whom this is true, nothing is to be read to open a room.
MAY_OPEN = f"""
    SELECT 1 WHERE ({OPEN_ROOMS_OF}) < %s AND ({OPEN_CHALLENGES_OF}) < %s
        AND NOT EXISTS ({OPENED_BY}) AND NOT EXISTS ({WAS_FULL})
""".format(mark="%s")
ROOM = f"""
    SELECT room_id, game, {{options}}, seats, owner, private, created_at, status, session_id,
        revision, challenged, side, hidden, {{others}}, ({{seats}}), ({OPEN_ROOMS_OF})
    FROM rooms WHERE room_id = {{mark}}
"""
SEATS_OF_ROOM = "FROM seats WHERE seats.room_id = rooms.room_id"
# Seats are read after the lock: whoever held it before may have taken one.
LOCK_ROOM = "SELECT 1 FROM rooms WHERE room_id = %s FOR UPDATE;"
ROOM_POSTGRESQL = LOCK_ROOM + LOCK_ROOMS_OF + ROOM.format(
    mark="%s", options="options::text", others="others::text",
    seats=f"SELECT json_agg(json_build_array(login, position, call_id))::text {SEATS_OF_ROOM}",
)
ROOM_SQLITE = ROOM.format(
    mark="?", options="options", others="others",
    seats=f"SELECT json_group_array(json_array(login, position, call_id)) {SEATS_OF_ROOM}",
)
COUNT_POSTGRESQL, COUNT_SQLITE = LOCK_ROOMS_OF + COUNT.format(mark="%s"), COUNT.format(mark="?")


class OwnRooms(NamedTuple):
    """What a player has: open rooms to be in, and open challenges to others.

    `opened` is the room that this request has opened, where it has been served before. Who
    `was_full` may be in as many active sessions as one may be.
    """

    open_rooms: int
    open_challenges: int
    opened: str | None
    was_full: bool


class RoomTransaction:
    """A change by one player; nothing is changed without `commit`."""

    def __init__(self, pipeline: Pipeline, outbox: Outbox) -> None:
        self._pipeline, self._outbox = pipeline, outbox

    def lock_rooms_of(self, login: str, request_id: str | None) -> OwnRooms:
        """Return what the player has, whom no other transaction gives a room until the end."""
        counted = (login, login, login, request_id, login)
        if self._pipeline.is_postgresql:
            rows = self._pipeline.read(COUNT_POSTGRESQL, (login, *counted))
        else:
            rows = self._pipeline.read(COUNT_SQLITE, counted)
        [(open_rooms, open_challenges, opened, was_full)] = rows
        return OwnRooms(open_rooms, open_challenges, opened, bool(was_full))

    def lock(self, room_id: str, login: str) -> tuple[Room | None, int]:
        """Return the room, if there is one, and in how many open rooms the player is."""
        if self._pipeline.is_postgresql:
            rows = self._pipeline.read(ROOM_POSTGRESQL, (room_id, login, login, room_id))
        else:
            rows = self._pipeline.read(ROOM_SQLITE, (login, room_id))
        if not rows:
            return None, 0
        [(*columns, open_rooms)] = rows
        return _room(columns), open_rooms

    def open_at_once(
        self, room: Room, alive_until: float, max_challenges: int, messages: list[OutboxMessage]
    ) -> bool:
        """Store a new room and commit in one round trip, unless something may be against it.

        Returns whether it is stored; on SQLite, where one reads as fast, it never is, nor is a
        challenge to several players.
        """
        if not self._pipeline.is_postgresql or room.challenge and room.challenge.others:
            return False
        self.add(room, alive_until)
        self._outbox.record(self._pipeline, messages)
        owner, [seat] = room.owner, room.taken
        most = (NO_LIMIT, max_challenges) if room.challenge else (access.MAX_OPEN_ROOMS, NO_LIMIT)
        values = (owner, most[0], owner, most[1], owner, seat.request_id, owner)
        return self._pipeline.commit_if(MAY_OPEN, values, 1, LOCK_ROOMS_OF, (owner,))

    def add(self, room: Room, alive_until: float) -> None:
        """Store a new room with its owner's seat."""
        challenge = room.challenge
        self._pipeline.execute(INSERT_ROOM, {
            "room_id": room.room_id, "game": room.game, "options": room.options,
            "seats": room.seats, "owner": room.owner, "private": room.private,
            "created_at": room.created_at, "status": room.status, "alive_until": alive_until,
            "session_id": room.session_id, "revision": room.revision,
            "challenged": challenge and challenge.login, "side": challenge and challenge.side,
            "hidden": challenge and challenge.hidden,
            "others": challenge and storage.stored_others(challenge),
        })
        self._add_seat(room, room.owner)
        others = challenge.others if challenge else ()
        if told := [each.login for each in others if not each.hidden]:
            self._pipeline.execute(INSERT_OTHER, [
                {"room_id": room.room_id, "login": login, "created_at": room.created_at}
                for login in told
            ])

    def save_join(self, joined: Room, login: str, alive_until: float | None) -> None:
        """Store the seat that a player has taken, and a new end of the lease if there is one."""
        values = {"of": joined.room_id, "status": joined.status, "revision": joined.revision}
        if alive_until is not None:
            values["alive_until"] = alive_until
        self._pipeline.execute(UPDATE_ROOM, values)
        self._add_seat(joined, login)

    def commit(self, messages: list[OutboxMessage]) -> None:
        """Store what is to be announced, and commit."""
        self._outbox.record(self._pipeline, messages)
        self._pipeline.commit()

    def _add_seat(self, room: Room, login: str) -> None:
        [seat] = [each for each in room.taken if each.login == login]
        self._pipeline.execute(INSERT_SEAT, {
            "room_id": room.room_id, "login": seat.login, "position": seat.position,
            "call_id": seat.request_id,
        })


@contextmanager
def room_transaction(db: Database, outbox: Outbox) -> Iterator[RoomTransaction]:
    """Begin a transaction, which is rolled back where the block does not commit it."""
    with begin_pipeline(db) as pipeline:
        yield RoomTransaction(pipeline, outbox)


def _room(columns: list[Any]) -> Room:
    (
        room_id, game, options, seats, owner, private, created_at, status, session_id, revision,
        challenged, side, hidden, others, taken,
    ) = columns
    in_order = sorted(json_codec.decode(taken or "[]"), key=lambda seat: seat[1])
    return Room(
        room_id, game, json_codec.decode(options), seats, owner, bool(private), created_at, status,
        session_id, revision, tuple(Seat(*each) for each in in_order),
        storage.challenge(challenged, side, hidden, others and json_codec.decode(others)),
    )
