"""The vocabulary of the unit tests: a clock, a database in memory, what has been announced."""

import logging
from contextlib import contextmanager
from functools import partial

import pytest
from nameko_sqlalchemy.database import DatabaseWrapper, Session
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import StaticPool

from auth.redis_token_families import RedisFamilies
from auth.token_families import SqlFamilies, Tokens
from extensions import request_id
from extensions.storage.redis_client import RedisClient
from searcher.memory_tables import MemoryTables
from searcher.redis_tables import RedisTables
from searcher.storage import SearchStore
from tests.unit.fakes import RecordingOutbox, SettableClock


@pytest.fixture(autouse=True)
def no_call():
    """Each test begins outside of any call."""
    with request_id.scope(None):
        yield


@pytest.fixture
def lines(caplog):
    """The lines about calls that have been logged: level, message, call id and fields of each."""
    caplog.set_level(logging.DEBUG, "request_log")
    return lambda: [
        {
            "level": each.levelname, "message": each.getMessage(),
            "request_id": getattr(each, "request_id", None), **each.fields,
        }
        for each in caplog.records if each.name == "request_log"
    ]


@pytest.fixture
def clock():
    return SettableClock()


@pytest.fixture
def outbox():
    return RecordingOutbox()


@pytest.fixture
def database():
    """Makes the database of a service, by the base of its tables."""
    engines = []

    def make(base):
        engine = create_engine("sqlite://", poolclass=StaticPool)
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = ON"))
        base.metadata.create_all(engine)
        engines.append(engine)
        return DatabaseWrapper(sessionmaker(engine, expire_on_commit=False, class_=Session))

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture
def statements():
    """Return a list to which all statements to databases are added."""
    given = []

    def note(connection, cursor, statement, *rest):
        given.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield given
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture(params=["memory", "redis"])
def tables(request):
    """The tables that searches are kept in, of either kind."""
    if request.param == "memory":
        yield MemoryTables()
        return
    client = RedisClient(request.getfixturevalue("redis_server").uri())
    yield RedisTables(client)
    client.call(lambda redis: redis.flushdb())
    client.close()


@pytest.fixture
def new_store(tables):
    """Makes stores of searches; those of one test share what they keep."""
    return partial(SearchStore, tables)


@pytest.fixture(params=["sql", "redis"])
def families(request, database):
    """The store of the logins that are still good, of either kind."""
    if request.param == "sql":
        yield SqlFamilies(database(Tokens).get_session)
        return
    client = RedisClient(request.getfixturevalue("redis_server").uri())
    yield RedisFamilies(client)
    client.call(lambda redis: redis.flushdb())
    client.close()


@pytest.fixture
def refused(outbox):
    """`with refused(RoomFull):` the call is refused with just this, and nobody hears of it."""

    @contextmanager
    def refused(error):
        recorded, sent = len(outbox.recorded), len(outbox.sent)
        with pytest.raises(error) as caught:
            yield caught
        assert caught.type is error
        assert (len(outbox.recorded), len(outbox.sent)) == (recorded, sent)

    return refused


@pytest.fixture
def silent(outbox):
    """`with silent():` nothing is announced."""

    @contextmanager
    def silent():
        recorded, sent = len(outbox.recorded), len(outbox.sent)
        yield
        assert (len(outbox.recorded), len(outbox.sent)) == (recorded, sent)

    return silent
