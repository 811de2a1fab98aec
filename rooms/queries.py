"""Answers questions about rooms, and changes nothing."""

from collections.abc import Iterable

from extensions.dependencies import Database
from rooms import access, challenge_storage, schemas, storage
from rooms.dependencies import Dependencies
from rooms.events import RevisedRoomView, RoomView
from rooms.schemas import ChallengePage, Ids, RoomPage
from rooms.session_starter import SessionStarter
from rooms.started_sessions import StartedSessions


class RoomQueries:
    """Shows rooms to their players and to the services that follow them, and lists them."""

    def __init__(self, db: Database, starter: SessionStarter, started: StartedSessions):
        self._db = db
        self._starter = starter
        self._started = started

    @classmethod
    def of(cls, service: Dependencies) -> "RoomQueries":
        """Return one that is made from the dependencies of a service."""
        return cls(service.db, SessionStarter.of(service), service.started)

    def get(self, room_id: str, viewer: str) -> RoomView:
        """Return a room; raises RoomNotFound, and RoomIsPrivate for one with a key."""
        with self._db.get_session() as session:
            found = storage.find(session, room_id)
        shown = access.require_access(found, room_id, viewer, private=False)
        return schemas.room_view(self._starter.complete(shown))

    def get_many(self, room_ids: Iterable[str]) -> dict[str, RevisedRoomView]:
        """Return the rooms of these ids, of any kind, for a service that follows them."""
        with self._db.get_session() as session:
            rooms = map(self._started.complete, storage.find_many(session, room_ids))
        return {each.room_id: schemas.revised_room_view(each) for each in rooms}

    def page(self, game: str | None, limit: int, after: str | None) -> RoomPage:
        """Return open public rooms, newest first, a page at a time; raises UnknownCursor."""
        position = schemas.list_position(schemas.LIST, after)
        with self._db.get_session() as session:
            return schemas.room_page(storage.list_open(session, game, position, limit + 1), limit)

    def challenges(self, login: str, limit: int, after: str | None) -> ChallengePage:
        """Return open challenges of and to a player, newest first; raises UnknownCursor."""
        position = schemas.list_position(schemas.CHALLENGES_LIST, after)
        with self._db.get_session() as session:
            found = challenge_storage.list_open(session, login, position, limit + 1)
        return schemas.challenge_page(found, limit)

    def open_rooms_of(self, login: str, has_key: bool) -> Ids:
        """Return the ids of the open rooms that a player is in: of those with a key, or without."""
        with self._db.get_session() as session:
            return storage.open_rooms_of(session, login, has_key)
