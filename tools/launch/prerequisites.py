"""The programs that Arbiter and its tests need on the machine.

`python -m tools.launch.prerequisites test` installs the missing ones.
"""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

from tools.errors import ToolError
from tools.launch import broker, debian_packages, postgres, redis

ROOT = Path(__file__).resolve().parent.parent.parent

# For each use, the required programs, each with its Debian package.
BROKER = (broker.SERVER, broker.PACKAGE)
NPM = ("npm", "npm")
GAMES = "/usr/games"  # not in every PATH
CHESS_PROGRAMS = [(f"{GAMES}/{name}", name) for name in ("stockfish", "fairy-stockfish")]
PRODUCTION = [(postgres.SERVER, postgres.PACKAGE), (redis.SERVER, redis.PACKAGE)]
NEEDED = {
    "run": [BROKER],
    "production": PRODUCTION,
    "test": [BROKER, *PRODUCTION, ("chromium", "chromium"), NPM, *CHESS_PROGRAMS],
    "lint": [NPM],
    "deploy": [
        ("haproxy", "haproxy"), ("nginx", "nginx"), ("promtool", "prometheus"),
        ("docker-compose", "docker-compose"), ("systemd-analyze", "systemd"),
        ("openssl", "openssl"),
    ],
}
# The library of the accessibility tests, and what checks the page's types.
PINNED_PACKAGES = ROOT / "requirements" / "npm"
FETCHED_PACKAGES = ROOT / "var" / "npm"
PINS = "package-lock.json"
NPM_CI = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")


def provide(*uses: str) -> None:
    """Install what these uses need and is missing; raise ToolError where that is impossible."""
    debian_packages.ensure(each for use in uses for each in NEEDED[use])
    if NPM in (each for use in uses for each in NEEDED[use]):
        fetch_packages()


def fetch_packages() -> None:
    """Fetch the pinned npm packages to var/npm; raise ToolError where that is impossible."""
    wanted, have = PINNED_PACKAGES / PINS, FETCHED_PACKAGES / PINS
    complete = (FETCHED_PACKAGES / "node_modules" / ".package-lock.json").is_file()
    if complete and have.read_bytes() == wanted.read_bytes():
        return
    shutil.copytree(PINNED_PACKAGES, FETCHED_PACKAGES, dirs_exist_ok=True)
    done = subprocess.run(NPM_CI, cwd=FETCHED_PACKAGES, capture_output=True, text=True)
    if done.returncode != 0:
        raise ToolError(f"The packages of npm could not be fetched: {done.stderr.strip()[-300:]}")


def main(use: str) -> int:
    """Install what this use needs; return the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        provide(use)
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
