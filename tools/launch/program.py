"""A program: its command, its environment, and how it is started and stopped."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """A command, run in the environment of the process that starts it, or exactly in its own.

    `stop_seconds` is how long it may take to end after its stop signal. `settings` are added to
    the environment.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    stop_seconds: int = 10
    stop_signal: str = "TERM"
    settings: Mapping[str, str] = field(default_factory=dict)

    def argv(self) -> list[str]:
        """Return the whole command line; the program ends with the process that runs it."""
        argv = bound_to_parent("KILL", self.command)
        bare = [] if self.environment is None else ["-i"]
        settings = {**(self.environment or {}), **self.settings}
        if not bare and not settings:
            return argv
        return ["env", *bare, *(f"{name}={value}" for name, value in settings.items()), *argv]

    def spawn(self, log: Path) -> subprocess.Popen[bytes]:
        """Start it in a session of its own, without a terminal; its output is added to `log`."""
        with log.open("ab") as output:
            return subprocess.Popen(
                self.argv(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def bound_to_parent(signal_name: str, command: Sequence[str]) -> list[str]:
    """Return a command line that gets this signal when its parent ends, even by SIGKILL."""
    return ["setpriv", "--pdeathsig", signal_name, *command]


def stop_process(
    process: subprocess.Popen[bytes], seconds: float, stop_signal: str = "TERM"
) -> None:
    """Stop what `spawn` started by a signal, and after some seconds by SIGKILL to its group."""
    process.send_signal(signal.Signals[f"SIG{stop_signal}"])
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
