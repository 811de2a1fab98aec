"""`make run` over stand-ins for Arbiter's own: `python -m tests.tools.launch.standin FOLDER`."""

import os
import sys
from pathlib import Path

from tools.launch.__main__ import main
from tools.launch.program import Program
from tools.launch.stack import Stack


def says(name: str, then: str) -> Program:
    """Return a program that says its name, and does something then."""
    return Program(name, ["sh", "-c", f"echo I am {name}; {then}"])


def gateway(site: Path) -> Program:
    """Return a web server that is always ready."""
    site.mkdir(parents=True, exist_ok=True)
    (site / "readyz").touch()
    server = [sys.executable, "-m", "tests.tools.launch.site", os.environ["PORT"], str(site)]
    return Program("gateway", server)


def stand_in() -> Stack:
    """Return a stack of a real broker, three stand-ins for services, and one for the gateway."""
    folder = Path(sys.argv[1])
    services = [
        says("steady", "exec sleep 1000"),
        says("mortal", "exec sleep 1001"),
        says("hapless", "exit 3"),
    ]
    return Stack(folder, services=services, gateways=[gateway(folder / "site")])


if __name__ == "__main__":
    sys.exit(main(stand_in))
