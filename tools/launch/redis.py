"""A private Redis server, for `make run` and for tests."""

import os
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

from tools.launch.ports import free_ports
from tools.launch.program import Program
from tools.launch.server import Server
from tools.launch.waiting import wait_until

SERVER = "redis-server"
PACKAGE = "redis-server"

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
daemonize no
appendonly yes
appendfsync everysec
save ""
logfile ""
loglevel warning
"""


class Redis(Server):
    """A Redis server with all that it writes in one folder, within reach of this machine only.

    A folder may be used again, by one server at a time: what it held stays. Port and password are
    new with each Redis.

    A context manager, for tests: started on entering, stopped on leaving.
    """

    def __init__(self, folder: Path) -> None:
        """Take a folder, made where there is none."""
        self.folder = folder.resolve()
        (self.port,) = free_ports(1)
        self._password = secrets.token_hex(16)

    def uri(self) -> str:
        """Return its address, with the password."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def program(self) -> Program:
        """Return its process, which can run once the folder is prepared."""
        environment = {"HOME": str(self.folder), "PATH": os.defpath, "LANG": "C.UTF-8"}
        return Program("redis", [SERVER, str(self.folder / "redis.conf")], environment)

    def prepare(self) -> None:
        """Make the folder, and write what the server reads when it starts."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        (self.folder / "redis.conf").write_text(
            CONFIGURATION.format(port=self.port, password=self._password, folder=self.folder)
        )

    def bring_up(self, start: Callable[[Program], object], timeout: float = 30) -> None:
        """Have `start` start its process; return when clients can connect.

        Raises Trouble when that takes longer than `timeout` seconds.
        """
        self.prepare()
        start(self.program())
        self.wait_until_up(timeout)

    def wait_until_up(self, timeout: float = 30) -> None:
        """Return when clients can connect; raises Trouble after `timeout` seconds."""
        wait_until(self._unanswered, timeout, pause=0.05)

    def _start(self, timeout: float) -> None:
        self.bring_up(self._spawn, timeout)

    def _spawn(self, program: Program) -> None:
        self._running = program.spawn(self.folder / "redis.log")

    def _unanswered(self) -> str | None:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                said = b""
                while said.count(b"\r\n") < 2 and (some := connection.recv(100)):
                    said += some
        except OSError as error:
            return f"No Redis answers at 127.0.0.1:{self.port} ({error})."
        if said == b"+OK\r\n+PONG\r\n":
            return None
        return f"Redis is not ready at 127.0.0.1:{self.port}: {said.decode(errors='replace')}"
