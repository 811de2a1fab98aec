"""A private PostgreSQL server, for `make run` and for tests."""

import os
import pwd
import secrets
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

import psycopg2

from tools.errors import ToolError
from tools.launch.engine_server import EngineServer
from tools.launch.polling import wait_while
from tools.launch.ports import free_ports
from tools.launch.program import Program, bound_to_parent

VERSIONS = Path("/usr/lib/postgresql")
SERVER = f"{VERSIONS}/*/bin/postgres"
PACKAGE = "postgresql"
USER = "arbiter"
# PostgreSQL refuses to run as root, and so runs as this user of Debian's, with the capability to
# enter folders that only root may, such as root's home.
ACCOUNT = "postgres"
AS_ACCOUNT = [
    "setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups",
    "--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override",
]


class Postgres(EngineServer):
    """A PostgreSQL server that keeps all its files in one folder, and listens to this machine only.

    A folder can be used again, by one server at a time: what was committed stays. The port is
    new with each Postgres; the password is made with the folder, and stays the same.

    A context manager, for tests: started on entering, stopped on leaving.
    """

    def __init__(
        self, folder: Path, databases: Sequence[str] = (), durable: bool = True
    ) -> None:
        """Take a folder, which is made if needed, and the databases to have.

        If it is not `durable`, commits survive a crash of the server but not of the machine, which
        makes tests faster.
        """
        self.folder = folder.resolve()
        self.databases = tuple(databases)
        (self.port,) = free_ports(1)
        self._durable = durable

    def uri(self, database: str = "postgres") -> str:
        """Return the URI of a database, with user and password, for SQLAlchemy."""
        return (
            f"postgresql+psycopg2://{USER}:{quote(self._password())}@127.0.0.1:{self.port}"
            f"/{quote(database)}"
        )

    def program(self) -> Program:
        """Return its program, which can run after `prepare`."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 400,  # unused ones cost nothing
            "log_min_messages": "warning",
            "log_checkpoints": "off",
            "fsync": "on" if self._durable else "off",
            # After a crash, synchronize the whole file system instead of each file, which would
            # take seconds for half a dozen databases.
            "recovery_init_sync_method": "syncfs",
        }
        command = [f"{binaries()}/postgres", "-D", str(self._data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        if os.geteuid() == 0:
            # Changing the user has cleared the signal that is sent when the parent ends.
            command = [*AS_ACCOUNT, *bound_to_parent("KILL", command)]
        environment = {"HOME": str(self.folder), "PATH": os.defpath, "LANG": "C.UTF-8"}
        return Program("postgres", command, environment, stop_seconds=20, stop_signal="INT")

    def prepare(self) -> None:
        """Make the folder with an empty cluster, unless there is one."""
        if (self._data / "PG_VERSION").exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self._data.mkdir(exist_ok=True)
        secret = self.folder / "password"
        secret.unlink(missing_ok=True)
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(16) + "\n")
        command = [
            f"{binaries()}/initdb", "-D", str(self._data), "-U", USER, f"--pwfile={secret}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions",
        ]
        if not self._durable:
            command.append("--no-sync")
        if os.geteuid() == 0:
            account = pwd.getpwnam(ACCOUNT)
            os.chown(self._data, account.pw_uid, account.pw_gid)
            command = [*AS_ACCOUNT, *command]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/")
        if done.returncode != 0:
            raise ToolError(f"PostgreSQL could not make {self._data}: {done.stderr.strip()[-300:]}")

    def bring_up(self, start: Callable[[Program], object], timeout: float = 60) -> None:
        """Start its program by `start`; return when clients can connect to each database.

        Raises ToolError when that takes longer than `timeout` seconds.
        """
        self.prepare()
        start(self.program())
        self.wait_until_up(timeout)
        self._make_databases()

    def wait_until_up(self, timeout: float = 60) -> None:
        """Return when clients can connect; raises ToolError after `timeout` seconds."""
        wait_while(lambda: connection_problem(self.uri()), timeout, interval=0.05)

    def _start(self, timeout: float) -> None:
        self.prepare()
        # A killed server leaves children, which end soon; until then, a new one does not start.
        wait_while(self._start_problem, timeout, interval=0.05)
        self._make_databases()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _password(self) -> str:
        return (self.folder / "password").read_text().strip()

    def _start_problem(self) -> str | None:
        if self._running is None or self._running.poll() is not None:
            self._running = self.program().spawn(self.folder / "postgres.log")
        return connection_problem(self.uri())

    def _make_databases(self) -> None:
        connection = psycopg2.connect(libpq_uri(self.uri()))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT datname FROM pg_database")
                known = {name for (name,) in cursor.fetchall()}
                for name in self.databases:
                    if name not in known:
                        cursor.execute(f'CREATE DATABASE "{name}"')
        finally:
            connection.close()


def binaries() -> Path:
    """Return the folder with the commands of the newest PostgreSQL, which may not exist."""
    found = [path for path in VERSIONS.glob("*/bin") if (path / "postgres").exists()]
    newest = max(found, key=lambda path: float(path.parent.name), default=None)
    return newest or VERSIONS / "none" / "bin"


def libpq_uri(uri: str) -> str:
    """Return a URI of SQLAlchemy as libpq reads it."""
    return uri.replace("postgresql+psycopg2://", "postgresql://", 1)


def connection_problem(uri: str) -> str | None:
    """Return why the server at this URI accepts no clients, as a sentence; None where it does."""
    try:
        psycopg2.connect(libpq_uri(uri), connect_timeout=5).close()
    except psycopg2.Error as error:
        place = uri.rpartition("@")[2]
        return f"No PostgreSQL answers at {place} ({str(error).strip()})."
    return None
