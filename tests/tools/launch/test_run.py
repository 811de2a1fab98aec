"""The launcher and its supervisor as processes: restarts, and how all ends."""

import os
import pty
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
from tools.launch.broker import Broker
from tools.launch.ports import free_ports

RUN = "tests.tools.launch.run_with_fakes"


class Run:
    """`make run` with fakes, in a terminal of its own, with its output in a file."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        (self.port,) = free_ports(1)
        self._output = folder.with_suffix(".output")
        self._terminal, theirs = pty.openpty()
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                ["setsid", "--ctty", sys.executable, "-m", RUN, str(folder)],
                env={**os.environ, "PORT": str(self.port), "MARK": str(folder), **settings},
                stdin=theirs,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        os.close(theirs)

    def output(self) -> str:
        return self._output.read_text()

    def await_line(self, text: str, times: int = 1) -> None:
        """Return when it has printed a text so many times; fail where it does not."""

        def printed_or_ended() -> bool:
            return self.output().count(text) >= times or self.process.poll() is not None

        processes.eventually(printed_or_ended, timeout=90)
        assert self.output().count(text) >= times, self.output()

    def process_of(self, command: str) -> int:
        """Return the id of the one process with this command."""
        (pid,) = (pid for pid, its in processes.with_folder(self.folder).items() if its == command)
        return pid

    def press_control_c(self) -> None:
        os.write(self._terminal, b"\x03")

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        os.close(self._terminal)


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
        [sys.executable, "-m", RUN, str(run.folder)],
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
