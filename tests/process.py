"""A process of Arbiter, as tests start and end it."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from extensions.settings import types_by_name
from tests import forking
from tools.launch.program import stop_process

ROOT = Path(__file__).resolve().parent.parent
STOP_TIMEOUT_SECONDS = 90
LAST_LINES = 30  # that are shown of what a process has logged


def bare_environment() -> dict[str, str]:
    """Return the environment of the tests without any of Arbiter's settings."""
    names = types_by_name()
    return {name: value for name, value in os.environ.items() if name not in names}


class Process:
    """A process that can be started, killed and started again; its output goes to a log."""

    def __init__(
        self, name: str, arguments: list[str], settings: dict[str, Any], folder: Path,
        spawn: Callable[..., Any] = forking.spawn,
    ):
        """Take the arguments of `python -m`, and settings that override those of config.yaml.

        `spawn` is what starts it.
        """
        self.name = name
        self.log = folder / f"{name}.log"
        self.settings = settings
        self.status: int | None = None
        self._arguments = arguments
        self.spawn = spawn
        self._running: forking.Forked | subprocess.Popen | None = None
        self._log_offset = 0

    @property
    def port(self) -> int:
        return self.settings["PORT"]

    @property
    def metrics_port(self) -> int:
        return self.settings["METRICS_PORT"]

    def start(self) -> None:
        """Start it; what it logged before counts as another process's."""
        self._log_offset = self.log.stat().st_size if self.log.exists() else 0
        settings = {name: str(value) for name, value in self.settings.items()}
        self._running = self.spawn(self._arguments, {**bare_environment(), **settings}, self.log)

    def kill(self) -> None:
        """End it by SIGKILL, as a crash would."""
        running, self._running = self._running, None
        running.kill()
        running.wait()

    def stop(self) -> None:
        """End it by SIGTERM, and by SIGKILL where it does not end in time."""
        running, self._running = self._running, None
        if running is not None:
            stop_process(running, STOP_TIMEOUT_SECONDS)

    @property
    def pid(self) -> int:
        return self._running.pid

    def signal(self, number: int) -> None:
        self._running.send_signal(number)

    def ends(self, timeout: float) -> bool:
        """Return whether it ends within so many seconds; kill it where it does not."""
        running, self._running = self._running, None
        try:
            self.status = running.wait(timeout)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
            return False
        return True

    @property
    def ended(self) -> bool:
        """Tell whether it has ended by itself."""
        return self._running is not None and self._running.poll() is not None

    @property
    def end(self) -> str:
        """Tell how it has ended: its status, and the last that it logged."""
        status = self._running.poll()
        how = signal.Signals(-status).name if status < 0 else f"status {status}"
        last = b"\n".join(self._logged().splitlines()[-LAST_LINES:]).decode(errors="replace")
        return f"{self.name} ended by {how}. Its last output:\n{last or 'none'}"

    @property
    def takes_calls(self) -> bool:
        """Tell whether a service has started; another instance may answer before it has."""
        return self.has_said(b" takes calls")

    @property
    def listens(self) -> bool:
        """Tell whether a gateway has started."""
        return self.has_said(b"Listening on ")

    @property
    def runs(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def has_said(self, words: bytes) -> bool:
        """Tell whether it has logged these words since it started."""
        return words in self._logged()

    def _logged(self) -> bytes:
        """Return what it has logged since it started."""
        return self.log.read_bytes()[self._log_offset:] if self.log.exists() else b""
