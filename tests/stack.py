"""All of Arbiter as an operator runs it, for tests: the services and gateways as processes."""

import http.client
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from extensions.fault_points import Point
from tests.fork_server import FORKED_COVERAGE
from tests.process import STOP_TIMEOUT_SECONDS, Process
from tools.errors import ToolError
from tools.launch.polling import wait_while
from tools.launch.ports import free_ports

SERVICES = ("accounts", "auth", "private_rooms", "rooms", "searcher", "sessions")
START_TIMEOUT_SECONDS = 300  # for a machine that has much else to do
# All durations are long: a machine that stands still for seconds must fail no test. A test that
# waits for one of them to run out runs the service in question with a short one, by `given`.
SETTINGS = {
    "TOKEN_SECRET": "a secret for the tests, long enough to sign with",
    "BOTS_PASSWORD": "the password of the bots in these tests",
    "RPC_TIMEOUT": 10.0,
    "GRACE": 60.0,
    "ROOM_TTL": 120.0,
    "GATEWAY_LEASE": 60.0,
    "SEARCH_EXPIRY": 300.0,
    "GAME_TIMEOUT": 30.0,
    "RATE_LIMITS": "off",  # all players come from one address, and ask as fast as they can
    "ALLOWED_ORIGINS": "https://friend.example, http://localhost:3000",
}


