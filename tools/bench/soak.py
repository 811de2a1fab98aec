"""`make soak`: half load for half an hour, and whether the memory of a process grows meanwhile."""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from statistics import linear_regression

from tools.bench.__main__ import Bench, own_server, progress
from tools.bench.processes import resident
from tools.launch.stack import Stack

SAMPLE_EVERY = 10.0  # seconds
TOLD_EVERY = 60.0
WARM_UP = 1 / 3  # of the time, in which pools, caches and heaps grow to their size
ENOUGH = 6  # samples to tell a slope by
MOST_GROWTH = 100.0  # KiB a minute, which is 140 MiB a day
MEASURED_FOR = 8.0

Samples = dict[str, list[tuple[float, float]]]  # by process: seconds, and KiB of resident memory


def main() -> int:
    """Start a server of its own, keep it at half load, and print the table.

    Returns 0 where no process has grown by more than is allowed once it had warmed up.
    """
    arguments = argparse.ArgumentParser(prog="tools.bench.soak", description=__doc__)
    arguments.add_argument("--minutes", type=float, default=30)
    arguments.add_argument("--games", type=int, default=25, help="that are played at a time")
    arguments.add_argument(
        "--most", type=float, default=MOST_GROWTH, metavar="KIB",
        help="that a process may grow by in a minute, once it has warmed up",
    )
    given = arguments.parse_args()
    with own_server() as stack:
        samples = soak(stack, given.games, given.minutes * 60)
    too_much = grown(warmed_up(samples, given.minutes * 60), given.most)
    print()
    for each in too_much:
        print(f"{each} grows by more than {given.most:g} KiB a minute.")
    if not too_much:
        print(f"No process grows by more than {given.most:g} KiB a minute.")
    return 1 if too_much else 0


def soak(stack: Stack, games: int, seconds: float) -> Samples:
    """Play at half of what the server bears, look at its processes, and print the table."""
    progress(f"Measuring what it bears with {games} games at once")
    bench = Bench(stack, MEASURED_FOR)
    full = bench.moves(games)["moves_per_second"]
    progress(f"Playing {full / 2:.0f} moves/s, half of that, for {seconds / 60:.0f} minutes")
    load = bench.begin("soak", str(games), str(full / 2), str(seconds))
    try:
        samples = watch(stack, load, seconds)
        said, _ = load.communicate(timeout=60)
    finally:
        load.kill()
    if load.returncode:
        raise SystemExit("The load has ended by a failure.")
    report(samples, json.loads(said), seconds)
    return samples


def watch(stack: Stack, load: subprocess.Popen, seconds: float) -> Samples:
    """Look at each process of the stack, all along."""
    samples: Samples = {}
    began = told = time.monotonic()
    while (elapsed := time.monotonic() - began) < seconds and load.poll() is None:
        for name, process in stack.supervisor.pids().items():
            samples.setdefault(f"{name} ({process})", []).append((elapsed, resident(process)))
        if time.monotonic() - told >= TOLD_EVERY:
            told = time.monotonic()
            total = sum(each[-1][1] for each in samples.values()) / 1024
            progress(f"{elapsed / 60:.0f} min, {total:.0f} MiB in all")
        time.sleep(SAMPLE_EVERY)
    return samples


def warmed_up(samples: Samples, seconds: float) -> Samples:
    """What was seen of each process after the time in which it warms up, from its own start."""
    return {
        name: [each for each in measured if each[0] >= measured[0][0] + seconds * WARM_UP]
        for name, measured in samples.items()
    }


def grown(samples: Samples, most: float) -> list[str]:
    """The processes that grow by more KiB a minute than that; none that was not there for long."""
    return sorted(
        name for name, measured in samples.items()
        if len(measured) >= ENOUGH and slope(measured) > most
    )


def report(samples: Samples, load: dict, seconds: float) -> None:
    """Print how memory went in each process once it had warmed up."""
    print()
    print(f"{load['moves']} moves in {load['games']} games, each on connections of its own.")
    print(f"{'process':28} {'after warming up':>18} {'at the end':>12} {'slope':>16}")
    for name, later in sorted(warmed_up(samples, seconds).items()):
        if len(later) < ENOUGH:
            print(f"{name:28} was not there for long enough")
            continue
        begin, end = later[0][1] / 1024, later[-1][1] / 1024
        print(f"{name:28} {begin:14.1f} MiB {end:8.1f} MiB {slope(later):10.2f} KiB/min")


def slope(measured: Sequence[tuple]) -> float:
    """KiB a minute, by the least squares."""
    at, size = zip(*measured, strict=True)
    return 60 * linear_regression(at, size).slope


if __name__ == "__main__":
    sys.exit(main())
