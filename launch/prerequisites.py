"""What must be on the machine before Arbiter, or its tests, can run.

`python -m launch.prerequisites test` finds it or installs it.
"""

import signal
import sys

from launch import Trouble, broker, packages

# For each use, what it needs: a program, and the Debian package that brings it.
NEEDED = {
    "run": [(broker.SERVER, broker.PACKAGE)],
    "test": [(broker.SERVER, broker.PACKAGE)],
}


def provide(use: str) -> None:
    """Find what this use needs, or install it; raises Trouble where that can't be done."""
    for program, package in NEEDED[use]:
        packages.ensure(program, package)


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
