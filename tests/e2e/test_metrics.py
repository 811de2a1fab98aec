"""Every process serves its metrics, including all that alarms and panels query."""

import json
import socket
from http.client import HTTPConnection

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests import postgres
from tests.bots import bots_of
from tests.e2e.playing import RESIGN, begin, both_move
from tests.monitored import METRICS, expressions, selected
from tests.stack import SERVICES, eventually

OF_PROMETHEUS = {"up", "ALERTS"}
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("_total",)}


def get(process, path):
    connection = HTTPConnection("127.0.0.1", process.metrics_port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200
        return answer.read().decode()
    finally:
        connection.close()


def accepts(port):
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def families(process):
    return list(text_string_to_metric_families(get(process, "/metrics")))


def told_by(process):
    """The names of all series that this process may tell."""
    return {
        family.name + suffix for family in families(process)
        for suffix in SUFFIXES.get(family.type, ("",))
    }


@pytest.fixture
def value(stack):
    """What a process tells of a metric: the sum of the series with these labels."""

    def value(name, metric, **labels):
        return sum(
            sample.value for family in families(stack.processes[name])
            for sample in family.samples
            if sample.name == metric and labels.items() <= sample.labels.items()
        )

    return value


@pytest.fixture
def without_sessions(stack, request):
    """The services of sessions and rooms with empty databases.

    In the others earlier tests have left sessions, and maybe filled rooms whose sessions are begun
    once more because a service was killed meanwhile.
    """
    new_database = request.getfixturevalue("new_postgres" if postgres.PRODUCTION else "new_sqlite")
    names = ("sessions", "rooms", "private_rooms")
    with stack.given(*names, **{f"{name.upper()}_DB_URI": new_database() for name in names}):
        yield


@pytest.mark.parametrize("name", [*SERVICES, "gateway"])
def test_a_process_reports_health_service_and_resources(stack, name):
    process = stack.processes[name]
    assert get(process, "/healthz") == "ok\n"
    assert json.loads(get(process, "/readyz")) == {"ready": True, "problems": []}
    samples = [sample for family in families(process) for sample in family.samples]
    assert {sample.labels["service"] for sample in samples} == {name}
    assert told_by(process) >= {"process_resident_memory_bytes", "process_open_fds"}


def test_every_queried_series_is_served_by_some_process(stack):
    asked = {series for _, expression in expressions() for series, _ in selected(expression)}
    told = set().union(*(told_by(process) for process in stack.processes.values()))
    assert asked - OF_PROMETHEUS <= told


@pytest.fixture
def bots(stack):
    """Computer opponents, as soon as they serve their metrics."""
    process = bots_of(stack)
    process.start()
    eventually(lambda: accepts(process.metrics_port), what="the bots' metrics")
    yield process
    process.stop()


def test_every_documented_metric_is_served_by_some_process(stack, bots):
    told = {
        family.name + ("_total" if family.type == "counter" else "")
        for process in (*stack.processes.values(), bots) for family in families(process)
    }
    assert set(METRICS) <= told


@pytest.mark.usefixtures("outage")
def test_only_the_gateways_metrics_ask_for_all_services(stack, value):
    gateway, rooms = stack.processes["gateway"], stack.processes["rooms"]
    eventually(lambda: value("gateway", "arbiter_gateway_ready") == 1)
    stack.pause("rooms")
    try:
        eventually(lambda: value("gateway", "arbiter_gateway_ready") == 0)
        assert json.loads(get(gateway, "/readyz"))["ready"]
    finally:
        stack.resume("rooms")
    eventually(lambda: value("gateway", "arbiter_gateway_ready") == 1)
    assert json.loads(get(rooms, "/readyz"))["ready"]


@pytest.mark.usefixtures("without_sessions")
def test_moves_and_sessions_are_counted(stack, two_players, value):
    commands = {"command": "move", "outcome": "ok"}
    moves = value("sessions", "arbiter_session_commands_total", **commands)
    calls = value("gateway", "arbiter_rpc_call_seconds_count", target="sessions")
    assert value("sessions", "arbiter_sessions_active") == 0
    one, other = two_players
    session_id = begin(one, other)
    both_move(one, other, session_id)
    assert value("sessions", "arbiter_sessions_active") == 1
    one.command(session_id, RESIGN)
    assert value("sessions", "arbiter_sessions_active") == 0
    if len(stack.processes) == len(SERVICES) + 1:  # else another instance may have decided them
        assert value("sessions", "arbiter_session_commands_total", **commands) == moves + 2
    assert value("gateway", "arbiter_rpc_call_seconds_count", target="sessions") > calls
    assert value("gateway", "arbiter_gateway_sockets") >= 2
    eventually(lambda: value("sessions", "arbiter_outbox_oldest_seconds") < 5)


def test_only_waiting_searches_are_counted(player, value):
    one = player()
    waiting = value("searcher", "arbiter_searches_waiting")
    one.call("searcher.start")
    assert value("searcher", "arbiter_searches_waiting") == waiting + 1
    one.call("searcher.stop")
    assert value("searcher", "arbiter_searches_waiting") == waiting


@pytest.mark.usefixtures("outage")
def test_a_call_without_an_answer_is_counted_by_its_caller(stack, player, value):
    with stack.given("gateway", RPC_TIMEOUT=3):
        one = player()
        before = value("gateway", "arbiter_rpc_calls_unanswered_total", target="rooms")
        stack.kill("rooms")
        one.refused("Unavailable", "rooms.list")
        assert value("gateway", "arbiter_rpc_calls_unanswered_total", target="rooms") > before
        stack.start("rooms")


def test_refusals_timers_and_latencies_are_counted_by_method(stack, player, value):
    one = player()
    one.refused("SessionNotFound", "sessions.get", session_id="none")
    refused = [
        value(name, "arbiter_service_requests_total", kind="rpc", outcome="SessionNotFound")
        for name in stack.processes if name.startswith("sessions")
    ]
    assert sum(refused) >= 1
    assert value("sessions", "arbiter_service_requests_total", kind="timer", outcome="ok") >= 1
    assert value("sessions", "arbiter_service_request_seconds_count", kind="rpc") >= 1
