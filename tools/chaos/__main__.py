"""`make chaos`: break one thing after another beneath games under way, and print what it did."""

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
from tools.chaos.crowd import Crowd
from tools.chaos.faults import Fault
from tools.chaos.run import Run
from tools.chaos.stage import Stage
from tools.errors import ToolError
from tools.launch.prerequisites import provide

FOLDER = Path(__file__).resolve().parent.parent.parent / "var" / "chaos"
BROKEN = {"commit": "tools.chaos.broken"}
# In a folder of a run, locked while the run lasts: without it, what is in a folder is somebody's.
MARK = "chaos.lock"


def main() -> int:
    """Run a scenario; return 0 where all of it was, and nothing lost, doubled or else wrong."""
    arguments = parsed()
    seed = arguments.seed if arguments.seed is not None else random.randrange(10**6)
    scenario = [
        fault for fault in faults.scenario(seed)
        if arguments.only is None or arguments.only in str(fault)
    ][:arguments.faults]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        provide("run", "production")
        with emptied(arguments.folder):
            say(f"Seed {seed}, {arguments.games} games, {len(scenario)} faults. Starting...")
            run = performed(arguments, seed, scenario)
    except KeyboardInterrupt:
        return 130
    except ToolError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return tell(run)


def performed(arguments: argparse.Namespace, seed: int, scenario: list[Fault]) -> Run:
    """Return a run of this scenario, when it is over and everything has been stopped."""
    with Stage(arguments.folder, BROKEN.get(arguments.safeguard_removed)) as stage:
        with Crowd(stage.url, arguments.games, seed) as crowd:
            run = Run(stage, crowd, say)
            run.begin()
            run.break_things(scenario, arguments.minutes)
            say("Looking at every game...")
            run.conclude()
            return run


def emptied(folder: Path) -> IO[str]:
    """Empty a folder of an earlier run, and keep it for this one until what is returned is closed.

    Raises ToolError, and touches nothing, where anything is in it that no run has left.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / MARK
    if any(folder.iterdir()) and not mark.exists():
        raise ToolError(
            f"{folder} is not empty, and not from an earlier run: empty it, or give a --folder."
        )
    lock = mark.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise ToolError(f"Another run uses {folder}: wait for its end, or give a --folder.") from None
    for left in folder.iterdir():
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        elif left != mark:
            left.unlink()
    return lock


def parsed() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="of the scenario and the games; by default drawn")
    parser.add_argument("--games", type=int, default=50, help="under way at a time")
    parser.add_argument(
        "--minutes", type=float, default=15.0, help="until no further fault is made"
    )
    parser.add_argument("--faults", type=int, help="how many of the scenario; by default all")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="for all files; emptied first")
    parser.add_argument("--only", help="only faults with this in them, as 'kill' or 'redis'")
    parser.add_argument(
        "--safeguard-removed", choices=sorted(BROKEN),
        help="run a session service that is broken on purpose: that must be found",
    )
    return parser.parse_args()


def tell(run: Run) -> int:
    """Print the table and what is wrong; return the exit status."""
    print()
    print("\n".join(report.table(run.strikes, run.findings)))
    print()
    active = sum(game.result is None for game in run.games)
    reasons = Counter(game.result["reason"] for game in run.games if game.result)
    ends = ", ".join(f"{count} by {reason}" for reason, count in reasons.most_common())
    print(f"{len(run.games)} games, {active} of them under way at the end; {ends}.")
    status, said = report.verdict(run.findings, run.left_out)
    print("\n".join(said))
    return status


def say(text: str) -> None:
    """Tell of a step."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # players' threads need no farewell
