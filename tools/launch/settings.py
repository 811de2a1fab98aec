"""The settings of the launcher: the port, the data folder, the secret, the set of databases."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from extensions.settings import Settings, types_by_name
from extensions.settings.loader import InvalidSettings, load_settings
from tools.errors import ToolError
from tools.launch.ports import port_problem

# The values of BACKENDS: SQLite files and the searcher's memory, or PostgreSQL and Redis.
DEFAULT, PRODUCTION = "default", "production"
CORES_FOR_AN_INSTANCE = 2  # of each process: more of them make smaller batches, and cost more
MAX_INSTANCES = 64
# The settings that name a broker, data or secrets, which may belong to another server. The settings
# that end in _DB_URI do as well.
LOCATIONS = (
    "AMQP_URI", "DATA_DIR", "REDIS_URL", "SESSIONS_KEPT", "ARCHIVE_DIR", "TOKEN_SECRET",
    "TOKEN_SECRET_PREVIOUS", "TOKEN_SECRET_NEXT", "BOTS_URL", "BOTS_PASSWORD",
)
DATABASE_SUFFIX = "_DB_URI"
# The deprecation of eventlet and of pkg_resources, which every process would print first.
KNOWN_WARNINGS = "ignore:::nameko.cli.main,ignore:::nameko.cli.commands,ignore:::__main__"


def from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of an environment without empty ones, and with a default PORT."""
    settings = {name: value for name, value in environment.items() if value}
    return {"PORT": str(Settings().port), **settings}


def without_locations(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the settings that name a broker, data or secrets."""
    return {
        name: value for name, value in environment.items()
        if name not in LOCATIONS and not name.endswith(DATABASE_SUFFIX)
    }


def is_production(settings: Mapping[str, str]) -> bool:
    """Return whether BACKENDS is `production`; raise ToolError for an unknown value."""
    backends = settings.get("BACKENDS") or DEFAULT
    if backends not in (DEFAULT, PRODUCTION):
        raise ToolError(f"BACKENDS is {DEFAULT} or {PRODUCTION}, not {backends!r}.")
    return backends == PRODUCTION


def instances(settings: Mapping[str, str]) -> int:
    """Return INSTANCES, how many to start of each process; raise ToolError where that can't be.

    By default there is one for each two cores. Only PostgreSQL and Redis can be shared by several.
    """
    cores = len(os.sched_getaffinity(0))
    default = max(cores // CORES_FOR_AN_INSTANCE, 1) if is_production(settings) else 1
    text = settings.get("INSTANCES") or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= MAX_INSTANCES:
        raise ToolError(f"INSTANCES is a number from 1 to {MAX_INSTANCES}, not {text!r}.")
    if int(text) > 1 and not is_production(settings):
        raise ToolError("Several INSTANCES need PostgreSQL and Redis: set BACKENDS=production.")
    return int(text)


def completed(settings: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the settings with a data folder and secrets, which are in `folder` by default."""
    data = Path(settings.get("DATA_DIR", folder / "data")).absolute()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": KNOWN_WARNINGS,
        "TOKEN_SECRET": settings.get("TOKEN_SECRET") or stored_secret(folder / "secret"),
        "BOTS_PASSWORD": settings.get("BOTS_PASSWORD") or stored_secret(folder / "bots-password"),
        "BOTS_URL": f"ws://localhost:{settings.get('PORT', Settings().port)}/ws",
        **settings,
        "DATA_DIR": str(data),
    }


def stored_secret(path: Path) -> str:
    """Return the secret in this file, which only its owner can read; make it if needed."""
    if not path.exists():
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        new.rename(path)
    return path.read_text().strip()


def check(settings: Mapping[str, str]) -> None:
    """Raise ToolError for settings that no process starts with, or for a port in use."""
    names = types_by_name()
    try:
        load_settings({name: settings[name] for name in names if name in settings})
    except InvalidSettings as error:
        raise ToolError(str(error)) from None
    port = settings["PORT"]
    if reason := port_problem(int(port), host=""):
        raise ToolError(
            f"Port {port} can't be used ({reason}): choose another, as in `make run PORT=8001`."
        )
