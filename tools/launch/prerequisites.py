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
PRODUCTION = [(postgres.SERVER, postgres.PACKAGE), (redis.SERVER, redis.PACKAGE)]
NEEDED = {
    "run": [BROKER],
    "production": PRODUCTION,
    "test": [BROKER, *PRODUCTION, ("chromium", "chromium"), ("npm", "npm")],
}
# The library of the accessibility tests: pinned in one folder, fetched to the other.
PINNED_AXE = ROOT / "tests" / "browser" / "axe"
FETCHED_AXE = ROOT / "var" / "axe"
PINS = "package-lock.json"
NPM_CI = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")


def provide(*uses: str) -> None:
    """Install what these uses need and is missing; raise ToolError where that is impossible."""
    debian_packages.ensure(each for use in uses for each in NEEDED[use])
    if "test" in uses:
        fetch_axe()


def fetch_axe() -> None:
    """Fetch the pinned npm package to var/axe; raise ToolError where that is impossible."""
    wanted, have = PINNED_AXE / PINS, FETCHED_AXE / PINS
    complete = (FETCHED_AXE / "node_modules" / "axe-core").is_dir()
    if complete and have.read_bytes() == wanted.read_bytes():
        return
    shutil.copytree(PINNED_AXE, FETCHED_AXE, dirs_exist_ok=True)
    done = subprocess.run(NPM_CI, cwd=FETCHED_AXE, capture_output=True, text=True)
    if done.returncode != 0:
        raise ToolError(f"axe-core could not be fetched from npm: {done.stderr.strip()[-300:]}")


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
