"""What tests of the whole are given: a broker, all of Arbiter running, players."""

import json
import sys
from typing import Any

import eventlet.patcher
import pytest
from hypothesis import HealthCheck, settings

from client import Refused
from extensions import patches
from tests import postgres
from tests.client import CheckedClient, Player, check_error, check_result
from tests.stack import Stack
from tools.launch.backends import DATABASES
from tools.launch.broker import Broker
from tools.launch.postgres import Postgres
from tools.launch.redis import Redis

# The same examples in each run, however long one takes: a failure is the code's, and comes again.
settings.register_profile(
    "tests", derandomize=True, database=None, deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tests")

E2E, INTERFACE, OUTAGES, ROLLING, BROWSER = "e2e", "interface", "outages", "rolling", "browser"


def pytest_configure(config):
    """Refuse to run as services never do: what waits would hold everything up."""
    in_browser = config.getoption("--suppress-nameko-eventlet-notification", False)
    if not in_browser and not eventlet.patcher.is_monkey_patched("socket"):
        raise pytest.UsageError("Run the tests by: python -m tests [paths and options of pytest]")
    patches.install()


@pytest.hookimpl(tryfirst=True)  # before pytest selects by -m
def pytest_collection_modifyitems(items):
    """Mark tests by their fixtures: which depend on BACKENDS, and which break something."""
    for item in items:
        if "production" in item.fixturenames:
            item.add_marker("engines")
        if "outage" in item.fixturenames:
            item.add_marker("outage")


@pytest.fixture(autouse=True)
def unbroken_coverage():
    """Measure coverage after the test too: a limit of time that rings in the tracer ends it."""
    tracer = sys.gettrace()
    yield
    if sys.gettrace() is not tracer:
        sys.settrace(tracer)


@pytest.fixture(scope="session")
def broker(tmp_path_factory):
    """A RabbitMQ node for this run, with a vhost for each kind of test."""
    vhosts = [E2E, INTERFACE, OUTAGES, ROLLING, BROWSER]
    with Broker(tmp_path_factory.mktemp("broker"), vhosts=vhosts) as broker:
        yield broker


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory):
    """A PostgreSQL server for this run, started where a test needs one."""
    with Postgres(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory):
    """A Redis server for this run, started where a test needs one."""
    with Redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def new_postgres(postgres_server):
    """Makes empty databases in PostgreSQL: their URIs."""
    return lambda: postgres.new_database(postgres_server)


@pytest.fixture
def new_sqlite(tmp_path_factory):
    """Makes empty databases in SQLite: their URIs."""
    return lambda: f"sqlite:///{tmp_path_factory.mktemp('data')}/database.sqlite"


@pytest.fixture(scope="session")
def production(request):
    """The settings that name the engines of production; without BACKENDS=production, none."""
    return production_settings(request)


def production_settings(request):
    """Return the settings that name new databases, and Redis, where BACKENDS asks for them."""
    if not postgres.PRODUCTION:
        return {}
    server = request.getfixturevalue("postgres_server")
    databases = {name: postgres.new_database(server) for name in DATABASES}
    return {**databases, "REDIS_URL": request.getfixturevalue("redis_server").uri()}


@pytest.fixture(scope="session")
def running_stack(broker, production, tmp_path_factory):
    instances = 2 if production else 1
    folder = tmp_path_factory.mktemp("stack")
    with Stack(folder, broker.uri(E2E), instances, **production) as stack:
        yield stack


@pytest.fixture
def outage():
    """Used by tests that break something on purpose: processes may log failures meanwhile."""


@pytest.fixture
def failures_logged():
    """Used by tests in which a process logs a failure that is expected."""


@pytest.fixture
def stack(running_stack, request):
    """All of Arbiter, running. A process that ends by itself, or logs a failure, fails the test."""
    running_stack.listen()
    yield running_stack
    said = running_stack.said()
    ended = running_stack.revive()
    assert not ended, "\n".join(ended)
    if not {"outage", "failures_logged"} & set(request.fixturenames):
        assert "Traceback" not in said, f"Something failed, and was only logged:\n{said}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Show what the processes said during a test that has failed."""
    outcome = yield
    report = outcome.get_result()
    stack = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(stack, Stack):
        report.sections.append(("what the processes said", stack.said()))
    starts = getattr(item, "funcargs", {}).get("start_process")
    for process in getattr(starts, "made", ()) if report.failed else ():
        report.sections.append((f"what {process.name} said", process.log.read_text()))


@pytest.fixture
def connect(stack):
    """Opens connections, which are closed after the test; all that they were sent must be right."""
    made: list[CheckedClient] = []

    def open_connection(kind=CheckedClient, url: str | None = None, **options: Any):
        made.append(kind(url or stack.url(), **options))
        return made[-1]

    yield open_connection
    for client in made:
        client.close()
    faults = [fault for client in made for fault in client.faults]
    assert not faults, "\n".join(faults)


@pytest.fixture
def player(connect):
    """Registers players, each on a connection of their own."""

    def register(login: str | None = None, **options: Any) -> Player:
        return connect(Player, login=login, **options)

    return register


@pytest.fixture
def two_players(player):
    return player(), player()


@pytest.fixture
def post(stack):
    """Posts a body to /rpc as it is: the status, and the answer where it is JSON."""

    def send(
        body: str | bytes, headers: dict[str, str] | None = None, port: int | None = None
    ) -> tuple[int, Any]:
        status, text = stack.request("POST", "/rpc", body, headers, port)
        return status, json.loads(text) if status == 200 else text

    return send


@pytest.fixture
def rpc(post):
    """Calls a method by POST /rpc: its result. Raises Refused."""

    def call(method: str, token: str | None = None, **params: Any) -> Any:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        status, answer = post(json.dumps(request), headers)
        assert status == 200 and answer["id"] == 1, answer
        if "error" in answer:
            check_error(method, answer["error"])
            raise Refused(answer["error"])
        check_result(method, answer["result"])
        return answer["result"]

    return call
