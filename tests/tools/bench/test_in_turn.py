"""Measuring servers by turns: all others are stopped meanwhile."""

import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from tools.bench import in_turn
from tools.bench.in_turn import mean, measure_in_turn
from tools.launch.polling import wait_while

WAIT = "sh -c 'echo; read line'; true"  # a shell with a child


def moves(rate, **by_kind):
    return {"moves_per_second": rate, "cpu_ms_by_kind": by_kind, "errors": 1}


@pytest.fixture
def servers():
    """Two servers of one program, each of which has a child."""
    with ExitStack() as running:
        made = []
        for _ in range(2):
            process = running.enter_context(subprocess.Popen(
                ["sh", "-c", WAIT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            ))
            process.stdout.readline()  # the child runs
            made.append({"rooms": process.pid})
        yield made


def states(server):
    """Return the states of the server's processes, of which T is stopped."""
    pid = server["rooms"]
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    assert children
    return {
        Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()[0]
        for each in (pid, *children)
    }


def await_states(server, is_right):
    """Wait until the processes are in these states, as a signal acts a moment after it is sent."""
    wait_while(lambda: None if is_right(states(server)) else "It is in other states.", 30)


def is_stopped(found):
    return found == {"T"}


def runs(found):
    return "T" not in found


def test_one_server_runs_while_the_others_are_stopped(servers):
    order = []

    def measure(index):
        order.append(index)
        await_states(servers[1 - index], is_stopped)
        await_states(servers[index], runs)
        return moves(len(order))

    first, second = measure_in_turn(servers, measure, rounds=2)
    assert order == [0, 1, 1, 0]
    assert first["moves_per_second"] == second["moves_per_second"] == 2.5
    for each in servers:
        await_states(each, runs)


def test_servers_go_on_after_a_measurement_has_failed(servers):
    def fail(index):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        measure_in_turn(servers, fail)
    for each in servers:
        await_states(each, runs)


def test_a_process_that_ends_before_its_signal_is_no_error(servers, monkeypatch):
    ended = subprocess.Popen(["true"])
    ended.wait()
    monkeypatch.setattr(
        in_turn, "families", lambda roots: {root: [ended.pid, root] for root in roots}
    )
    measure_in_turn(servers, lambda index: moves(1), rounds=1)
    for each in servers:
        await_states(each, runs)


def test_the_mean_is_of_each_figure_and_process():
    assert mean([moves(1, gateway=2), moves(3, gateway=4, rooms=1)]) == {
        "moves_per_second": 2, "cpu_ms_by_kind": {"gateway": 3, "rooms": 0.5}, "errors": 2,
    }
