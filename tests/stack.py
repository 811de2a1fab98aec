"""All of Arbiter as an operator runs it, for tests: the services and gateways as processes."""

import http.client
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from extensions.fault_points import Point
from tests import forking
from tools.errors import ToolError
from tools.launch.polling import wait_while
from tools.launch.ports import free_ports
from tools.launch.program import stop_process

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("accounts", "auth", "private_rooms", "rooms", "searcher", "sessions")
PATIENCE = 90  # seconds until a process has started or ended

# Short enough to be waited for, and long enough for two cores that do everything at once, and for
# a machine that stands still for two seconds now and then.
GRACE = 2.5
ROOM_TTL = 8.0  # a gateway renews every 3 s
GATEWAY_LEASE = 10.0
SEARCH_EXPIRY = 6.0
SEARCH_WIDENING = 2.0
SETTINGS = {
    "TOKEN_SECRET": "a secret for the tests, long enough to sign with",
    "RPC_TIMEOUT": 5.0,
    "GRACE": GRACE,
    "ROOM_TTL": ROOM_TTL,
    "GATEWAY_LEASE": GATEWAY_LEASE,
    "SEARCH_EXPIRY": SEARCH_EXPIRY,
    "SEARCH_WIDENING": SEARCH_WIDENING,
    "RATE_LIMITS": "off",  # all players come from one address, and ask as fast as they can
    "ALLOWED_ORIGINS": "https://friend.example, http://localhost:3000",
}


def bare_environment() -> dict[str, str]:
    """The environment without any of Arbiter's settings, whatever is set where the tests run."""
    names = set(re.findall(r"\$\{(\w+)", (ROOT / "config.yaml").read_text()))
    return {name: value for name, value in os.environ.items() if name not in names}


