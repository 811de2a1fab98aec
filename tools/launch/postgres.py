"""A private PostgreSQL server, for `make run` and for tests."""

import os
import pwd
import secrets
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

import psycopg2

from tools.launch import Trouble
from tools.launch.ports import free_ports
from tools.launch.program import Program, with_its_parent
from tools.launch.server import Server
from tools.launch.waiting import wait_until

VERSIONS = Path("/usr/lib/postgresql")
SERVER = f"{VERSIONS}/*/bin/postgres"
PACKAGE = "postgresql"
USER = "arbiter"
# PostgreSQL refuses to run as root, and so runs as this user of Debian's, which is let into folders
# that only root may enter, such as root's home.
ACCOUNT = "postgres"
NEITHER_ROOT = [
    "setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups",
    "--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override",
]


class Postgres(Server):
    """A PostgreSQL server with all that it writes in one folder, within reach of this machine only.

    A folder may be used again, by one server at a time: what has been committed stays. The port is
    new with each Postgres; the password is made with the folder, and stays with it.

    A context manager, for tests: started on entering, stopped on leaving.
    """

    def __init__(
        self, folder: Path, databases: Sequence[str] = (), durable: bool = True
    ) -> None:
        """Take a folder, made where there is none, and the databases to have.

        Where it is not `durable`, what is committed outlives a crash of the server, and not one of
        the machine; tests are quicker so.
        """
        self.folder = folder.resolve()
        self.databases = tuple(databases)
        (self.port,) = free_ports(1)
        self._durable = durable

    def uri(self, database: str = "postgres") -> str:
        """Return the address of a database, with user and password, as SQLAlchemy reads it."""
        return (
            f"postgresql+psycopg2://{USER}:{quote(self._password())}@127.0.0.1:{self.port}"
            f"/{quote(database)}"
        )

    def program(self) -> Program:
        """Return its process, which can run once the folder is `prepared`."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 400,  # of which only those in use cost anything
            "log_min_messages": "warning",
            "log_checkpoints": "off",
            "fsync": "on" if self._durable else "off",
            # After a crash its files are synchronized first: all at once, and not each by itself,
            # which takes seconds for half a dozen databases.
            "recovery_init_sync_method": "syncfs",
        }
        command = [f"{binaries()}/postgres", "-D", str(self._data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        if os.geteuid() == 0:
            # Changing the user has cleared what is to happen when the parent dies.
            command = [*NEITHER_ROOT, *with_its_parent("KILL", command)]
        environment = {"HOME": str(self.folder), "PATH": os.defpath, "LANG": "C.UTF-8"}
        return Program("postgres", command, environment, patience=20, stop_signal="INT")

    def prepare(self) -> None:
        """Make the folder and an empty cluster in it, where there is none."""
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
            command = [*NEITHER_ROOT, *command]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/")
        if done.returncode != 0:
            raise Trouble(f"PostgreSQL could not make {self._data}: {done.stderr.strip()[-300:]}")

    def bring_up(self, start: Callable[[Program], object], timeout: float = 60) -> None:
        """Have `start` start its process; return when clients can connect to each database.

        Raises Trouble when that takes longer than `timeout` seconds.
        """
        self.prepare()
        start(self.program())
        self.wait_until_up(timeout)
        self._make_databases()

    def wait_until_up(self, timeout: float = 60) -> None:
        """Return when clients can connect; raises Trouble after `timeout` seconds."""
        wait_until(lambda: unanswered(self.uri()), timeout, pause=0.05)

    def _start(self, timeout: float) -> None:
        self.prepare()
        # One that was killed leaves children, which end soon, and without which none starts.
        wait_until(self._unstarted, timeout, pause=0.05)
        self._make_databases()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _password(self) -> str:
        return (self.folder / "password").read_text().strip()

    def _unstarted(self) -> str | None:
        if self._running is None or self._running.poll() is not None:
            self._running = self.program().spawn(self.folder / "postgres.log")
        return unanswered(self.uri())

    def _make_databases(self) -> None:
        connection = psycopg2.connect(address(self.uri()))
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
    """Return the folder of the newest PostgreSQL's commands; where there is none, of none."""
    found = [path for path in VERSIONS.glob("*/bin") if (path / "postgres").exists()]
    newest = max(found, key=lambda path: float(path.parent.name), default=None)
    return newest or VERSIONS / "none" / "bin"


def address(uri: str) -> str:
    """Return the address as libpq reads it."""
    return uri.replace("postgresql+psycopg2://", "postgresql://", 1)


def unanswered(uri: str) -> str | None:
    """Return None where the server of this address takes clients, else why not, as a sentence."""
    try:
        psycopg2.connect(address(uri), connect_timeout=5).close()
    except psycopg2.Error as error:
        place = uri.rpartition("@")[2]
        return f"No PostgreSQL answers at {place} ({str(error).strip()})."
    return None
