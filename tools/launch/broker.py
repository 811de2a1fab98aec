"""A private RabbitMQ node, for `make run` and for tests."""

import secrets
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

import amqp
import kombu

from tools.launch import node
from tools.launch.ports import free_ports
from tools.launch.program import Program, end
from tools.launch.waiting import wait_until

# The command of this name in /usr/sbin insists on the system's user and folders.
SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"
PACKAGE = "rabbitmq-server"
USER = "arbiter"


class Broker:
    """A RabbitMQ node with all that it writes in one folder, within reach of this machine only.

    A folder may be used again, by one node at a time: durable queues and what is in them stay.
    Ports and password are new with each Broker. The node has an epmd of its own: the usual one is a
    daemon that would stay behind, and that all checkouts would share.

    A context manager, for tests: started on entering, stopped on leaving.
    """

    def __init__(self, folder: Path, vhosts: Sequence[str] = ()) -> None:
        """Take a folder, made where there is none, and the vhosts to have beside `/`."""
        self.folder = folder.resolve()
        self.vhosts = ("/", *vhosts)
        self.port, self._distribution_port, self._epmd_port = free_ports(3)
        self._password = secrets.token_hex(16)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Broker":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def uri(self, vhost: str = "/") -> str:
        """Return the address of a vhost, with user and password."""
        return f"amqp://{USER}:{self._password}@127.0.0.1:{self.port}/{quote(vhost, safe='')}"

    def programs(self) -> list[Program]:
        """Return its processes, in the order in which `bring_up` starts them."""
        epmd = ["epmd", "-address", "127.0.0.1", "-port", str(self._epmd_port)]
        environment = node.environment(
            self.folder, self.port, self._distribution_port, self._epmd_port
        )
        return [
            Program("epmd", epmd, environment),
            Program("broker", [SERVER], environment, patience=20),
        ]

    def bring_up(self, start: Callable[[Program], object], timeout: float = 60) -> None:
        """Have `start` start its processes, each when it can run; return when clients can connect.

        Raises Trouble when that takes longer than `timeout` seconds.
        """
        node.write_files(self.folder, USER, self._password, self.vhosts)
        epmd, server = self.programs()
        start(epmd)
        wait_until(lambda: node.epmd_unready(self._epmd_port), timeout, pause=0.02)
        start(server)
        self.wait_until_up(timeout)
        node.have_restarts_deny_nothing(self.folder)  # also those by a supervisor

    def wait_until_up(self, timeout: float = 60) -> None:
        """Return when clients can connect; raises Trouble after `timeout` seconds."""
        wait_until(lambda: unanswered(self.uri()), timeout)

    def start(self, timeout: float = 60) -> None:
        """Start what of it does not run, and return when clients can connect."""
        try:
            self.bring_up(self._spawn, timeout)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it in order: no process stays behind, and what is durable stays in the folder."""
        for program in reversed(self.programs()):
            if process := self._running.pop(program.name, None):
                end(process, program.patience)

    def kill(self) -> None:
        """Kill the node (SIGKILL), as a crash would; `start` starts it again, where it was."""
        process = self._running.pop("broker")
        process.kill()
        process.wait()

    @property
    def pid(self) -> int:
        """The node's process, while it runs."""
        return self._running["broker"].pid

    def _spawn(self, program: Program) -> None:
        running = self._running.get(program.name)
        if running is None or running.poll() is not None:
            self._running[program.name] = program.spawn(self.folder / f"{program.name}.log")


def unanswered(uri: str) -> str | None:
    """Return None where the broker of this address takes clients, else why not, as a sentence."""
    client = kombu.Connection(uri, connect_timeout=5)
    try:
        client.transport.establish_connection().close()
    except (OSError, amqp.AMQPError) as error:
        return f"No broker answers at {client.as_uri()} ({error})."
    return None
