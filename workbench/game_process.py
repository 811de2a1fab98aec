"""Keeps the process that runs the author's code, and ends it where it does not answer."""

import json
import select
import subprocess
import sys
from typing import Any

ANSWER_SECONDS = 10.0
START_SECONDS = 30.0


class GameProcess:
    """A process for one version of the code; started when it is first asked."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, do: str, **request: Any) -> dict[str, Any]:
        """Return the answer, or `{error}` where the code does not come to an end, or dies."""
        patience = ANSWER_SECONDS if self._process else START_SECONDS
        process = self._process = self._process or self._start()
        assert process.stdin and process.stdout
        try:
            process.stdin.write(json.dumps({"do": do, **request}).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            return self._failed("The process of the game has ended.")
        line = self._line(process.stdout, patience)
        if line is None:
            return self._failed(f"The game had not answered after {patience:.0f} s, and was ended.")
        if not line:
            return self._failed("The process of the game has ended.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        """End the process; the next request starts one with the code as it is then."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "workbench.worker", self._target],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
        )

    @staticmethod
    def _line(output: Any, patience: float) -> bytes | None:
        """Return a line; None where none has come in time, nothing where none will come."""
        line = b""
        while not line.endswith(b"\n"):
            if not select.select([output], [], [], patience)[0]:
                return None
            part = output.read(65536)
            if not part:
                return b""
            line += part
        return line

    def _failed(self, sentence: str) -> dict[str, Any]:
        self.end()
        return {"error": sentence}
