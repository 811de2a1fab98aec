"""The launcher and its supervisor as processes: restarts, and how all ends."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import INTERFACE
from tests.tools.launch import processes
from tests.tools.launch.run import WITH_FAKES, Run
from tools.launch.broker import Broker
from tools.launch.ports import free_ports


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    run = Run(tmp_path_factory.mktemp("run") / "var")
    try:
        run.await_line("Arbiter is up")
        yield run
    finally:
        run.end()


def test_the_supervisor_prints_its_address_and_labelled_output(run: Run) -> None:
    lines = run.output().splitlines()
    address = f"Arbiter is up: http://localhost:{run.port}  (Ctrl-C stops it)"
    assert [line for line in lines if "localhost" in line] == [address]
    assert "steady     | I am steady" in lines
    assert "mortal     | I am mortal" in lines


def test_a_process_that_dies_is_restarted_alone(run: Run) -> None:
    steady, mortal = run.process_of("sleep 1000"), run.process_of("sleep 1001")
    os.kill(mortal, signal.SIGKILL)
    run.await_line("I am mortal", times=2)
    run.await_line("supervisor | mortal (terminated by SIGKILL), and is restarted")
    assert run.process_of("sleep 1000") == steady


def test_a_process_that_can_not_start_is_retried_slower(run: Run) -> None:
    run.await_line("I am hapless", times=3)
    log = (run.folder / "log" / "supervisord.log").read_text()
    seconds = [
        int(hours) * 3600 + int(minutes) * 60 + int(whole) + int(thousandths) / 1000
        for hours, minutes, whole, thousandths in re.findall(
            r"(\d\d):(\d\d):(\d\d),(\d{3}) \w+ spawned: 'hapless'", log
        )
    ]
    pauses = [(after - before) % 86400 for before, after in pairwise(seconds[:3])]
    assert pauses[0] >= 1 and pauses[1] >= 2


def test_a_folder_is_locked_while_it_is_in_use(run: Run) -> None:
    second = subprocess.run(
        [sys.executable, "-m", WITH_FAKES, str(run.folder)],
        env={**os.environ, "PORT": str(free_ports(1)[0])},
        capture_output=True,
        text=True,
    )
    assert second.returncode == 1
    assert second.stdout == ""
    assert second.stderr == (
        f"Arbiter already runs from {run.folder}, or is still stopping: end that first.\n"
    )


def test_everything_stops_if_the_launcher_is_killed(run: Run) -> None:  # comes last
    run.process.kill()
    assert processes.eventually(lambda: not processes.with_folder(run.folder), timeout=90)


def test_if_the_supervisor_is_killed_everything_stops(tmp_path: Path, broker: Broker) -> None:
    run = Run(tmp_path / "var", AMQP_URI=broker.uri(INTERFACE))
    try:
        run.await_line("Arbiter is up")
        os.kill(int((run.folder / "supervisord.pid").read_text()), signal.SIGKILL)
        assert run.process.wait(90) == 1
        assert "The supervisor has ended: see " in run.output()
        assert "RabbitMQ" not in run.output(), "it has started a broker beside the given one"
    finally:
        run.end()
    assert processes.eventually(lambda: not processes.with_folder(run.folder), timeout=90)


def test_control_c_stops_everything_in_order(tmp_path: Path) -> None:
    run = Run(tmp_path / "var")
    try:
        run.await_line("Arbiter is up")
        assert len(processes.with_folder(run.folder)) > 6
        run.press_control_c()
        assert run.process.wait(90) == 0
    finally:
        run.end()
    assert processes.eventually(lambda: not processes.with_folder(run.folder), timeout=90)
    log = (run.folder / "log" / "supervisord.log").read_text()
    stopped = re.findall(r"stopped: (\w+)", log)
    assert stopped[0] == "gateway"
    assert stopped[-2:] == ["broker", "epmd"]
    assert set(stopped[1:-2]) >= {"steady", "mortal"}
    assert "Traceback" not in run.output()
