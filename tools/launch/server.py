"""A server of one process, as the engines beneath Arbiter are: started, stopped, killed."""

import subprocess
from abc import ABC, abstractmethod
from typing import Self

from tools.launch.program import Program, end


class Server(ABC):
    """A server with all that it writes in one folder, within reach of this machine only.

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
        """Start it, and return when clients can connect; raises Trouble after `timeout` seconds."""
        try:
            self._start(timeout)
        except BaseException:  # Ctrl-C too: nothing is to stay behind
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it in order: no process stays behind, and what it has stored stays in the folder."""
        running, self._running = self._running, None
        if running is not None:
            program = self.program()
            end(running, program.patience, program.stop_signal)

    def kill(self) -> None:
        """Kill the server (SIGKILL), as a crash would; `start` starts it again, where it was."""
        assert self._running is not None
        running, self._running = self._running, None
        running.kill()
        running.wait()

    @property
    def pid(self) -> int:
        """The server's process, while it runs."""
        assert self._running is not None
        return self._running.pid

    @abstractmethod
    def _start(self, timeout: float) -> None:
        """Start it, and set `_running`; raises Trouble where it is not up in time."""
