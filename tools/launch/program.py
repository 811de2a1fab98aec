"""A program to run: its command, its environment, and how it is started and ended."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """A process to be, with the environment of whoever starts it, or exactly the one given.

    `patience` is how many seconds it is given to end after the signal that asks it to, and
    `settings` are added to its environment.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    patience: int = 10
    stop_signal: str = "TERM"
    settings: Mapping[str, str] = field(default_factory=dict)

    def argv(self) -> list[str]:
        """Return the whole command. The program does not outlive the process that runs it."""
        argv = with_its_parent("KILL", self.command)
        bare = [] if self.environment is None else ["-i"]
        settings = {**(self.environment or {}), **self.settings}
        if not bare and not settings:
            return argv
        return ["env", *bare, *(f"{name}={value}" for name, value in settings.items()), *argv]

    def spawn(self, log: Path) -> subprocess.Popen[bytes]:
        """Start it in a session of its own, out of a terminal's reach; its words go to `log`."""
        with log.open("ab") as said:
            return subprocess.Popen(
                self.argv(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def with_its_parent(signal_name: str, command: Sequence[str]) -> list[str]:
    """Return the command so that it gets this signal when its parent dies, even by SIGKILL."""
    return ["setpriv", "--pdeathsig", signal_name, *command]


def end(process: subprocess.Popen[bytes], patience: float, stop_signal: str = "TERM") -> None:
    """End what `spawn` started: by this signal, and after so many seconds SIGKILL to its group."""
    process.send_signal(signal.Signals[f"SIG{stop_signal}"])
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
