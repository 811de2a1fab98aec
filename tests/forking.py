"""Starts processes of Arbiter by forking one that has already imported what all of them import.

Importing is most of what starting a service costs, and the tests start hundreds. Nothing of Arbiter
itself is imported beforehand: each process reads its environment and its code as always.
"""

import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tools.launch.program import Program, bound_to_parent

FORK_SERVER = r"""
import warnings
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
from tests.fork_server import main
main()
"""
POLL_INTERVAL_SECONDS = 0.01
_numbers = itertools.count()


class Forked:
    """A forked process; the part of subprocess.Popen that the tests need."""

    def __init__(self, pid: int, status: Path):
        self.pid = pid
        self.returncode: int | None = None
        self._status = status

    def poll(self) -> int | None:
        if self.returncode is None and self._status.exists():
            self.returncode = os.waitstatus_to_exitcode(int(self._status.read_text()))
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        give_up = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if give_up is not None and time.monotonic() > give_up:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(POLL_INTERVAL_SECONDS)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(9)


class ForkServer:
    """The process that others are forked from, started for the first of them."""

    def __init__(self):
        self._running: subprocess.Popen | None = None

    def spawn(
        self, arguments: list[str], environment: dict[str, str], log: Path,
        folder: str | Path = ".",
    ) -> Forked:
        """Start `python -m arguments` with exactly this environment; its output goes to `log`.

        The code is what is in the folder. It has a session of its own, and does not outlive this
        process.
        """
        if self._running is None:
            self._running = self._start()
        status = log.with_name(f"{log.name}.{next(_numbers)}.status")
        request = {
            "arguments": arguments, "environment": environment, "log": str(log),
            "status": str(status), "folder": str(folder),
        }
        self._running.stdin.write(json.dumps(request).encode() + b"\n")
        self._running.stdin.flush()
        return Forked(int(self._running.stdout.readline()), status)

    def _start(self) -> subprocess.Popen:
        command = [sys.executable, "-c", FORK_SERVER]
        return subprocess.Popen(
            bound_to_parent("KILL", command), start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )


spawn = ForkServer().spawn


def spawn_anew(
    arguments: list[str], environment: dict[str, str], log: Path
) -> subprocess.Popen[bytes]:
    """Start the same by the command that operators use, without forking."""
    return Program(log.stem, [sys.executable, "-m", *arguments], environment).spawn(log)
