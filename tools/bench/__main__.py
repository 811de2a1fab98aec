"""`make bench`: measure Arbiter on this machine, on both sets of engines, and write the pages.

The sets are `default` (SQLite, in memory) and `production` (PostgreSQL, Redis, two of each
process). It takes about twelve minutes for both, and a minute with --quick.
"""

import argparse
import os
import sys

from tools.bench.machine import require_quiet
from tools.bench.report.goals import SETS
from tools.bench.report.tables import Measured, busiest, failures, goal_head, goal_rows, plain
from tools.bench.steps import FULL, QUICK, WITHOUT_SERVER
from tools.bench.subject import Scale
from tools.bench.suite import Clock, expected_seconds, measure_set
from tools.errors import ToolError
from tools.launch.prerequisites import provide

QUICK_SCALE = Scale(seconds=3.0, crowd=200)
TRIAL_SCALE = Scale(seconds=1.0, crowd=100, rows=5_000, searches=200)


def main() -> int:
    """Measure, print the figures, and write them to the pages; return the exit status."""
    options = arguments()
    try:
        provide("run", "production")
        if not options.busy:
            require_quiet()
        measured = measure(options)
    except (ToolError, KeyboardInterrupt) as error:
        print(error or "Stopped.", file=sys.stderr)
        return 1
    print(f"\n{plain(goal_head(measured), goal_rows(measured))}\n")
    failed = failures(measured)
    print("\n".join(failed) or "Nothing has failed.")
    print(f"Others used {max(map(busiest, measured.values())):.2f} of a core at most meanwhile.")
    return 1 if failed else 0


def measure(options: argparse.Namespace) -> Measured:
    """Return the figures of each set that is asked for."""
    steps, own = (QUICK, ()) if options.quick else (FULL, WITHOUT_SERVER)
    scale = QUICK_SCALE if options.quick else TRIAL_SCALE if options.trial else Scale()
    clock = Clock(expected_seconds(options.sets, steps, own))
    return {name: measure_set(name, steps, own, scale, clock) for name in options.sets}


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="measure the main figures only")
    parser.add_argument("--busy", action="store_true", help="measure on a busy machine too")
    parser.add_argument(
        "--trial", action="store_true", help="measure everything on a small scale: is it whole?"
    )
    given = os.environ.get("BACKENDS")
    parser.add_argument(
        "--sets", nargs="+", choices=SETS, default=[given] if given in SETS else list(SETS),
        help="the sets of engines (BACKENDS, or both)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
