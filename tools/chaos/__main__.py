"""`make chaos`: break one thing after another while games are played, and print the effects."""

import argparse
import fcntl
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import IO

from tools.chaos import faults, report
from tools.chaos.cluster import Cluster
from tools.chaos.faults import Fault
from tools.chaos.load import Load
from tools.chaos.run import Run
from tools.errors import ToolError
from tools.launch.prerequisites import provide

FOLDER = Path(__file__).resolve().parent.parent.parent / "var" / "chaos"
SERVICES_WITHOUT_SAFEGUARD = {"commit": "tools.chaos.hasty_sessions"}
# A file in the folder of a run, locked during the run. A folder without it is never emptied.
LOCK_NAME = "chaos.lock"


def main() -> int:
    """Run a scenario; return 0 if it was complete and nothing is wrong."""
    options = parse_arguments()
    seed = options.seed if options.seed is not None else random.randrange(10**6)
    scenario = [
        fault for fault in faults.scenario(seed)
        if options.only is None or options.only in str(fault)
    ][:options.faults]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        provide("run", "production")
        with emptied_folder(options.folder):
            say(f"Seed {seed}, {options.games} games, {len(scenario)} faults. Starting...")
            run = perform(options, seed, scenario)
    except KeyboardInterrupt:
        return 130
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    return print_report(run)


def perform(options: argparse.Namespace, seed: int, scenario: list[Fault]) -> Run:
    """Perform a scenario, stop everything, and return the run."""
    sessions_module = SERVICES_WITHOUT_SAFEGUARD.get(options.safeguard_removed)
    with Cluster(options.folder, sessions_module) as cluster:
        with Load(cluster.url, options.games, seed) as load:
            run = Run(cluster, load, say)
            run.begin()
            run.make_faults(scenario, options.minutes)
            say("Checking every game...")
            run.conclude()
            return run


def emptied_folder(folder: Path) -> IO[str]:
    """Empty the folder of an earlier run; return a file that locks it until it is closed.

    Raises ToolError, and deletes nothing, if the folder has other files in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock_path = folder / LOCK_NAME
    if any(folder.iterdir()) and not lock_path.exists():
        raise ToolError(
            f"{folder} is not empty, and not from an earlier run: empty it, or give a --folder."
        )
    lock = lock_path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise ToolError(
            f"Another run uses {folder}: wait for its end, or give a --folder."
        ) from None
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path != lock_path:
            path.unlink()
    return lock


def parse_arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="of the scenario and the games; by default random")
    parser.add_argument("--games", type=int, default=50, help="at a time")
    parser.add_argument(
        "--minutes", type=float, default=15.0, help="after which no further fault is made"
    )
    parser.add_argument("--faults", type=int, help="how many of the scenario; by default all")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="for all files; emptied first")
    parser.add_argument("--only", help="only faults with this in them, as 'kill' or 'redis'")
    parser.add_argument(
        "--safeguard-removed", choices=sorted(SERVICES_WITHOUT_SAFEGUARD),
        help="run a session service that is broken on purpose, which must be found",
    )
    return parser.parse_args()


def print_report(run: Run) -> int:
    """Print the table and the findings; return the exit status."""
    print()
    print("\n".join(report.table(run.results, run.findings)))
    print()
    active = sum(game.result is None for game in run.games)
    reasons = Counter(game.result["reason"] for game in run.games if game.result)
    ends = ", ".join(f"{count} by {reason}" for reason, count in reasons.most_common())
    print(f"{len(run.games)} games, {active} of them under way at the end; {ends}.")
    status, lines = report.verdict(run.findings, run.left_out)
    print("\n".join(lines))
    return status


def say(text: str) -> None:
    """Print a step with the time."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # without waiting for the players' threads
