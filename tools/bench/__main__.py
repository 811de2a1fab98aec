"""`make bench`: measure Arbiter on this machine, on both sets of engines, and write the pages.

The sets are `default` (SQLite, in memory) and `production` (PostgreSQL, Redis, and as many of each
process as `make run` starts). It takes at most twelve minutes for both, and about a minute with
--quick.
"""

import argparse
import os
import sys
import time
from pathlib import Path

from tools.bench import data
from tools.bench.goals import SETS, Measured
from tools.bench.machine import require_quiet
from tools.bench.report.tables import busiest, failures, goal_head, goal_rows, plain, stock_rate
from tools.bench.report.writing import write_pages
from tools.bench.steps import FULL, QUICK, WITHOUT_SERVER
from tools.bench.subject import Scale
from tools.bench.suite import Clock, Figures, expected_seconds, measure_set
from tools.errors import ToolError
from tools.launch.prerequisites import provide
from tools.launch.settings import PRODUCTION

LEGEND = """reached: 1.00 or more where the goal is reached; more is better, whatever the figure.
CPU is that of all server processes, and varies less than rates do. Not on this table, but in
docs/performance.md: where the time goes, how all is measured, and what stands in the way."""
QUICK_SCALE = Scale(seconds=3.0, idle_players=200)
TRIAL_SCALE = Scale(seconds=1.0, idle_players=100, rows=5_000, searches=200)


def main() -> int:
    """Measure, print the figures, and write them to the pages; return the exit status."""
    began = time.monotonic()
    options = arguments()
    try:
        provide("run", "production")
        if not options.busy:
            require_quiet()
        measured = measure(options)
    except (ToolError, KeyboardInterrupt) as error:
        print(error or "Stopped.", file=sys.stderr)
        return 1
    tell(measured)
    print(f"It took {(time.monotonic() - began) / 60:.1f} minutes.")
    return 1 if failures(measured) else 0


def tell(measured: Measured) -> None:
    """Print the figures of goals, what they mean, and what has failed."""
    print(f"\n{plain(goal_head(measured), goal_rows(measured))}\n\n{LEGEND}")
    for name, figures in measured.items():
        if rate := stock_rate(figures):
            print(f"{name}: {rate}")
    print("\n".join(failures(measured)) or "Nothing has failed.")
    print(f"Others used {max(map(busiest, measured.values())):.2f} of a core at most meanwhile.")


def measure(options: argparse.Namespace) -> Measured:
    """Return the figures of each set that is asked for; write them after each set."""
    steps, own = (QUICK, ()) if options.quick else (FULL, WITHOUT_SERVER)
    scale = QUICK_SCALE if options.quick else TRIAL_SCALE if options.trial else Scale()
    clock = Clock(expected_seconds(options.sets, steps, own, scale))
    measured: dict[str, Figures] = {}
    for name in options.sets:
        measured[name] = measure_set(name, steps, own, scale, clock)
        if options.folder:
            write_pages(data.save(measured, options.folder), options.folder)
    return measured


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="measure the main figures only")
    parser.add_argument("--busy", action="store_true", help="measure on a busy machine too")
    parser.add_argument(
        "--trial", action="store_true", help="measure everything on a small scale: is it whole?"
    )
    parser.add_argument(
        "--sets", nargs="+", choices=SETS,
        help="the sets of engines (BACKENDS; or both, with --quick production's)",
    )
    parser.add_argument(
        "--folder", type=Path,
        help="where the figures and pages are written (docs; with --quick or --trial nowhere)",
    )
    options = parser.parse_args()
    given = os.environ.get("BACKENDS")
    options.sets = options.sets or (
        [given] if given in SETS else [PRODUCTION] if options.quick else list(SETS)
    )
    if not (options.quick or options.trial):
        options.folder = options.folder or data.DOCS
    return options


if __name__ == "__main__":
    sys.exit(main())
