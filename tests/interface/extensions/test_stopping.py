"""A service's process ends when it is told to, whatever it is doing."""

import signal
import time

import eventlet
import pytest

from extensions.errors import UNANSWERED_ERRORS
from tests import forking
from tests.stack import eventually
from tools.launch.ports import free_ports

# What it is given to end. That it takes 8 seconds at most is shown by tests/unit of the container.
TIMEOUT_SECONDS = 60
as_operators_do = pytest.mark.parametrize("spawn", [forking.spawn_anew], ids=["nameko run"])


@pytest.fixture
def start(start_process):
    """Starts a service, and returns when it has read its settings."""

    def start(service, **settings):
        process = start_process("nameko", f"{service}.service", **settings)
        eventually(lambda: process.has_said(b"starting services"), 30)
        return process

    return start


@pytest.fixture
def rooms(start, cluster):
    """The process of a service that answers calls."""

    def answers():
        try:
            return cluster.rooms.ping()
        except UNANSWERED_ERRORS:
            return None

    process = start("rooms")
    eventually(answers, 30)
    return process


def await_failing(process):
    def fails():
        assert process.runs, process.log.read_text()
        return b"broker_link failed" in process.log.read_bytes()

    eventually(fails, 30)


def assert_ends_well(process):
    assert process.ends(TIMEOUT_SECONDS), "it had to be killed"
    said = process.log.read_text()
    assert (process.status, "Traceback" in said) == (0, False), said


@pytest.mark.parametrize("service", ["accounts", "rooms"])
@pytest.mark.parametrize("delay", [0.0, 0.1, 0.2, 0.4, 0.8])
def test_a_service_ends_at_any_moment_of_its_start(start, service, delay):
    process = start(service)
    time.sleep(delay)
    process.signal(signal.SIGTERM)
    assert_ends_well(process)


@as_operators_do
def test_a_service_ends_while_it_waits_for_the_broker(start):
    [port] = free_ports(1)
    process = start("rooms", AMQP_URI=f"amqp://guest:guest@127.0.0.1:{port}/")
    await_failing(process)
    process.signal(signal.SIGTERM)
    assert_ends_well(process)


@as_operators_do
def test_a_service_told_to_end_several_times_ends_once(rooms):
    for _ in range(3):
        rooms.signal(signal.SIGTERM)
        time.sleep(0.1)
    assert rooms.ends(TIMEOUT_SECONDS), "it had to be killed"
    # A signal may come when Python has ended, and has no handler any more.
    assert rooms.status in (0, -signal.SIGTERM) and "Traceback" not in rooms.log.read_text()


@pytest.mark.usefixtures("outage")
def test_a_service_ends_while_the_broker_is_away_again(rooms, broker):
    broker.kill()
    try:
        await_failing(rooms)
        rooms.signal(signal.SIGTERM)
        assert rooms.ends(TIMEOUT_SECONDS), "it had to be killed"
        assert rooms.status == 0, rooms.log.read_text()
    finally:
        broker.start()


def test_a_restart_costs_no_call_and_each_is_served_once(start_process, cluster, tmp_path):
    command = "tests.interface.extensions.slow:SlowService"
    first, second = (start_process("nameko", command) for _ in range(2))
    for process in (first, second):
        eventually(lambda: process.takes_calls, 30)  # noqa: B023  it is called at once
    going, answers = [True], []

    def ask(caller):
        number = 0
        while going[0]:
            number += 1
            asked = f"{caller}.{number}"
            assert cluster.slow.work(asked, 0.3) == asked
            answers.append(asked)

    asking = [eventlet.spawn(ask, caller) for caller in range(8)]
    for process in (first, second, first):
        process.signal(signal.SIGTERM)
        assert_ends_well(process)
        process.start()
        eventually(lambda: process.takes_calls, 30)  # noqa: B023
    going[0] = False
    for each in asking:
        each.wait()
    started, done = served(tmp_path, "started"), served(tmp_path, "done")
    assert sorted(started) == sorted(done) == sorted(answers)


def served(folder, what):
    """The numbers of what has been noted, once for each time."""
    lines = [line.split() for line in (folder / "work").read_text().splitlines()]
    return [number for noted, number, _ in lines if noted == what]
