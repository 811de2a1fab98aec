"""The rooms service: players gather in a room until it is full, and then a session begins."""

from nameko.rpc import rpc

from extensions import service_base
from extensions.clock_provider import Clock
from extensions.observability.entrypoint_logging import EntrypointLogging
from extensions.outbox.provider import OutboxProvider
from extensions.pagination import UnknownCursor
from extensions.rpc.client import RpcProxy
from extensions.rpc.ttl_cache import TtlCacheProvider
from extensions.storage.database import Database
from extensions.timers import timer
from rooms import events, exceptions, schemas, storage
from rooms.events import Options, RevisedRoomView, RoomView
from rooms.expiry import Expiry
from rooms.membership import Membership
from rooms.models import Base, OutboxRow
from rooms.room import require_access
from rooms.schemas import AnyRoomView, ExpiringMembers, Ids, RoomPage
from rooms.session_starter import SessionsApi, SessionStarter
from rooms.started_sessions import StartedSessionsProvider


class RoomsService(service_base.Service):
    """Public rooms, and the seats of private ones.

    `private` is true for calls of the private rooms service, which lets in by a key.
    """

    name = "rooms"
    entrypoint_logging = EntrypointLogging(quiet=("expiring_members",))
    db = Database(Base)
    outbox = OutboxProvider(
        events.EXCHANGE, OutboxRow, Base, durable=(events.PRIVATE_CHANGES_EXCHANGE,)
    )
    sessions: SessionsApi = RpcProxy("sessions")
    options_cache = TtlCacheProvider(seconds=10, size=1000)
    started = StartedSessionsProvider()
    clock = Clock()

    @rpc(expected_exceptions=exceptions.CREATE_REFUSALS)
    def create(
        self, owner: str, game: str, options: Options, seats: int | None = None,
        private: bool = False,
    ) -> AnyRoomView:
        """Open a room, with its owner in the first seat."""
        terms = self.options_cache.call(self.sessions.complete_options, game, options, seats)
        return schemas.answer(self._membership.create(owner, terms, private))

    @rpc(expected_exceptions=exceptions.JOIN_REFUSALS)
    def join(self, room_id: str, login: str, private: bool = False) -> AnyRoomView:
        """Take a seat; with the last one the session begins, and the room has its `session_id`."""
        return schemas.answer(self._membership.join(room_id, login, private))

    @rpc(expected_exceptions=exceptions.LEAVE_REFUSALS)
    def leave(self, room_id: str, login: str, private: bool = False) -> AnyRoomView:
        """Give the seat back; where the owner leaves, the room closes."""
        return schemas.answer(self._membership.leave(room_id, login, private))

    @rpc(expected_exceptions=exceptions.CLOSE_REFUSALS)
    def close(self, room_id: str, login: str, private: bool = False) -> AnyRoomView:
        """Close the room."""
        return schemas.answer(self._membership.close(room_id, login, private))

    @rpc(expected_exceptions=(exceptions.RoomNotFound, exceptions.RoomIsPrivate))
    def get(self, room_id: str, viewer: str) -> RoomView:
        """Return a room; a private one is refused: its members use `private_rooms.get`."""
        with self.db.get_session() as session:
            found = storage.find(session, room_id)
        room = require_access(found, room_id, viewer, private=False)
        return schemas.room_view(self._starter.complete(room))

    @rpc
    def get_many(self, room_ids: Ids) -> dict[str, RevisedRoomView]:
        """Return the rooms of these ids, of any kind, for a service that follows them."""
        with self.db.get_session() as session:
            rooms = map(self.started.complete, storage.find_many(session, room_ids))
        return {room.room_id: schemas.revised_room_view(room) for room in rooms}

    @rpc(expected_exceptions=(UnknownCursor,))
    def list(
        self, game: str | None = None, limit: int = 50, after: str | None = None
    ) -> RoomPage:
        """Return open public rooms, newest first, a page at a time."""
        position = schemas.list_position(after)
        with self.db.get_session() as session:
            return schemas.room_page(storage.list_open(session, game, position, limit + 1), limit)

    @rpc
    def open_rooms_of(self, login: str, private: bool = False) -> Ids:
        """Return the ids of the open rooms that a player is in."""
        with self.db.get_session() as session:
            return storage.open_rooms_of(session, login, private)

    @rpc
    def leave_all(self, login: str) -> None:
        """Leave every open public room."""
        self._membership.leave_all(login)

    @rpc
    def record_session(self, room_id: str, session_id: str) -> RevisedRoomView:
        """Store which session a filled private room has become."""
        return schemas.revised_room_view(self._starter.record(room_id, session_id))

    @rpc
    def expiring_members(self, after: tuple[float, str] | None = None) -> ExpiringMembers:
        """Return the players who are to be renewed where they are connected, a page at a time."""
        return self._expiry.members(after)

    @rpc
    def renew(self, logins: Ids) -> None:
        """Keep the rooms open whose members are connected."""
        self._expiry.renew(logins)

    @timer(interval=1)
    def close_lapsed(self) -> None:
        """Close rooms none of whose members has been connected for too long."""
        if self.outbox.connected_seconds():  # else nobody can renew them
            self._expiry.close_lapsed()

    @timer(interval=1)
    def store_sessions(self) -> None:
        """Store which sessions the rooms that were filled just now have become."""
        self.started.store(self.db.get_session)

    @timer(interval=2)
    def take_up_filled(self) -> None:
        """Begin the sessions of rooms that were left without one; or give the rooms up."""
        self._expiry.close_unfinished()
        self._starter.retry()

    @timer(interval=60)
    def sweep(self) -> None:
        """Forget rooms that have long been closed, or become sessions."""
        self._expiry.sweep()

    @property
    def _membership(self) -> Membership:
        return Membership(self.db, self.outbox, self.clock, self.settings, self._starter)

    @property
    def _starter(self) -> SessionStarter:
        return SessionStarter(
            self.db, self.outbox, self.sessions, self.clock, self.settings, self.started
        )

    @property
    def _expiry(self) -> Expiry:
        return Expiry(self.db, self.outbox, self.clock, self.settings)
