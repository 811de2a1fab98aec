"""All of Arbiter as in production, with a proxy before each engine and before the gateways."""

import os
import re
import signal
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import amqp
import kombu

from tools.chaos.proxy import Proxies, Proxy
from tools.launch.polling import wait_while
from tools.launch.ports import free_ports
from tools.launch.processes import SERVICES, service_programs
from tools.launch.program import Program
from tools.launch.stack import Stack

INSTANCES = 2
START_TIMEOUT_SECONDS = 300  # for 14 processes, on a machine that may have much else to do
SETTINGS = {
    "BACKENDS": "production",
    "INSTANCES": str(INSTANCES),
    "RATE_LIMITS": "off",
    # Long enough for players who reconnect: deadlines are not what is tested.
    "GRACE": "60",
    "FIRST_MOVE_DEADLINE": "60",
    "ACCESS_TOKEN_TTL": "3600",
    "SEARCH_WINDOW": "10000",
}
ENGINES = ("broker", "postgres", "redis")
PLAYERS = "players"


class Cluster:
    """The processes of Arbiter, and what can be done to them. A context manager.

    Programs have the supervisor's names, as `sessions-1`. `links` are the proxies by the engine
    that they lead to; `players` leads to the gateways.
    """

    def __init__(self, folder: Path, sessions_module: str | None = None) -> None:
        """Take a folder, and optionally a module to run in place of the session service's."""
        self._proxies = Proxies()
        self.links: dict[str, Proxy] = {}
        (self.port,) = free_ports(1)
        environment = {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8"}
        self.stack = Stack(
            folder, {**environment, **SETTINGS, "PORT": str(self.port)},
            services=services(sessions_module) if sessions_module else None,
            route=self._route,
        )
        self._paused: set[int] = set()

    @property
    def url(self) -> str:
        """The address for players, which is a proxy's."""
        return f"ws://127.0.0.1:{self.links[PLAYERS].port}/ws"

    def __enter__(self) -> "Cluster":
        self._proxies.__enter__()
        self.links[PLAYERS] = self._proxies.before(self.port)
        try:
            self.stack.start()
            wait_while(self.problem, timeout=START_TIMEOUT_SECONDS)
        except BaseException:  # whatever ends the start, nothing stays behind
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        for pid in self._paused:
            send_signal(pid, signal.SIGCONT)
        self.stack.stop()
        self._proxies.__exit__()

    def stop_program(self, program: str, by: signal.Signals) -> None:
        """Stop a program by a signal; the supervisor restarts it."""
        os.kill(self.stack.supervisor.pids()[program], by)

    def pause(self, program: str) -> Callable[[], None]:
        """Suspend a program and its children; return a function that resumes them."""
        paused = process_tree(self.stack.supervisor.pids()[program])
        self._paused |= paused
        for pid in paused:
            send_signal(pid, signal.SIGSTOP)

        def resume() -> None:
            for pid in paused:
                send_signal(pid, signal.SIGCONT)
            self._paused.difference_update(paused)

        return resume

    def block_broker(self) -> Callable[[], None]:
        """Have the broker take no messages; return a function that ends this."""
        assert self.stack.broker is not None
        self.stack.broker.block(True)
        return partial(self.stack.broker.block, False)

    def problem(self) -> str | None:
        """Return None where every program runs and serves, else a sentence that says which not."""
        running = self.stack.supervisor.pids()
        for program in self.stack.supervisor.programs():
            if program.name not in running:
                return f"{program.name} does not run."
        return self._consumer_problem() or self.stack.problem() or self._listener_problem()

    def _consumer_problem(self) -> str | None:
        assert self.stack.broker is not None
        try:
            with kombu.Connection(self.stack.broker.uri(), connect_timeout=2) as connection:
                channel = connection.channel()
                for service in SERVICES:
                    queue = channel.queue_declare(f"rpc-{service}", passive=True)
                    if queue.consumer_count != INSTANCES:
                        return f"{queue.consumer_count} of {service} wait for calls."
        except (OSError, amqp.AMQPError) as error:
            return f"The broker does not answer ({error!r})."
        return None

    def _listener_problem(self) -> str | None:
        listening = f":{self.port:04X} 00000000:0000 0A"
        count = Path("/proc/net/tcp").read_text().count(listening)
        return None if count == INSTANCES else f"{count} gateways listen."

    def _route(self, uri: str) -> str:
        """Return a URI of an engine with the port of the proxy before it."""
        found = re.search(r"@127\.0\.0\.1:(\d+)", uri)
        assert found is not None
        port = found[1]
        name = {"amqp": "broker", "redis": "redis"}.get(uri.partition(":")[0], "postgres")
        if name not in self.links:
            self.links[name] = self._proxies.before(int(port))
        return uri.replace(f"@127.0.0.1:{port}", f"@127.0.0.1:{self.links[name].port}")


def services(sessions_module: str) -> list[Program]:
    """Return all services, with this module in place of the session service's."""
    ports = iter(free_ports(len(SERVICES) * INSTANCES))
    return [
        replace(program, command=[*program.command[:-1], sessions_module])
        if program.name.startswith("sessions") else program
        for program in service_programs(INSTANCES, ports)
    ]


def process_tree(pid: int) -> set[int]:
    """Return a process and all its descendants."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found, size = {pid}, 0
    while len(found) > size:
        size = len(found)
        found |= {child for child, parent in parents.items() if parent in found}
    return found


def send_signal(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process, if it still exists."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
