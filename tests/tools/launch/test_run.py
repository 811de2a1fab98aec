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

from tests.tools.launch import processes
from tools.launch.ports import free_ports


class Run:
    """`make run` over stand-ins, in a terminal of its own; what it shows goes to a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (self.port,) = free_ports(1)
        self._shown = folder.with_suffix(".shown")
        self._terminal, theirs = pty.openpty()
        with self._shown.open("wb") as shown:
            self.process = subprocess.Popen(
                ["setsid", "--ctty", sys.executable, "-m", "tests.tools.launch.standin", str(folder)],
                env={**os.environ, "PORT": str(self.port), "MARK": str(folder)},
                stdin=theirs,
                stdout=shown,
                stderr=subprocess.STDOUT,
            )
        os.close(theirs)

    def shown(self) -> str:
        return self._shown.read_text()

    def await_line(self, text: str, times: int = 1) -> None:
        """Return when it has shown this so many times; fails where that does not come."""

        def shown_or_ended() -> bool:
            return self.shown().count(text) >= times or self.process.poll() is not None

        processes.eventually(shown_or_ended, timeout=90)
        assert self.shown().count(text) >= times, self.shown()

    def process_of(self, command: str) -> int:
        """Return the one process that runs this command."""
        (pid,) = (pid for pid, its in processes.of(self.folder).items() if its == command)
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


def test_it_says_once_where_it_is_and_shows_who_says_what(run: Run) -> None:
    lines = run.shown().splitlines()
    address = f"Arbiter is up: http://localhost:{run.port}  (Ctrl-C stops it)"
    assert [line for line in lines if "localhost" in line] == [address]
    assert "steady     | I am steady" in lines
    assert "mortal     | I am mortal" in lines


def test_what_dies_is_started_again_alone(run: Run) -> None:
    steady, mortal = run.process_of("sleep 1000"), run.process_of("sleep 1001")
    os.kill(mortal, signal.SIGKILL)
    run.await_line("I am mortal", times=2)
    run.await_line("supervisor | mortal (terminated by SIGKILL), and is started again")
    assert run.process_of("sleep 1000") == steady


def test_what_can_not_start_is_tried_again_with_growing_pauses(run: Run) -> None:
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


def test_the_folder_is_for_one_at_a_time(run: Run) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "tests.tools.launch.standin", str(run.folder)],
        env={**os.environ, "PORT": str(free_ports(1)[0])},
        capture_output=True,
        text=True,
    )
    assert second.returncode == 1
    assert second.stdout == ""
    assert second.stderr == (
        f"Arbiter already runs from {run.folder}, or is still stopping: end that first.\n"
    )


def test_if_it_is_killed_itself_all_the_rest_still_stops(run: Run) -> None:  # so it comes last
    run.process.kill()
    assert processes.eventually(lambda: not processes.of(run.folder), timeout=90)


def test_control_c_stops_all_in_order_and_leaves_nothing(tmp_path: Path) -> None:
    run = Run(tmp_path / "var")
    try:
        run.await_line("Arbiter is up")
        assert len(processes.of(run.folder)) > 6
        run.press_control_c()
        assert run.process.wait(30) == 0
    finally:
        run.end()
    assert processes.eventually(lambda: not processes.of(run.folder), timeout=15)
    log = (run.folder / "log" / "supervisord.log").read_text()
    stopped = re.findall(r"stopped: (\w+)", log)
    assert stopped[0] == "gateway"
    assert stopped[-2:] == ["broker", "epmd"]
    assert set(stopped[1:-2]) >= {"steady", "mortal"}
    assert "Traceback" not in run.shown()
