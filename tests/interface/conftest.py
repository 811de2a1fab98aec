"""What interface tests are given: services in containers on a real broker, and ears on fanouts.

A test has databases of its own, and the vhost has no queue of a service but those it started.
"""

from dataclasses import replace

import psycopg2.extensions
import pytest
from kombu import Connection
from redis import Redis
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import extensions.storage.engines
from extensions.rpc.client import Cluster
from extensions.settings.loader import load_settings
from extensions.storage.engines import migrate
from tests import postgres
from tests.conftest import INTERFACE, production_settings
from tests.interface.plans import Plans
from tests.interface.standing_in import StandIn
from tests.interface.tap import Tap

RPC_TIMEOUT = 30  # seconds: no test is to fail where a machine stands still for a while
SECRET = "a secret for the tests, long enough to sign with"


@pytest.fixture(scope="session")
def defaults(broker):
    return {
        "SERVICE_CONTAINER_CLS": "extensions.container.Container",
        "AMQP_URI": broker.uri(INTERFACE), "TOKEN_SECRET": SECRET,
        "RPC_TIMEOUT": RPC_TIMEOUT,
        **{name.upper(): seconds for name, seconds in postgres.LONG_LIMITS.items()},
        "STUCK_PROCESS": 0,  # the process of the tests is not to end where a test holds it up
    }


@pytest.fixture(scope="session")
def production(request):
    """Databases apart from those of the stack, whose services would sweep here too."""
    return production_settings(request)


@pytest.fixture
def settings(defaults, production, tmp_path):
    """The settings of the services under test, for the test to change before it starts them."""
    redis_url = production.get("REDIS_URL", "").replace("/0", "/1")
    return {**defaults, "DATA_DIR": str(tmp_path), **production, "REDIS_URL": redis_url}


@pytest.fixture
def rpc_timeout():
    """Seconds until a service gives up a call; a test that waits for that is given fewer."""
    return RPC_TIMEOUT


@pytest.fixture(scope="session")
def cluster(defaults):
    """Every running service's methods."""
    cluster = Cluster(load_settings(defaults), "tests")
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def queues(broker):
    """A connection that deletes queues after each test; it outlives the broker's restarts."""
    with Connection(broker.uri(INTERFACE)) as connection:
        yield connection


@pytest.fixture
def containers(container_factory, settings, queues):
    """Runs services, real ones and stand-ins; nothing is left of them after the test."""
    running = []

    def start(*services):
        for service in services:
            made = container_factory(getattr(service, "service", service), settings)
            running.append(made)
            made.start()
        return running[-1]

    start.running = running
    yield start
    for container in running:
        container.stop()
    _forget_databases()
    if settings["REDIS_URL"]:
        with Redis.from_url(settings["REDIS_URL"]) as redis:
            redis.flushdb()
    delete_queues(queues, {container.service_name for container in running})


@pytest.fixture
def reconfigure(containers):
    """Changes settings of the services that run, as `reconfigure(room_ttl=60)`."""

    def reconfigure(**settings):
        for container in containers.running:
            container.settings = replace(container.settings, **settings)

    return reconfigure


@pytest.fixture
def stand_in(containers):
    """Runs a service that answers as it is told to."""

    def start(name, **answers):
        standing = StandIn(name, **answers)
        standing.container = containers(standing)
        return standing

    return start


@pytest.fixture
def tap(settings):
    """An anonymous queue bound to fanout exchanges; what is published there can be heard."""
    made = []

    def bind(*exchanges):
        made.append(Tap(settings["AMQP_URI"], *exchanges))
        return made[-1]

    yield bind
    for each in made:
        each.close()


@pytest.fixture
def store(settings):
    """Puts rows into a service's database behind its back."""

    def put(service_name, base, *rows):
        engine = extensions.storage.engines.engine(load_settings(settings), service_name, base)
        with Session(engine) as session:
            session.add_all(rows)
            session.commit()

    return put


@pytest.fixture
def rows(settings):
    """Reads rows of a service's database behind its back."""

    def read(service_name, base, query):
        engine = extensions.storage.engines.engine(load_settings(settings), service_name, base)
        with Session(engine) as session:
            return list(session.scalars(query))

    return read


@pytest.fixture(scope="module")
def new_plans(postgres_server):
    """Makes the database of a service in PostgreSQL, on which plans are looked at."""
    made = []

    def new_plans(service_name, base):
        uri = postgres.new_database(postgres_server)
        settings = postgres.settings(**{f"{service_name}_db_uri": uri})
        migrate(settings, service_name, base.__name__)
        made.append(create_engine(uri))
        return Plans(made[-1])

    yield new_plans
    for engine in made:
        engine.dispose()


def _forget_databases():
    while extensions.storage.engines.open_engines:
        uri, engine = extensions.storage.engines.open_engines.popitem()
        engine.dispose()
        if engine.dialect.name == "postgresql":
            postgres.empty(uri)


def delete_queues(connection, service_names):
    """Leave no queue of these services: with one, a call to them would wait for an answer."""

    def delete(channel):
        for name in service_names:
            channel.queue_delete(f"rpc-{name}")

    connection.autoretry(delete, connection.default_channel, interval_start=0, max_retries=3)()


@pytest.fixture
def waits():
    """The waits for PostgreSQL, to which each round trip adds one."""
    waits, wait = [], psycopg2.extensions.get_wait_callback()

    def count(connection):
        waits.append(connection)
        wait(connection)

    psycopg2.extensions.set_wait_callback(count)
    yield waits
    psycopg2.extensions.set_wait_callback(wait)
