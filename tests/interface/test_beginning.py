"""A game's beginning, and a timer, take no more calls and waits for PostgreSQL than they must."""

import itertools
from contextlib import suppress
from dataclasses import replace

import pytest
from eventlet import GreenPool
from nameko.testing.services import worker_factory
from nameko_sqlalchemy.database import DatabaseWrapper
from sqlalchemy.orm import sessionmaker

import private_rooms.models
import rooms.models
import sessions.models
from arbiter_games.dobutsu import Dobutsu
from extensions import request_id
from extensions.rpc.ttl_cache import TtlCache
from extensions.settings import Settings
from extensions.storage.database import Session
from extensions.storage.downtime import HEARTBEAT_INTERVAL_SECONDS
from extensions.storage.engines import make_engine, migrate
from private_rooms.service import PrivateRoomsService
from rooms.access import MAX_OPEN_ROOMS
from rooms.exceptions import TooManyChallenges, TooManyRooms
from rooms.service import RoomsService
from rooms.started_sessions import StartedSessions
from sessions.dependencies import DowntimeCheck
from sessions.exceptions import TooManySessions
from sessions.game_registry import GameRegistry
from sessions.recent_rows import RecentRows
from sessions.service import SessionsService
from tests import postgres
from tests.unit.fakes import RecordingOutbox, SettableClock

PLAYERS = ("alice", "bob")


class Proxy:
    """Stands for a service to another one, and notes what is called."""

    def __init__(self, service, calls):
        self._service, self._calls = service, calls

    def __getattr__(self, method):
        def call(*arguments, **named):
            self._calls.append(f"{self._service.name}.{method}")
            return getattr(self._service, method)(*arguments, **named)

        return call


@pytest.fixture
def calls():
    return []


@pytest.fixture
def services(new_postgres, calls):
    """The services of private rooms, rooms and sessions, as they call one another."""
    engines, clock = [], SettableClock()

    def make(service_class, base, **dependencies):
        name = service_class.name
        settings = postgres.settings(**{f"{name}_db_uri": new_postgres()})
        migrate(settings, name, base.__name__)
        engines.append(make_engine(settings.db_uri(name, base.__name__), settings, name))
        maker = sessionmaker(bind=engines[-1], class_=Session, expire_on_commit=False)
        return worker_factory(
            service_class, db=DatabaseWrapper(maker), outbox=RecordingOutbox(), clock=clock,
            settings=settings, **dependencies,
        )

    of_sessions = make(
        SessionsService, sessions.models.Base, registry=GameRegistry({"dobutsu": Dobutsu()}),
        downtime_check=DowntimeCheck(), archive=None, recent_rows=RecentRows(4),
    )
    of_rooms = make(
        RoomsService, rooms.models.Base, sessions=Proxy(of_sessions, calls),
        options_cache=TtlCache(10, 10), started=StartedSessions(),
    )
    of_private_rooms = make(
        PrivateRoomsService, private_rooms.models.Base, rooms=Proxy(of_rooms, calls)
    )
    yield of_private_rooms, of_rooms, of_sessions
    for engine in engines:
        engine.dispose()


@pytest.fixture
def begin(services):
    """Begins a game in a private room, as the gateway does for two players."""
    of_rooms, _, of_sessions = services
    connection_ids = map("connection {}".format, itertools.count())

    def begin():
        room = of_rooms.create("alice", "dobutsu", {"rated": False})
        session_id = of_rooms.join(room["connection_key"], "bob")["session_id"]
        for login in PLAYERS:
            [answer] = of_sessions.connect_many([{
                "session_id": session_id, "connection_id": next(connection_ids),
                "gateway_id": "gateway", "login": login,
            }])
            assert answer["result"]["session"]["players"] == list(PLAYERS)

    return begin


def test_beginning_takes_few_calls_and_round_trips(begin, calls, waits):
    begin()  # connects, prepares statements and completes the options
    calls.clear()
    waits.clear()
    begin()
    assert calls == ["rooms.create", "rooms.join", "sessions.create"]
    assert len(waits) == 11


def test_player_of_as_many_rooms_as_allowed_opens_no_other(services):
    _, of_rooms, _ = services
    for private in (False, True, False, True, False):
        of_rooms.create("alice", "dobutsu", {}, private=private)
    with pytest.raises(TooManyRooms):
        of_rooms.create("alice", "dobutsu", {})
    for _ in range(Settings.max_challenges):
        of_rooms.challenge("alice", "bob", "dobutsu", {})
    with pytest.raises(TooManyChallenges):
        of_rooms.challenge("alice", "bob", "dobutsu", {})
    assert of_rooms.outbox.heard == [("room.challenged", ("alice", "bob"))] * 5


def test_rooms_opened_at_once_are_as_many_as_allowed(services):
    _, of_rooms, _ = services

    def is_opened(_):
        with suppress(TooManyRooms):
            return bool(of_rooms.create("alice", "dobutsu", {}))
        return False

    assert sum(GreenPool().imap(is_opened, range(10))) == MAX_OPEN_ROOMS


def test_room_opened_by_a_request_served_twice_is_one(services):
    _, of_rooms, _ = services
    with request_id.scope("c0ffeec0ffeec0ff"):
        opened, again = (of_rooms.create("alice", "dobutsu", {}) for _ in range(2))
    assert opened == again
    assert of_rooms.open_rooms_of("alice") == [opened["room_id"]]


def test_full_player_opens_a_room_after_a_session_has_ended(services, begin, calls):
    _, of_rooms, of_sessions = services
    of_sessions.settings = replace(of_sessions.settings, max_active_sessions=1)
    begin()
    of_rooms.store_sessions()
    with pytest.raises(TooManySessions):
        of_rooms.create("alice", "dobutsu", {})
    of_sessions.resign_all("alice")
    calls.clear()
    assert of_rooms.create("alice", "dobutsu", {})["status"] == "open"
    assert calls == ["sessions.full_players"]


def test_change_announced_meanwhile_is_announced_once(services):
    of_private_rooms, of_rooms, _ = services
    room = of_private_rooms.create("alice", "dobutsu", {})
    known = of_private_rooms._keys.find(room["connection_key"])
    of_rooms.join(room["room_id"], "bob", private=True)
    joined = of_rooms.get_many([room["room_id"]])[room["room_id"]]
    for _ in range(2):
        of_private_rooms._publisher.publish_changes(joined, known)
    names = [event for event, _ in of_private_rooms.outbox.heard]
    assert names == ["private_room.player_joined", "private_room.filled"]


def test_timers_that_find_nothing_take_a_round_trip_or_two(services, waits):
    _, of_rooms, of_sessions = services
    # The first tick records the first heartbeat of all, and the second one prepares statements.
    for seconds, number in ((0, None), (HEARTBEAT_INTERVAL_SECONDS, None), (0, 1),
                            (HEARTBEAT_INTERVAL_SECONDS, 2)):
        of_rooms.clock.advance(seconds)
        for tick in (of_sessions.keep_time, of_rooms.close_lapsed):
            waits.clear()
            tick()
            assert number in (None, len(waits))
    of_rooms.take_up_filled()
    waits.clear()
    of_rooms.take_up_filled()
    assert len(waits) == 1
