"""The settings that the launcher itself gives: the port, the folder of the data, the secret."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from tools.launch import Trouble
from tools.launch.ports import trouble_with

DEFAULT_PORT = "8000"
# Which engines there are under Arbiter, by BACKENDS: SQLite files and the searcher's memory, or
# PostgreSQL and Redis, with two of each process.
DEFAULT, PRODUCTION = "default", "production"
# The settings that name a broker, data and secrets, which may be somebody's; with them each
# database's URI.
WHERE = (
    "AMQP_URI", "DATA_DIR", "REDIS_URL", "SESSIONS_KEPT", "ARCHIVE_DIR", "TOKEN_SECRET",
    "TOKEN_SECRET_PREVIOUS",
)
DATABASE = "_DB_URI"
# Each process would begin with the same two: that eventlet and pkg_resources are deprecated.
KNOWN_WARNINGS = "ignore:::nameko.cli.main,ignore:::nameko.cli.commands,ignore:::__main__"


def given(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what an environment sets; what it leaves empty counts as left out."""
    settings = {name: value for name, value in environment.items() if value}
    return {"PORT": DEFAULT_PORT, **settings}


def apart(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without what would have a server use the data or broker of another."""
    return {
        name: value for name, value in environment.items()
        if name not in WHERE and not name.endswith(DATABASE)
    }


def is_production(settings: Mapping[str, str]) -> bool:
    """Return whether BACKENDS asks for the engines of production; raises Trouble for another."""
    backends = settings.get("BACKENDS") or DEFAULT
    if backends not in (DEFAULT, PRODUCTION):
        raise Trouble(f"BACKENDS is {DEFAULT} or {PRODUCTION}, not {backends!r}.")
    return backends == PRODUCTION


def complete(settings: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the settings with what none was given for, kept in `folder`."""
    data = Path(settings.get("DATA_DIR", folder / "data")).absolute()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": KNOWN_WARNINGS,
        "TOKEN_SECRET": settings.get("TOKEN_SECRET") or secret(folder / "secret"),
        **settings,
        "DATA_DIR": str(data),
    }


def secret(path: Path) -> str:
    """Return the secret in this file, which its owner alone can read; made where there is none."""
    if not path.exists():
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        new.rename(path)
    return path.read_text().strip()


def check_port(port: str) -> None:
    """Raise Trouble, with the remedy, where the gateway can't listen on this port."""
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise Trouble(f"PORT is a number from 1 to 65535, not {port!r}.")
    if reason := trouble_with(int(port), host=""):
        raise Trouble(
            f"Port {port} can't be used ({reason}): choose another, as in `make run PORT=8001`."
        )
