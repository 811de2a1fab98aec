"""A private Redis server, for `make run` and for tests."""

import os
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

from tools.launch.engine_server import EngineServer
from tools.launch.polling import wait_while
from tools.launch.ports import free_ports
from tools.launch.program import Program

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


class Redis(EngineServer):
    """A Redis server that keeps all its files in one folder, and listens to this machine only.

    A folder can be used again, by one server at a time: its data stays. Port and password are new
    with each Redis.

    A context manager, for tests: started on entering, stopped on leaving.
    """

    def __init__(self, folder: Path) -> None:
        """Take a folder, which is made if needed."""
        self.folder = folder.resolve()
        (self.port,) = free_ports(1)
        self._password = secrets.token_hex(16)

    def uri(self) -> str:
        """Return its URI, with the password."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def program(self) -> Program:
        """Return its program, which can run after `prepare`."""
        environment = {"HOME": str(self.folder), "PATH": os.defpath, "LANG": "C.UTF-8"}
        return Program("redis", [SERVER, str(self.folder / "redis.conf")], environment)

    def prepare(self) -> None:
        """Make the folder with the configuration file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        (self.folder / "redis.conf").write_text(
            CONFIGURATION.format(port=self.port, password=self._password, folder=self.folder)
        )

    def bring_up(self, start: Callable[[Program], object], timeout: float = 30) -> None:
        """Start its program by `start`; return when clients can connect.

        Raises ToolError when that takes longer than `timeout` seconds.
        """
        self.prepare()
        start(self.program())
        self.wait_until_up(timeout)

    def wait_until_up(self, timeout: float = 30) -> None:
        """Return when clients can connect; raises ToolError after `timeout` seconds."""
        wait_while(self._connection_problem, timeout, interval=0.05)

    def _start(self, timeout: float) -> None:
        self.bring_up(self._spawn, timeout)

    def _spawn(self, program: Program) -> None:
        self._running = program.spawn(self.folder / "redis.log")

    def _connection_problem(self) -> str | None:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (data := connection.recv(100)):
                    answer += data
        except OSError as error:
            return f"No Redis answers at 127.0.0.1:{self.port} ({error})."
        if answer == b"+OK\r\n+PONG\r\n":
            return None
        return f"Redis is not ready at 127.0.0.1:{self.port}: {answer.decode(errors='replace')}"
