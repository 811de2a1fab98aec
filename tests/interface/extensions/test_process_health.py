"""A process whose timers hang or fail says so, and one that is stuck ends itself."""

import http.client
import json

import psycopg2
import pytest

from tests.stack import eventually
from tools.launch.ports import free_ports
from tools.launch.postgres import libpq_uri

STUCK = "tests.interface.extensions.stuck"


@pytest.fixture
def start(start_process):
    """Starts a service of the module `stuck`, and returns when it takes calls."""

    def start(service, **settings):
        process = start_process("nameko", f"{STUCK}:{service}", **settings)
        eventually(lambda: process.takes_calls, 30)
        return process

    return start


def test_a_process_with_a_hanging_timer_says_why_and_ends(start):
    process = start("HangingService", STUCK_LOOP=2)
    assert process.ends(30) and process.status == 1
    said = process.log.read_text()
    assert "hanging exits, to be restarted: no progress in wait_for_ever" in said
    assert "Traceback" not in said


def test_a_gateway_with_a_hanging_loop_says_why_and_ends(start_process):
    [port] = free_ports(1)
    gateway = start_process(f"{STUCK}_gateway", PORT=port, STUCK_LOOP=2)
    assert gateway.ends(60) and gateway.status == 1
    said = gateway.log.read_text()
    assert "The gateway exits, to be restarted: no progress in renew_sessions" in said
    assert "Traceback" not in said


def test_a_blocked_process_shows_what_blocks_it_and_ends(start):
    process = start("BlockingService", STUCK_PROCESS=2)
    assert process.ends(30) and process.status == 1
    said = process.log.read_text()
    assert "No greenthread runs; the process ends" in said
    assert "in block_for_ever" in said


def test_readyz_names_the_timer_that_waits_for_a_lock(
    start_process, new_postgres
):
    uri, [port] = new_postgres(), free_ports(1)
    sessions = start_process("nameko", "sessions.service", SESSIONS_DB_URI=uri)
    other = start_process("nameko", "sessions.service")
    start_process("gateway", PORT=port)
    eventually(lambda: sessions.takes_calls and other.takes_calls, 30)
    eventually(lambda: "sessions" not in readiness(port)["not_answering"], 30)
    assert readiness(port)["problems"] == []
    holder = psycopg2.connect(libpq_uri(uri))
    with holder, holder.cursor() as cursor:
        eventually(lambda: locked(cursor), 30)
        eventually(lambda: readiness(port)["problems"], 60)
        # Every second question is answered by the other instance, which is well.
        for _ in range(6):
            # Other timers need the row as well, and are unhealthy soon.
            said = readiness(port)["problems"]
            assert any(each.startswith("sessions: keep_time has not run for ") for each in said)
            assert all(each.endswith(f":{sessions.pid}") for each in said)
            assert "sessions" not in readiness(port)["not_answering"]
    holder.close()
    eventually(lambda: not readiness(port)["problems"], 30)
    said = sessions.log.read_text()
    assert said.count("keep_time failed and will try again") == 1
    assert said.count("keep_time works again") == 1
    assert "Traceback" not in said and sessions.runs


def locked(cursor):
    """Whether the row is locked that the timer needs; before its first run there is none."""
    cursor.execute("SELECT * FROM pulse FOR UPDATE")
    return cursor.fetchall()


def readiness(port):
    """What /readyz says; no service where the gateway does not answer yet."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        said = json.loads(answer.read())
    except ConnectionError:
        return {"not_answering": ["sessions"], "problems": []}
    finally:
        connection.close()
    assert said["ready"] is (answer.status == 200)
    return said
