"""All of Arbiter's processes, and how they come up: the broker, the services, the gateway."""

import fcntl
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from http.client import HTTPException
from pathlib import Path
from typing import IO

from tools.launch import Trouble
from tools.launch.backends import Backends
from tools.launch.broker import Broker, unanswered
from tools.launch.ports import free_ports, hold
from tools.launch.program import Program
from tools.launch.prometheus import write_targets
from tools.launch.settings import check_port, complete, given, is_production
from tools.launch.supervisor import Supervisor
from tools.launch.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
SERVICES = ("auth", "accounts", "sessions", "rooms", "private_rooms", "searcher")


def nothing(said: object) -> None:
    """Listen to nobody."""


class Stack:
    """Arbiter under one supervisor, with all that it writes in one folder.

    Where AMQP_URI is set that broker is used, else a private one is started. With
    BACKENDS=production there are PostgreSQL and Redis beside it, and two of each other process. A
    context manager: stopped on leaving.
    """

    def __init__(
        self,
        folder: Path = ROOT / "var",
        environment: Mapping[str, str] = os.environ,
        services: Sequence[Program] | None = None,
        gateways: Sequence[Program] | None = None,
        routed: Callable[[str], str] = str,
    ) -> None:
        """Take the folder, for one stack at a time, and an environment with the settings in it.

        Other services and gateways than Arbiter's own can be given. `routed` makes of the address
        of each engine that is started the one that they are to use, where a proxy stands between.
        """
        self.folder = folder.resolve()
        self.settings = given(environment)
        self.broker = None if "AMQP_URI" in self.settings else Broker(self.folder / "broker")
        self._routed = routed
        self._stopping = ExitStack()
        production = is_production(self.settings)
        self.backends = Backends(self.folder, self.settings) if production else None
        instances = 2 if production else 1
        ports = iter(free_ports((len(SERVICES) + 1) * instances))
        self.supervisor = Supervisor(
            self.folder,
            {
                **self._engines(),
                "services": list(services or own_services(instances, ports)),
                "gateways": list(gateways or own_gateways(instances, ports)),
            },
            directory=ROOT,
        )

    @property
    def url(self) -> str:
        """Where the gateway is."""
        return f"http://localhost:{self.settings['PORT']}"

    def start(
        self,
        say: Callable[[str], None] = nothing,
        follow: Callable[[Program], None] = nothing,
    ) -> None:
        """Start everything; it serves when `unready` returns None.

        `say` is told of each step, and `follow` of each program that is worth listening to from now
        on. Raises Trouble with what keeps it from starting.
        """
        check_port(self.settings["PORT"])
        self._stopping.enter_context(hold(int(self.settings["PORT"])))
        if self.broker:
            self.settings["AMQP_URI"] = self._routed(self.broker.uri())
        with self._lock() as lock:
            if self.backends:
                self.backends.prepare()
                engines = self.backends.settings()
                self.settings |= {name: self._routed(uri) for name, uri in engines.items()}
            self.supervisor.launch(complete(self.settings, self.folder), lock)
            write_targets(self.folder / "prometheus/targets.json", self.supervisor.programs())
        self._bring_up_broker(say, follow)
        self._bring_up_backends(say, follow)
        say("Starting the services and the gateway...")
        for group in ("services", "gateways"):
            for program in self.supervisor.groups[group]:
                follow(program)
                self.supervisor.start(program)

    def unready(self) -> str | None:
        """Return None when everything serves, else a sentence that says what does not."""
        if self.supervisor.ended():
            raise Trouble(f"The supervisor has ended: see {self.folder}/log/supervisord.log.")
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            direct.open(f"http://127.0.0.1:{self.settings['PORT']}/readyz", timeout=5).close()
        except urllib.error.HTTPError as error:
            with error:
                said = error.read(500).decode(errors="replace").strip()
            return f"The gateway is not ready: {said}"
        except (OSError, HTTPException) as error:
            return f"The gateway does not answer ({error})."
        return None

    def stop(self) -> None:
        """Stop the gateways, then the services, then what they stand on; nothing stays behind."""
        with self._stopping:
            self.supervisor.stop()

    def __enter__(self) -> "Stack":
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def _bring_up_broker(
        self, say: Callable[[str], None], follow: Callable[[Program], None]
    ) -> None:
        if self.broker is None:
            wait_until(lambda: unanswered(self.settings["AMQP_URI"]), timeout=15)
            return
        say("Starting RabbitMQ...")
        _, server = self.broker.programs()
        try:
            self.broker.bring_up(self.supervisor.start)
        except Trouble as trouble:
            raise Trouble(f"{trouble} It said why in {self.supervisor.log(server.name)}.") from None
        follow(server)

    def _bring_up_backends(
        self, say: Callable[[str], None], follow: Callable[[Program], None]
    ) -> None:
        if self.backends and self.backends.programs():
            say("Starting PostgreSQL and Redis...")
            self.backends.bring_up(self.supervisor.start, self.supervisor.log)
            for program in self.backends.programs():
                follow(program)

    def _engines(self) -> dict[str, list[Program]]:
        engines = {}
        if self.broker:
            epmd, server = self.broker.programs()
            engines = {"names": [epmd], "broker": [server]}
        if self.backends and (programs := self.backends.programs()):
            engines["stores"] = programs
        return engines

    def _lock(self) -> IO[str]:
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise Trouble(
                f"Arbiter already runs from {self.folder}, or is still stopping: end that first."
            ) from None
        return lock


def own_services(instances: int, metrics_ports: Iterator[int]) -> Iterator[Program]:
    """Yield so many instances of each service, by the command that an operator would use."""
    command = [sys.executable, "-m", "nameko", "run", "--config", "config.yaml"]
    for name in SERVICES:
        for label in labels(name, instances):
            settings = {"METRICS_PORT": str(next(metrics_ports))}
            yield Program(label, [*command, f"{name}.service"], settings=settings)


def own_gateways(instances: int, metrics_ports: Iterator[int]) -> Iterator[Program]:
    """Yield so many gateways, all on one port for clients."""
    command = [sys.executable, "-m", "gateway", "--config", "config.yaml"]
    for label in labels("gateway", instances):
        yield Program(label, command, settings={"METRICS_PORT": str(next(metrics_ports))})


def labels(name: str, instances: int) -> list[str]:
    """Return a name for each instance."""
    if instances == 1:
        return [name]
    return [f"{name}-{number}" for number in range(1, instances + 1)]
