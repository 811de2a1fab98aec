"""What must be on the machine before Arbiter, or its tests, can run.

`python -m tools.launch.prerequisites test` finds it or installs it.
"""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

from tools.launch import Trouble, broker, packages, postgres, redis

ROOT = Path(__file__).resolve().parent.parent.parent

# For each use, what it needs: a program, and the Debian package that brings it.
BROKER = (broker.SERVER, broker.PACKAGE)
PRODUCTION = [(postgres.SERVER, postgres.PACKAGE), (redis.SERVER, redis.PACKAGE)]
NEEDED = {
    "run": [BROKER],
    "production": PRODUCTION,
    "test": [BROKER, *PRODUCTION, ("chromium", "chromium"), ("npm", "npm")],
}
# What the browser tests look for barriers with: pinned here, fetched there.
PINNED_AXE = ROOT / "tests" / "browser" / "axe"
FETCHED_AXE = ROOT / "var" / "axe"
PINS = "package-lock.json"
NPM_CI = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")


def provide(*uses: str) -> None:
    """Find what these uses need, or install it; raises Trouble where that can't be done."""
    packages.ensure(each for use in uses for each in NEEDED[use])
    if "test" in uses:
        fetch_axe()


def fetch_axe() -> None:
    """Have var/axe hold the npm package that is pinned; raises Trouble where it can't be had."""
    wanted, have = PINNED_AXE / PINS, FETCHED_AXE / PINS
    complete = (FETCHED_AXE / "node_modules" / "axe-core").is_dir()
    if complete and have.read_bytes() == wanted.read_bytes():
        return
    shutil.copytree(PINNED_AXE, FETCHED_AXE, dirs_exist_ok=True)
    done = subprocess.run(NPM_CI, cwd=FETCHED_AXE, capture_output=True, text=True)
    if done.returncode != 0:
        raise Trouble(f"axe-core could not be fetched from npm: {done.stderr.strip()[-300:]}")


def main(use: str) -> int:
    """Provide what this use needs; return the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        provide(use)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
