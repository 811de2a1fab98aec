"""Starts load processes, and talks to those that stay."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tools.errors import ToolError

ROOT = Path(__file__).resolve().parent.parent.parent
END_TIMEOUT_SECONDS = 10


def command(name: str, setup: Path, **options: object) -> list[str]:
    """Return the command line of a load process."""
    return [
        sys.executable, "-W", "ignore", "-m", "tools.bench.load", name, str(setup),
        json.dumps(options),
    ]


def run(name: str, setup: Path, timeout: float, **options: object) -> Any:
    """Return the result of a measurement; raises ToolError where it fails or takes too long."""
    try:
        done = subprocess.run(
            command(name, setup, **options), cwd=ROOT, capture_output=True, text=True,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        raise ToolError(f"It was not done after {timeout:.0f} s.") from None
    if done.returncode:
        raise ToolError(_reason(done.stderr))
    return json.loads(done.stdout)


def start(name: str, setup: Path, **options: object) -> subprocess.Popen[str]:
    """Start a measurement that takes long; it prints its result as JSON when it ends."""
    return subprocess.Popen(
        command(name, setup, **options), cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


class LastingLoad:
    """A load process that stays, and does what is asked. A context manager."""

    def __init__(self, name: str, setup: Path, **options: object) -> None:
        self._process = subprocess.Popen(
            command(name, setup, **options), cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        self.pid = self._process.pid

    def ask(self, name: str, *arguments: object, timeout: float) -> Any:
        """Return what it answers; raises ToolError where it fails or takes too long."""
        assert self._process.stdin and self._process.stdout and self._process.stderr
        late = threading.Timer(timeout, self._process.kill)
        late.start()
        try:
            self._process.stdin.write(json.dumps([name, *arguments]) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:
            line = ""
        finally:
            late.cancel()
        if not line:
            reason = _reason(self._process.stderr.read())
            raise ToolError(f"{name}: {reason} (it had {timeout:.0f} s)")
        return json.loads(line)

    def __enter__(self) -> "LastingLoad":
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.communicate(timeout=END_TIMEOUT_SECONDS)


def _reason(output: str) -> str:
    lines = output.strip().splitlines()
    return lines[-1] if lines else "The load process has ended."