class Stack:
    """The six services and a gateway, on one vhost and in one folder; a context manager.

    There may be several `instances` of each service; what is done to a name is done to all of them.
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
        self._log_offsets: dict[str, int] = {}

    def __enter__(self) -> "Stack":
        try:
            self.start(*self.processes)
        except BaseException:  # also Ctrl-C: nothing may be left running
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # Processes

    def start(self, *names: str) -> None:
        """Start those that do not run, and return when the gateway is ready."""
        for process in self._instances(*names):
            if not process.runs:
                process.start()
        self.wait_until_ready()

    def kill(self, *names: str) -> None:
        """End processes by SIGKILL, as a crash would."""
        for process in self._instances(*names):
            process.kill()

    def restart(self, *names: str) -> None:
        """Kill processes, and start them again."""
        self.kill(*names)
        self.start(*names)

    def pause(self, name: str) -> None:
        """Suspend a process: it keeps its connections, and does not answer."""
        for process in self._instances(name):
            process.signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Let a suspended process go on."""
        for process in self._instances(name):
            process.signal(signal.SIGCONT)

    def _restart_measured(self, *names: str) -> None:
        """Restart processes; where coverage is measured, without losing what they have covered."""
        if FORKED_COVERAGE in os.environ:
            for process in self._instances(*names):
                process.stop()
            self.start(*names)
        else:
            self.restart(*names)

    @contextmanager
    def given(self, *names: str, **settings: Any) -> Iterator[None]:
        """Run processes with other settings, restarting them before and after."""
        before = {process: process.settings for process in self._instances(*names)}
        for process in before:
            process.settings = {**process.settings, **settings}
        self._restart_measured(*names)
        try:
            yield
        finally:
            for process, its in before.items():
                process.settings = its
            if all(process.runs for process in before):
                self._restart_measured(*names)

    @contextmanager
    def armed(self, name: str, point: Point, *words: str) -> Iterator[Callable[[], None]]:
        """Run a process that dies at a fault point, when what it does there mentions all the words.

        Yields a function that waits for the death and starts the process again, unarmed. Of several
        instances one dies, and the others go on.
        """
        mark = self.folder / f"death {time.monotonic_ns()}"
        arming = {"FAULT_POINT": point, "FAULT_MARK": mark, "FAULT_ONLY": " ".join(words)}
        armed = {process: process.settings for process in self._instances(name)}

        def await_death() -> None:
            [dead] = eventually(
                lambda: [each for each in armed if each.ended], what=f"A death {point}"
            )
            assert dead.ends(STOP_TIMEOUT_SECONDS), self.said(name)
            assert dead.status == -signal.SIGKILL, self.said(name)
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
        """Start another gateway; `remove` stops it."""
        port, metrics_port = free_ports(2)
        own = {"PORT": port, "METRICS_PORT": metrics_port}
        process = self._gateway(name, {**self.settings, **own, **settings})
        self.processes[name] = process
        process.start()
        self.wait_until_ready(process.port)
        return process

    def remove(self, name: str) -> None:
        """Stop an additional gateway, if it still runs."""
        self.processes.pop(name).stop()

    def stop(self) -> None:
        """Stop all processes by SIGTERM at once; kill those that do not end in time."""
        running = [process for process in self.processes.values() if process.runs]
        for process in running:
            process.signal(signal.SIGCONT)
            process.signal(signal.SIGTERM)
        stubborn = [process.name for process in running if not process.ends(STOP_TIMEOUT_SECONDS)]
        assert not stubborn, f"{', '.join(stubborn)} had to be killed"

    def revive(self) -> list[str]:
        """Start all that does not run, and return how each ended that did so by itself."""
        ended = [process.end for process in self.processes.values() if process.ended]
        away = [name for name, process in self.processes.items() if not process.runs]
        if away:
            self.start(*away)
        return ended

    # Requests

    @property
    def port(self) -> int:
        return self.settings["PORT"]

    def url(self, port: int | None = None) -> str:
        """Return the URL of a gateway's WebSocket."""
        return f"ws://127.0.0.1:{port or self.port}/ws"

    def request(
        self, method: str, path: str, body: str | bytes | None = None,
        headers: dict[str, str] | None = None, port: int | None = None,
    ) -> tuple[int, str]:
        """Make an HTTP request, and return the status and the body."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def readiness(self, port: int | None = None) -> tuple[int, list[str]]:
        """Return the status of /readyz, and what it names as not answering."""
        status, text = self.request("GET", "/readyz", port=port)
        return status, json.loads(text)["not_answering"]

    def wait_until_ready(self, port: int | None = None) -> None:
        """Return when the gateway reports that all services answer."""
        wait_while(lambda: self._unready(port), START_TIMEOUT_SECONDS)

    def _instances(self, *names: str) -> list[Process]:
        return [
            process for each, process in self.processes.items()
            if each in names or each.rpartition("-")[0] in names
        ]

    def _unready(self, port: int | None) -> str | None:
        if ended := [process.end for process in self.processes.values() if process.ended]:
            raise ToolError("\n".join(ended))
        try:
            status, missing = self.readiness(port)
        except (OSError, http.client.HTTPException) as error:
            return f"The gateway does not answer: {error}"
        missing += [
            name for name, process in self.processes.items()
            if name.partition("-")[0] in SERVICES and process.runs and not process.takes_calls
        ]
        return None if status == 200 and not missing else f"These do not answer: {missing}"

    # What the processes log

    def listen(self) -> None:
        """Have `said` begin with what is logged from now on."""
        self._log_offsets = {
            name: process.log.stat().st_size for name, process in self.processes.items()
            if process.log.exists()
        }

    def said(self, *names: str) -> str:
        """Return what these processes, or all, have logged since `listen`."""
        parts = []
        for process in self._instances(*names) if names else self.processes.values():
            name, log = process.name, process.log
            said = log.read_bytes()[self._log_offsets.get(name, 0):] if log.exists() else b""
            if said:
                parts.append(f"--- {name}\n{said.decode(errors='replace')}")
        return "\n".join(parts)

    def _gateway(self, name: str, settings: dict[str, Any]) -> Process:
        arguments = ["gateway", "--config", "config.yaml"]
        return Process(name, arguments, settings, self.folder)


def eventually(
    check: Callable[[], Any], timeout: float = 60.0, what: str = "what was waited for"
) -> Any:
    """Return the first true value of `check`; raise AssertionError when there is none in time."""
    deadline = time.monotonic() + timeout
    while not (found := check()):
        assert time.monotonic() < deadline, f"{what} has not come within {timeout} s"
        time.sleep(0.05)
    return found
