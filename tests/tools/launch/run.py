"""The launcher as a process: what it prints, and how it is ended."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.tools.launch import processes
from tools.launch.ports import free_ports

WITH_FAKES = "tests.tools.launch.run_with_fakes"
WHOLE = "tests.tools.launch.run_whole"


class Run:
    """`make run` in a terminal of its own, with its output in a file.

    The module runs the launcher in a folder that it is given.
    """

    def __init__(self, folder: Path, module: str = WITH_FAKES, **settings: str) -> None:
        self.folder = folder
        (self.port,) = free_ports(1)
        self._output = folder.with_suffix(".output")
        self._terminal, theirs = pty.openpty()
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                ["setsid", "--ctty", sys.executable, "-m", module, str(folder)],
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
        self.process.wait(90)
        os.close(self._terminal)
