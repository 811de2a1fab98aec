"""A broker that is short of memory or disk, and takes no messages from anybody."""

import time

import pytest

from client import Refused
from tests.conftest import OUTAGES
from tests.e2e.outages.conftest import GATEWAY_LEASE, RPC_TIMEOUT
from tests.e2e.playing import RESIGN, begin, both_move, wait_for_version
from tests.stack import SERVICES, Stack, eventually

STUCK_LOOP = 6.0  # seconds after which a process would end itself
GRACE = 2.5
INITIAL = 24  # seconds on a clock: the alarm itself may take some to be raised


@pytest.fixture(scope="module")
def running_stack(broker, production, tmp_path_factory):
    """All of Arbiter, whose processes end soon where they find themselves stuck."""
    folder, instances = tmp_path_factory.mktemp("stack"), 2 if production else 1
    settings = {
        **production, "GATEWAY_LEASE": GATEWAY_LEASE, "RPC_TIMEOUT": RPC_TIMEOUT,
        "STUCK_LOOP": STUCK_LOOP, "HEARTBEAT": 4,
    }
    with Stack(folder, broker.uri(OUTAGES), instances, **settings) as stack:
        yield stack


@pytest.fixture(params=["memory", "disk"])
def alarm(request, broker):
    """Raises an alarm of the broker, or clears it."""

    def alarm(is_raised):
        if request.param == "memory":
            broker.block(is_raised)
        else:
            broker.control("set_disk_free_limit", "1000000000000000" if is_raised else "50MB")

    yield alarm
    alarm(False)


def test_requests_are_refused_in_time_and_nobody_ends_itself(stack, alarm, two_players, player):
    one, other = two_players
    session_id = begin(one, other, clock={"initial": INITIAL, "increment": 0})
    last = both_move(one, other, session_id)
    alarm(True)
    began = time.monotonic()
    one.refused("Unavailable", "rooms.create")
    assert time.monotonic() - began < 2 * RPC_TIMEOUT
    assert stack.readiness() == (503, ["broker"])
    eventually(lambda: all_say_blocked(stack), 30, "the alarm in all metrics")
    time.sleep(max(INITIAL, GATEWAY_LEASE + GRACE, 3 * STUCK_LOOP))
    one.refused("Unavailable", "sessions.get", session_id=session_id)
    assert all(process.runs for process in stack.processes.values())

    alarm(False)
    session = eventually(lambda: forgiven(one, session_id), 30, "the time of the alarm")
    assert (session["status"], session["version"] >= last) == ("active", True)
    assert session["connected"] == [one.login, other.login]
    wait_for_version(other, session_id, one.move(session_id, session["legal"][0]))
    ended = other.command(session_id, RESIGN)["version"]
    for each in two_players:
        assert each.wait_for("session.ended")["version"] == ended
    stack.wait_until_ready()


def all_say_blocked(stack):
    """Tell whether all processes see the alarm, also those that publish nothing."""
    return all(
        f'arbiter_broker_blocked{{service="{name}"}} 1.0' in stack.request(
            "GET", "/metrics", port=stack.processes[name].metrics_port
        )[1]
        for name in (*SERVICES, "gateway")
    )


def forgiven(player, session_id):
    """Return a session once the service answers and has given back the time on its clock."""
    try:
        session = player.call("sessions.get", session_id=session_id)
    except Refused as refusal:
        assert refusal.type == "Unavailable"
        return None
    assert session["status"] == "active", session["result"]
    return session if session["clocks"][player.login] > 0 else None