class Process:
    """One process of the stack: started, killed and started again; its words go to a file."""

    def __init__(
        self, name: str, arguments: list[str], settings: dict[str, Any], folder: Path,
        spawn: Callable[..., Any] = forking.spawn,
    ):
        """Take the arguments of `python -m`, and the settings beside those of config.yaml."""
        self.name = name
        self.log = folder / f"{name}.log"
        self.settings = settings
        self.status: int | None = None
        self._arguments = arguments
        self._spawn = spawn
        self._running: forking.Forked | subprocess.Popen | None = None
        self._said_before = 0

    @property
    def port(self) -> int:
        return self.settings["PORT"]

    @property
    def metrics_port(self) -> int:
        return self.settings["METRICS_PORT"]

    def start(self) -> None:
        self._said_before = self.log.stat().st_size if self.log.exists() else 0
        settings = {name: str(value) for name, value in self.settings.items()}
        self._running = self._spawn(self._arguments, {**bare_environment(), **settings}, self.log)

    def kill(self) -> None:
        """End it as a crash would, by SIGKILL."""
        running, self._running = self._running, None
        running.kill()
        running.wait()

    def stop(self) -> None:
        """End it in good order, by SIGTERM."""
        running, self._running = self._running, None
        if running is not None:
            stop_process(running, PATIENCE)

    @property
    def pid(self) -> int:
        return self._running.pid

    def signal(self, number: int) -> None:
        self._running.send_signal(number)

    def ends(self, timeout: float) -> bool:
        """Whether it ends in time, by itself or by a signal sent before; it is killed if not."""
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
        """Whether it has ended without having been told to."""
        return self._running is not None and self._running.poll() is not None

    @property
    def takes_calls(self) -> bool:
        """Whether a service has come so far; another instance may answer while it has not."""
        return self.has_said(b" takes calls")

    @property
    def listens(self) -> bool:
        """Whether a gateway has come so far."""
        return self.has_said(b"Listening on port")

    @property
    def runs(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def has_said(self, words: bytes) -> bool:
        """Whether it has said so since it started; before it says anything, there is no log."""
        return self.log.exists() and words in self.log.read_bytes()[self._said_before:]


class Stack:
    """The six services and the gateway, on one vhost and in one folder; a context manager.

    There may be more `instances` of each service. What is done to one by its name is done to all.
    """

    def __init__(self, folder: Path, amqp_uri: str, instances: int = 1, **settings: Any):
        self.folder = folder
        port, metrics_port, *metrics_ports = free_ports(2 + len(SERVICES) * instances)
        self.settings = {
            **SETTINGS, "AMQP_URI": amqp_uri, "DATA_DIR": folder / "data", "PORT": port,
            "METRICS_PORT": metrics_port, **settings,
        }
        nameko = ["nameko", "run", "--config", "config.yaml"]
        self.processes = {}
        for service in SERVICES:
            for number in range(1, instances + 1):
                name = service if number == 1 else f"{service}-{number}"
                arguments = [*nameko, f"{service}.service"]
                its = {**self.settings, "METRICS_PORT": metrics_ports.pop()}
                self.processes[name] = Process(name, arguments, its, folder)
        self.processes["gateway"] = self._gateway("gateway", self.settings)
        self._shown: dict[str, int] = {}

    def __enter__(self) -> "Stack":
        try:
            self.start(*self.processes)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # Processes

    def start(self, *names: str) -> None:
        """Start what of these does not run, and return when the gateway says that all is well."""
        for process in self._instances(*names):
            if not process.runs:
                process.start()
        self.wait_until_ready()

    def kill(self, *names: str) -> None:
        """End processes as a crash would."""
        for process in self._instances(*names):
            process.kill()

    def restart(self, *names: str) -> None:
        """Kill processes, and start them again."""
        self.kill(*names)
        self.start(*names)

    def pause(self, name: str) -> None:
        """Stop a process in its tracks: it is there, and does not answer."""
        for process in self._instances(name):
            process.signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        for process in self._instances(name):
            process.signal(signal.SIGCONT)

    @contextmanager
    def given(self, *names: str, **settings: Any) -> Iterator[None]:
        """Run processes with other settings for a while."""
        before = {process: process.settings for process in self._instances(*names)}
        for process in before:
            process.settings = {**process.settings, **settings}
        self.restart(*names)
        try:
            yield
        finally:
            for process, its in before.items():
                process.settings = its
            if all(process.runs for process in before):
                self.restart(*names)

    @contextmanager
    def armed(self, name: str, point: Point, *words: str) -> Iterator[Callable[[], None]]:
        """Run a process that dies at a fault point, where all the words are mentioned there.

        What is given waits for the death, and starts what has died again, unarmed. Of several
        instances one dies, and the others go on.
        """
        mark = self.folder / f"death {time.monotonic_ns()}"
        arming = {"FAULT_POINT": point, "FAULT_MARK": mark, "FAULT_ONLY": " ".join(words)}
        armed = {process: process.settings for process in self._instances(name)}

        def await_death() -> None:
            [dead] = eventually(
                lambda: [each for each in armed if each.ended], what=f"A death {point}"
            )
            assert dead.ends(PATIENCE) and dead.status == -signal.SIGKILL, self.said(name)
            assert mark.read_text() == point
            dead.settings = armed.pop(dead)
            self.start(name)

        for process in armed:
            process.settings = {**process.settings, **arming}
        self.restart(name)
        try:
            yield await_death
        finally:
            for process, its in armed.items():
                process.settings = its
                if process.runs:
                    process.kill()
            self.start(name)

    def start_gateway(self, name: str = "second gateway", **settings: Any) -> Process:
        """Start a gateway beside the first one; `remove` takes it away again."""
        port, metrics_port = free_ports(2)
        own = {"PORT": port, "METRICS_PORT": metrics_port}
        process = self._gateway(name, {**self.settings, **own, **settings})
        self.processes[name] = process
        process.start()
        self.wait_until_ready(port)
        return process

    def remove(self, name: str) -> None:
        """Stop an additional gateway, where it still runs."""
        self.processes.pop(name).stop()

    def stop(self) -> None:
        """Stop all processes in good order, side by side; none is left behind in any case."""
        running = [process for process in self.processes.values() if process.runs]
        for process in running:
            process.signal(signal.SIGCONT)
            process.signal(signal.SIGTERM)
        stubborn = [process.name for process in running if not process.ends(PATIENCE)]
        assert not stubborn, f"{', '.join(stubborn)} had to be killed"

    def revive(self) -> list[str]:
        """Start what does not run, so that the next test has all; the names of what had ended."""
        ended = [name for name, process in self.processes.items() if process.ended]
        away = [name for name, process in self.processes.items() if not process.runs]
        if away:
            self.start(*away)
        return ended

    # Reaching it

    @property
    def port(self) -> int:
        return self.settings["PORT"]

    def url(self, port: int | None = None) -> str:
        """Where a gateway's WebSocket is."""
        return f"ws://127.0.0.1:{port or self.port}/ws"

    def request(
        self, method: str, path: str, body: str | bytes | None = None,
        headers: dict[str, str] | None = None, port: int | None = None,
    ) -> tuple[int, str]:
        """The status and the text of an HTTP answer."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=15)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def readiness(self, port: int | None = None) -> tuple[int, list[str]]:
        """The status of /readyz, and what it names as not answering."""
        status, text = self.request("GET", "/readyz", port=port)
        return status, json.loads(text)["not_answering"]

    def wait_until_ready(self, port: int | None = None) -> None:
        wait_while(lambda: self._unready(port), PATIENCE)

    def _instances(self, *names: str) -> list[Process]:
        return [
            process for each, process in self.processes.items()
            if each in names or each.rpartition("-")[0] in names
        ]

    def _unready(self, port: int | None) -> str | None:
        if ended := [name for name, process in self.processes.items() if process.ended]:
            raise ToolError(f"{', '.join(ended)} ended at the start:\n{self.said(*ended)}")
        try:
            status, missing = self.readiness(port)
        except (OSError, http.client.HTTPException) as error:
            return f"The gateway does not answer: {error}"
        missing += [
            name for name, process in self.processes.items()
            if name.partition("-")[0] in SERVICES and process.runs and not process.takes_calls
        ]
        return None if status == 200 and not missing else f"These do not answer: {missing}"

    # What the processes say

    def listen(self) -> None:
        """Forget what has been said so far."""
        self._shown = {
            name: process.log.stat().st_size for name, process in self.processes.items()
            if process.log.exists()
        }

    def said(self, *names: str) -> str:
        """What processes, or all, have said since `listen`."""
        parts = []
        for process in self._instances(*names) if names else self.processes.values():
            name, log = process.name, process.log
            said = log.read_bytes()[self._shown.get(name, 0):] if log.exists() else b""
            if said:
                parts.append(f"--- {name}\n{said.decode(errors='replace')}")
        return "\n".join(parts)

    def _gateway(self, name: str, settings: dict[str, Any]) -> Process:
        arguments = ["gateway", "--config", "config.yaml"]
        return Process(name, arguments, settings, self.folder)


def eventually(
    check: Callable[[], Any], timeout: float = 30.0, what: str = "what was waited for"
) -> Any:
    """The first true value that `check` returns; AssertionError where there is none in time."""
    deadline = time.monotonic() + timeout
    while not (found := check()):
        assert time.monotonic() < deadline, f"{what} has not come within {timeout} s"
        time.sleep(0.05)
    return found
