"""supervisord over groups of programs: how it is started, used and stopped."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import DEVNULL
from typing import IO, Any
from xmlrpc.client import Fault, ProtocolError, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from tools.launch import Trouble, supervisord
from tools.launch.program import Program, with_its_parent
from tools.launch.waiting import wait_until


class Supervisor:
    """Programs in groups, under a supervisord that starts again, alone, what of them ends.

    It starts none by itself: `start` does. It never gives a program up. The groups are stopped in
    the reverse of their order, also when whoever started the supervisor dies.
    """

    def __init__(
        self, folder: Path, groups: Mapping[str, Sequence[Program]], directory: Path
    ) -> None:
        """Take a folder for its files and the logs, the groups by name, and where programs run."""
        self.folder = folder
        self.directory = directory
        self.groups = groups
        self._process: subprocess.Popen[bytes] | None = None
        socket = folder / "supervisor.sock"
        # A socket's path is at most 107 bytes long, so a checkout far down needs the relative one.
        self._socket = min(str(socket), os.path.relpath(socket), key=len)

    def programs(self) -> list[Program]:
        """Return the programs of all groups."""
        return [program for programs in self.groups.values() for program in programs]

    def log(self, program: str) -> Path:
        """Return the file that holds what this program says."""
        return supervisord.log(self.folder, program)

    def launch(self, environment: Mapping[str, str], lock: IO[str] | int = DEVNULL) -> None:
        """Start supervisord; its programs have this environment.

        What `lock` locks stays locked until supervisord has ended, whatever ends this process.
        """
        (self.folder / "log").mkdir(parents=True, exist_ok=True)
        configuration = self.folder / "supervisord.conf"
        configuration.write_text(
            supervisord.configuration(self.folder, self._socket, self.groups, self.directory)
        )
        command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(configuration)]
        with (self.folder / "log" / "supervisord.out").open("wb") as said:
            self._process = subprocess.Popen(
                with_its_parent("TERM", command),
                env=environment,
                stdin=lock,
                stdout=said,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal is for whoever started this, who stops it in order.
                start_new_session=True,
            )
        wait_until(self._unready, timeout=30, pause=0.05)

    def start(self, program: Program) -> None:
        """Start a program; returns when it runs, which is not yet when it is of use."""
        group = next(name for name, programs in self.groups.items() if program in programs)
        try:
            self._calls().startProcess(f"{group}:{program.name}", False)
        except Fault as fault:
            raise Trouble(f"{program.name} can't be started: {fault.faultString}.") from None

    def pids(self) -> dict[str, int]:
        """Return the process of each program that runs now."""
        known = self._calls().getAllProcessInfo()
        return {program["name"]: program["pid"] for program in known if program["pid"]}

    def stop(self) -> None:
        """Stop all programs in order, and then supervisord."""
        if self._process is None:
            return
        patience = sum(max(program.patience for program in group) for group in self.groups.values())
        self._process.terminate()
        try:
            self._process.wait(patience + 10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def ended(self) -> bool:
        """Return whether supervisord has ended, and so all that it ran."""
        return self._process is None or self._process.poll() is not None

    def _calls(self) -> Any:
        # Made anew for each call: one that could not connect once is of no more use.
        transport = SupervisorTransport(serverurl=f"unix://{self._socket}")
        return ServerProxy("http://localhost", transport=transport).supervisor

    def _unready(self) -> str | None:
        if self.ended():
            raise Trouble(f"The supervisor could not start: see {self.folder}/log/supervisord.out.")
        try:
            self._calls().getState()
        except (OSError, ProtocolError) as error:
            return f"The supervisor does not answer ({error})."
        return None
