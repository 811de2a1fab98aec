"""`make run` with fake services and a fake gateway on a real broker, in a given folder."""

import os
import sys
from pathlib import Path

from tools.launch.__main__ import main
from tools.launch.program import Program
from tools.launch.stack import Stack


def fake_service(name: str, then: str) -> Program:
    """Return a program that prints its name, and then runs a command."""
    return Program(name, ["sh", "-c", f"echo I am {name}; {then}"])


def fake_gateway(site: Path) -> Program:
    """Return a web server that is always ready."""
    site.mkdir(parents=True, exist_ok=True)
    (site / "readyz").touch()
    module = "tests.tools.launch.fake_gateway"
    return Program("gateway", [sys.executable, "-m", module, os.environ["PORT"], str(site)])


def fake_stack() -> Stack:
    """Return a stack of a real broker, three fake services and a fake gateway."""
    folder = Path(sys.argv[1])
    services = [
        fake_service("steady", "exec sleep 1000"),
        fake_service("mortal", "exec sleep 1001"),
        fake_service("hapless", "exit 3"),
    ]
    return Stack(folder, services=services, gateways=[fake_gateway(folder / "site")])


if __name__ == "__main__":
    sys.exit(main(fake_stack))
