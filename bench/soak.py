"""`make soak`: half load for half an hour, and how the memory of each process goes meanwhile."""

import argparse
import json
import subprocess
import time
from collections.abc import Sequence
from statistics import linear_regression

from bench.__main__ import Bench, own_server, progress
from bench.processes import resident
from launch.stack import Stack

SAMPLE_EVERY = 10.0  # seconds
TOLD_EVERY = 60.0
WARM_UP = 1 / 3  # of the time, in which pools, caches and heaps grow to their size
MEASURED_FOR = 8.0


def main() -> None:
    """Start a server of its own, keep it at half load, and print the table."""
    arguments = argparse.ArgumentParser(prog="bench.soak", description=__doc__)
    arguments.add_argument("--minutes", type=float, default=30)
    arguments.add_argument("--games", type=int, default=25, help="that are played at a time")
    given = arguments.parse_args()
    with own_server() as stack:
        soak(stack, given.games, given.minutes * 60)


def soak(stack: Stack, games: int, seconds: float) -> None:
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


def watch(stack: Stack, load: subprocess.Popen, seconds: float) -> dict[str, list[tuple]]:
    """For each process of the stack (seconds, KiB of resident memory), all along."""
    samples: dict[str, list[tuple]] = {}
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


def report(samples: dict[str, list[tuple]], load: dict, seconds: float) -> None:
    """Print how memory went in each process once it had warmed up."""
    print()
    print(f"{load['moves']} moves in {load['games']} games, each on connections of its own.")
    print(f"{'process':28} {'after warming up':>18} {'at the end':>12} {'slope':>16}")
    for name, measured in sorted(samples.items()):
        later = [each for each in measured if each[0] >= seconds * WARM_UP]
        if len(later) < 2:
            print(f"{name:28} was not there for long enough")
            continue
        begin, end = later[0][1] / 1024, later[-1][1] / 1024
        print(f"{name:28} {begin:14.1f} MiB {end:8.1f} MiB {slope(later):10.2f} KiB/min")


def slope(measured: Sequence[tuple]) -> float:
    """KiB a minute, by the least squares."""
    at, size = zip(*measured, strict=True)
    return 60 * linear_regression(at, size).slope


if __name__ == "__main__":
    main()
