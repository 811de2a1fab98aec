"""All processes of Arbiter under one supervisor: broker, databases, services, gateways."""

import fcntl
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from http.client import HTTPException
from pathlib import Path
from typing import IO

from tools.errors import ToolError
from tools.launch.backends import Backends
from tools.launch.broker import Broker, connection_problem
from tools.launch.polling import wait_while
from tools.launch.ports import free_ports, reserve
from tools.launch.processes import (
    SERVICES,
    bots_program,
    gateway_programs,
    service_programs,
)
from tools.launch.program import Program
from tools.launch.prometheus_targets import write_targets
from tools.launch.settings import (
    check,
    completed,
    from_environment,
    instances,
    is_production,
)
from tools.launch.supervisor import Supervisor

ROOT = Path(__file__).resolve().parent.parent.parent


def ignore(_: object) -> None:
    """Do nothing with what is reported."""


class Stack:
    """Arbiter under one supervisor, with all its files in one folder.

    It uses the broker of AMQP_URI, or else starts a private one. With BACKENDS=production it also
    starts PostgreSQL and Redis, and INSTANCES of each service and of the gateway. A context
    manager: stopped on leaving.
    """

    def __init__(
        self,
        folder: Path = ROOT / "var",
        environment: Mapping[str, str] = os.environ,
        services: Sequence[Program] | None = None,
        gateways: Sequence[Program] | None = None,
        route: Callable[[str], str] = str,
        with_bots: bool = False,
    ) -> None:
        """Take the folder, for one stack at a time, and an environment with the settings in it.

        Other services and gateways than Arbiter's own can be given. `route` is called with the URI
        of the broker and each database, and returns the one to use, such as that of a proxy.
        `with_bots` adds a process of computer opponents.
        """
        self.folder = folder.resolve()
        self.settings = from_environment(environment)
        self.broker = None if "AMQP_URI" in self.settings else Broker(self.folder / "broker")
        self._route = route
        self._stopping = ExitStack()
        production = is_production(self.settings)
        self.backends = Backends(self.folder, self.settings) if production else None
        count = instances(self.settings)
        ports = iter(free_ports((len(SERVICES) + 1) * count + with_bots))
        self.supervisor = Supervisor(
            self.folder,
            {
                **self._engine_groups(),
                "services": list(services or service_programs(count, ports)),
                "gateways": list(gateways or gateway_programs(count, ports)),
                **({"bots": [bots_program(ports)]} if with_bots else {}),
            },
            directory=ROOT,
        )

    @property
    def url(self) -> str:
        """The address of the gateways."""
        return f"http://localhost:{self.settings['PORT']}"

    def start(
        self,
        say: Callable[[str], None] = ignore,
        follow: Callable[[Program], None] = ignore,
    ) -> None:
        """Start everything; it serves once `problem` returns None.

        `say` is called with each step, and `follow` with each program whose output matters from
        then on. Raises ToolError with the reason where it can't start.
        """
        check(self.settings)
        self._stopping.enter_context(reserve(int(self.settings["PORT"])))
        if self.broker:
            self.settings["AMQP_URI"] = self._route(self.broker.uri())
        with lock(self.folder) as held:
            if self.backends:
                self.backends.prepare()
                engines = self.backends.settings()
                self.settings |= {name: self._route(uri) for name, uri in engines.items()}
            self.supervisor.launch(completed(self.settings, self.folder), held)
            write_targets(self.folder / "prometheus/targets.json", self.supervisor.programs())
        self._bring_up_broker(say, follow)
        self._bring_up_backends(say, follow)
        say("Starting the services and the gateway...")
        for group in ("services", "gateways", "bots"):
            for program in self.supervisor.groups.get(group, ()):
                follow(program)
                self.supervisor.start(program)

    def problem(self) -> str | None:
        """Return None when everything serves, else a sentence that says what does not."""
        if self.supervisor.has_ended():
            raise ToolError(f"The supervisor has ended: see {self.folder}/log/supervisord.log.")
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            direct.open(f"http://127.0.0.1:{self.settings['PORT']}/readyz", timeout=5).close()
        except urllib.error.HTTPError as error:
            with error:
                body = error.read(500).decode(errors="replace").strip()
            return f"The gateway is not ready: {body}"
        except (OSError, HTTPException) as error:
            return f"The gateway does not answer ({error})."
        return None

    def stop(self) -> None:
        """Stop the gateways, then the services, then broker and databases, with all processes."""
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
            wait_while(lambda: connection_problem(self.settings["AMQP_URI"]), timeout=15)
            return
        say("Starting RabbitMQ...")
        _, server = self.broker.programs()
        try:
            self.broker.bring_up(self.supervisor.start)
        except ToolError as error:
            path = self.supervisor.log(server.name)
            raise ToolError(f"{error} Its log has the reason: {path}.") from None
        follow(server)

    def _bring_up_backends(
        self, say: Callable[[str], None], follow: Callable[[Program], None]
    ) -> None:
        if self.backends and self.backends.programs():
            say("Starting PostgreSQL and Redis...")
            self.backends.bring_up(self.supervisor.start, self.supervisor.log)
            for program in self.backends.programs():
                follow(program)

    def _engine_groups(self) -> dict[str, list[Program]]:
        engines = {}
        if self.broker:
            epmd, server = self.broker.programs()
            engines = {"names": [epmd], "broker": [server]}
        if self.backends and (programs := self.backends.programs()):
            engines["stores"] = programs
        return engines


def lock(folder: Path) -> IO[str]:
    """Return a file that keeps others from the folder until it is closed; raises ToolError."""
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise ToolError(
            f"Arbiter already runs from {folder}, or is still stopping: end that first."
        ) from None
    return file
