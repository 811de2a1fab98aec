"""A supervisord over groups of programs: started, used and stopped."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import DEVNULL
from typing import IO, Any
from xmlrpc.client import Fault, ProtocolError, ServerProxy  # nosec B411

from supervisor.xmlrpc import SupervisorTransport

from tools.errors import ToolError
from tools.launch import supervisord
from tools.launch.polling import wait_while
from tools.launch.program import Program, bound_to_parent

ENDED_AT_ONCE = "Exited too quickly"  # as supervisord says of one that it could start


class Supervisor:
    """Programs in groups, under a supervisord that restarts each one that ends, without limit.

    A program is first started by `start`. The groups are stopped in reverse order, also when the
    process that started the supervisor dies.
    """

    def __init__(
        self, folder: Path, groups: Mapping[str, Sequence[Program]], directory: Path
    ) -> None:
        """Take a folder for its files and logs, the groups by name, and the working directory."""
        self.folder = folder
        self.directory = directory
        self.groups = groups
        self._process: subprocess.Popen[bytes] | None = None
        socket = folder / "supervisor.sock"
        # A socket's path has at most 107 bytes, so that a deep checkout needs the relative one.
        self._socket = min(str(socket), os.path.relpath(socket), key=len)

    def programs(self) -> list[Program]:
        """Return the programs of all groups."""
        return [program for programs in self.groups.values() for program in programs]

    def log(self, program: str) -> Path:
        """Return the file with the output of this program."""
        return supervisord.log(self.folder, program)

    def launch(self, environment: Mapping[str, str], lock: IO[str] | int = DEVNULL) -> None:
        """Start supervisord, whose programs have this environment.

        The file `lock` stays locked until supervisord has ended, even if this process dies first.
        """
        (self.folder / "log").mkdir(parents=True, exist_ok=True)
        configuration = self.folder / "supervisord.conf"
        configuration.write_text(
            supervisord.configuration(self.folder, self._socket, self.groups, self.directory)
        )
        command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(configuration)]
        with (self.folder / "log" / "supervisord.out").open("wb") as output:
            self._process = subprocess.Popen(
                bound_to_parent("TERM", command),
                env=environment,
                stdin=lock,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C is handled by the process that started this, which stops it in order.
                start_new_session=True,
            )
        wait_while(self._problem, timeout=30, interval=0.05)

    def start(self, program: Program) -> None:
        """Start a program; return when its process runs, which may be before it serves."""
        group = next(name for name, programs in self.groups.items() if program in programs)
        name = f"{group}:{program.name}"
        try:
            self._calls().startProcess(name, False)
        except Fault as fault:
            known = self._calls().getProcessInfo(name)
            if known["spawnerr"].startswith(ENDED_AT_ONCE):
                return  # it is started again like any that ends
            raise ToolError(f"{program.name} can't be started: {fault.faultString}.") from None

    def pids(self) -> dict[str, int]:
        """Return the process id of each program that runs now."""
        known = self._calls().getAllProcessInfo()
        return {program["name"]: program["pid"] for program in known if program["pid"]}

    def stop(self) -> None:
        """Stop all programs in order, then supervisord."""
        if self._process is None:
            return
        groups = self.groups.values()
        stop_seconds = sum(max(program.stop_seconds for program in group) for group in groups)
        self._process.terminate()
        try:
            self._process.wait(stop_seconds + 10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def has_ended(self) -> bool:
        """Return whether supervisord has ended, and with it all its programs."""
        return self._process is None or self._process.poll() is not None

    def _calls(self) -> Any:
        # Made for each call: a proxy that once could not connect never does.
        transport = SupervisorTransport(serverurl=f"unix://{self._socket}")
        return ServerProxy("http://localhost", transport=transport).supervisor

    def _problem(self) -> str | None:
        if self.has_ended():
            output = self.folder / "log" / "supervisord.out"
            raise ToolError(f"The supervisor could not start: see {output}.")
        try:
            self._calls().getState()
        except (OSError, ProtocolError) as error:
            return f"The supervisor does not answer ({error})."
        return None
