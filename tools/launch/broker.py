"""A private RabbitMQ node, for `make run` and for tests."""

import secrets
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

import amqp
import kombu

from tools.launch import folder_flags, rabbitmq_config
from tools.launch.polling import wait_while
from tools.launch.ports import free_ports
from tools.launch.program import Program, stop_process

# The command of this name in /usr/sbin insists on the system's user and folders.
SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"
CONTROL = "/usr/lib/rabbitmq/bin/rabbitmqctl"
PACKAGE = "rabbitmq-server"
USER = "arbiter"


class Broker:
    """A RabbitMQ node that keeps all its files in one folder, and listens to this machine only.

    A folder can be used again, by one node at a time: durable queues and their messages stay.
    Ports and password are new with each Broker. The node has an epmd of its own, since the usual
    one is a daemon that is not stopped with the node, and that all checkouts would share.

    A context manager, for tests: started on entering, stopped on leaving.
    """

    def __init__(self, folder: Path, vhosts: Sequence[str] = ()) -> None:
        """Take a folder, which is made if needed, and the vhosts to have beside `/`."""
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
        """Return the URI of a vhost, with user and password."""
        return f"amqp://{USER}:{self._password}@127.0.0.1:{self.port}/{quote(vhost, safe='')}"

    def programs(self) -> list[Program]:
        """Return its programs, in the order in which `bring_up` starts them."""
        epmd = ["epmd", "-address", "127.0.0.1", "-port", str(self._epmd_port)]
        return [
            Program("epmd", epmd, self._environment),
            Program("broker", [SERVER], self._environment, stop_seconds=20),
        ]

    def bring_up(self, start: Callable[[Program], object], timeout: float = 60) -> None:
        """Start its programs by `start`, in turn; return when clients can connect.

        Raises ToolError when that takes longer than `timeout` seconds.
        """
        rabbitmq_config.write_files(self.folder, USER, self._password, self.vhosts)
        epmd, server = self.programs()
        start(epmd)
        wait_while(lambda: rabbitmq_config.epmd_problem(self._epmd_port), timeout, interval=0.02)
        start(server)
        self.wait_until_up(timeout)
        for vhost in self.folder.glob("mnesia/*/msg_stores/vhosts/*/"):
            queues = vhost / "queues"
            queues.mkdir(exist_ok=True)  # RabbitMQ makes it with the first queue
            folder_flags.distribute(queues)
        rabbitmq_config.allow_deprecated_features(self.folder)  # also of restarts by a supervisor

    def wait_until_up(self, timeout: float = 60) -> None:
        """Return when clients can connect; raises ToolError after `timeout` seconds."""
        wait_while(lambda: connection_problem(self.uri()), timeout)

    def start(self, timeout: float = 60) -> None:
        """Start the programs that do not run, and return when clients can connect."""
        try:
            self.bring_up(self._spawn, timeout)
        except BaseException:  # whatever ends the start, nothing stays behind
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it and all its processes; durable queues stay in the folder."""
        for program in reversed(self.programs()):
            if process := self._running.pop(program.name, None):
                stop_process(process, program.stop_seconds)

    def kill(self) -> None:
        """Kill the node by SIGKILL; `start` starts it again at the same address."""
        process = self._running.pop("broker")
        process.kill()
        process.wait()

    def control(self, *arguments: str) -> None:
        """Have the running node do what `rabbitmqctl` can do; raises CalledProcessError."""
        command = [CONTROL, "--quiet", *arguments]
        subprocess.run(command, env=self._environment, check=True, stdout=subprocess.DEVNULL)

    def block(self, is_blocked: bool) -> None:
        """Have it take no messages, as where it is short of memory, or take them again."""
        watermark = "0" if is_blocked else rabbitmq_config.MEMORY_WATERMARK
        self.control("set_vm_memory_high_watermark", watermark)

    @property
    def pid(self) -> int:
        """The process id of the node, while it runs."""
        return self._running["broker"].pid

    @property
    def _environment(self) -> dict[str, str]:
        return rabbitmq_config.environment(
            self.folder, self.port, self._distribution_port, self._epmd_port
        )

    def _spawn(self, program: Program) -> None:
        running = self._running.get(program.name)
        if running is None or running.poll() is not None:
            self._running[program.name] = program.spawn(self.folder / f"{program.name}.log")


def connection_problem(uri: str) -> str | None:
    """Return why the broker at this URI accepts no clients, as a sentence; None where it does."""
    client = kombu.Connection(uri, connect_timeout=5)
    try:
        client.transport.establish_connection().close()
    except (OSError, amqp.AMQPError) as error:
        return f"No broker answers at {client.as_uri()} ({error})."
    return None
