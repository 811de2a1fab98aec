"""What tests of the rooms service are given: the service on a database, and rooms."""

import pytest
from nameko.testing.services import worker_factory

from extensions.rpc.ttl_cache import TtlCache
from extensions.settings import Settings
from rooms.models import Base
from rooms.service import RoomsService
from rooms.started_sessions import StartedSessions
from tests.unit.fakes import Sessions
from tests.unit.rooms.support import ROOM_TTL, ROOMS_KEPT


@pytest.fixture
def sessions():
    return Sessions()


@pytest.fixture
def service(database, outbox, clock, sessions):
    return worker_factory(
        RoomsService, settings=Settings(room_ttl=ROOM_TTL, rooms_kept=ROOMS_KEPT),
        db=database(Base), outbox=outbox, sessions=sessions, options_cache=TtlCache(10, 10),
        started=StartedSessions(), clock=clock,
    )


@pytest.fixture
def open_room(service, clock, outbox):
    """Opens a room of Alice's, which others then join; returns its id."""

    def open_room(*others, owner="alice", seats=3, private=False):
        clock.advance(1)
        room_id = service.create(owner, "dobutsu", {}, seats, private=private)["room_id"]
        for login in others:
            service.join(room_id, login, private=private)
        service.store_sessions()
        outbox.forget()
        return room_id

    return open_room


@pytest.fixture
def in_five_rooms(open_room):
    """Puts a player into as many open rooms as one player may be in."""

    def in_five_rooms(login):
        return [
            open_room(owner=login), open_room(login, owner="zoe"), open_room(login, owner="zoe"),
            open_room(owner=login, private=True), open_room(login, owner="zoe", private=True),
        ]

    return in_five_rooms
