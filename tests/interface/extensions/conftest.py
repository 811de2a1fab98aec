"""What tests of the mechanism are given: services and gateways as processes of their own."""

import pytest
import sqlalchemy
from sqlalchemy.pool import NullPool

from extensions.settings import Settings
from extensions.storage import engines
from tests import forking
from tests.conftest import INTERFACE
from tests.interface.conftest import delete_queues
from tests.postgres import ENGINES
from tests.process import Process
from tests.stack import SERVICES, SETTINGS


@pytest.fixture
def spawn():
    """How processes are started."""
    return forking.spawn


@pytest.fixture
def start_process(broker, tmp_path, spawn, queues):
    """Starts what operators start, `nameko` with a service or `gateway`; killed after the test."""
    made = []

    def start(program, *arguments, **settings):
        run = [program, "run"] if program == "nameko" else [program]
        arguments = [*run, "--config", "config.yaml", *arguments]
        settings = {
            **SETTINGS, "AMQP_URI": broker.uri(INTERFACE), "DATA_DIR": tmp_path, **settings
        }
        name = f"{len(made)}-{program}"
        made.append(Process(name, arguments, settings, tmp_path, spawn))
        made[-1].start()
        return made[-1]

    start.made = made
    yield start
    for process in made:
        if process.runs:
            process.kill()
    delete_queues(queues, SERVICES)


@pytest.fixture(params=ENGINES)
def new_database(request):
    """Makes empty databases: their URIs."""
    return request.getfixturevalue(f"new_{request.param}")


@pytest.fixture
def migrate():
    """Brings a service's database up to date: the steps that this took."""
    def migrate(service, name, uri):
        prefix = service if name == "Base" else f"{service}_{name.lower()}"
        return engines.migrate(Settings(**{f"{prefix}_db_uri": uri}), service, name)

    return migrate


@pytest.fixture
def opened():
    """Opens databases: engines, which are closed after the test."""
    made = []

    def open_database(uri):
        made.append(sqlalchemy.create_engine(uri, poolclass=NullPool))
        return made[-1]

    yield open_database
    for each in made:
        each.dispose()
