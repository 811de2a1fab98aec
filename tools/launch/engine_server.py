"""A database server of one process: started, stopped, killed."""

import subprocess
from abc import ABC, abstractmethod
from typing import Self

from tools.launch.program import Program, stop_process


class EngineServer(ABC):
    """A server that keeps all its files in one folder, and listens to this machine only.

    A context manager, for tests: started on entering, stopped on leaving.
    """

    _running: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def program(self) -> Program:
        """Return its process."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self, timeout: float = 60) -> None:
        """Start it; return when clients can connect, or raise ToolError after `timeout` seconds."""
        try:
            self._start(timeout)
        except BaseException:  # Ctrl-C too: no process may be left behind
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it and all its processes; what it has stored stays in the folder."""
        running, self._running = self._running, None
        if running is not None:
            program = self.program()
            stop_process(running, program.stop_seconds, program.stop_signal)

    def kill(self) -> None:
        """Kill the server by SIGKILL; `start` starts it again at the same address."""
        assert self._running is not None
        running, self._running = self._running, None
        running.kill()
        running.wait()

    @abstractmethod
    def _start(self, timeout: float) -> None:
        """Start it and set `_running`; raise ToolError where clients can't connect in time."""
