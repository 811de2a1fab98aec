"""`make soak`: half load for half an hour, and whether a process' memory grows meanwhile."""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from statistics import linear_regression

from tools.bench.figures import Played
from tools.bench.loads import start
from tools.bench.process_stats import resident_kib
from tools.bench.server import Bench, own_server, progress
from tools.launch.stack import Stack

SAMPLE_INTERVAL_SECONDS = 10.0
PROGRESS_INTERVAL_SECONDS = 60.0
WARM_UP = 1 / 3  # of the time, in which pools, caches and heaps grow to their size
MIN_SAMPLES = 6  # for a slope
MAX_GROWTH_KIB_PER_MINUTE = 100.0  # 140 MiB a day
FULL_LOAD_SECONDS = 8.0
FULL_LOAD_TIMEOUT_SECONDS = 120.0

Samples = dict[str, list[tuple[float, float]]]  # by process: seconds, and KiB of resident memory


def main() -> int:
    """Keep a server at half load, and print a table of its processes' memory.

    Returns 0 if no process has grown by more than is allowed after it had warmed up.
    """
    parser = argparse.ArgumentParser(prog="tools.bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--games", type=int, default=25, help="at a time")
    parser.add_argument(
        "--max-growth", type=float, default=MAX_GROWTH_KIB_PER_MINUTE, metavar="KIB",
        help="of a process in a minute, after it has warmed up",
    )
    options = parser.parse_args()
    with own_server() as stack:
        samples = soak(stack, options.games, options.minutes * 60)
    warm = warmed_up(samples, options.minutes * 60)
    growing = growing_processes(warm, options.max_growth)
    print()
    for process in growing:
        print(f"{process} grows by more than {options.max_growth:g} KiB a minute.")
    if not growing:
        print(f"No process grows by more than {options.max_growth:g} KiB a minute.")
    return 1 if growing else 0


def soak(stack: Stack, games: int, seconds: float) -> Samples:
    """Play at half of the server's full rate, sample its processes, and print the table."""
    progress(f"Measuring the full rate with {games} games at a time")
    bench = Bench(stack, 2 * games)
    full = bench.measure("moves", FULL_LOAD_TIMEOUT_SECONDS, games=games, seconds=FULL_LOAD_SECONDS)
    rate = full["moves_per_second"] / 2
    progress(f"Playing {rate:.0f} moves/s, half of that, for {seconds / 60:.0f} minutes")
    load = start(
        "paced", bench.save_setup(), games=games, moves_per_second=rate, seconds=seconds
    )
    try:
        samples = sample_while(load, stack, seconds)
        output, _ = load.communicate(timeout=60)
    finally:
        load.kill()
    if load.returncode:
        raise SystemExit("The load process has failed.")
    print_table(samples, json.loads(output), seconds)
    return samples


def sample_while(load: subprocess.Popen[str], stack: Stack, seconds: float) -> Samples:
    """Sample the memory of each process of the stack while the load runs."""
    samples: Samples = {}
    began = reported = time.monotonic()
    while (elapsed := time.monotonic() - began) < seconds and load.poll() is None:
        for name, pid in stack.supervisor.pids().items():
            samples.setdefault(f"{name} ({pid})", []).append((elapsed, resident_kib(pid)))
        if time.monotonic() - reported >= PROGRESS_INTERVAL_SECONDS:
            reported = time.monotonic()
            total = sum(each[-1][1] for each in samples.values()) / 1024
            progress(f"{elapsed / 60:.0f} min, {total:.0f} MiB in all")
        time.sleep(SAMPLE_INTERVAL_SECONDS)
    return samples


def warmed_up(samples: Samples, seconds: float) -> Samples:
    """Return the samples of each process after its warm-up, which begins with its first one."""
    return {
        name: [each for each in measured if each[0] >= measured[0][0] + seconds * WARM_UP]
        for name, measured in samples.items()
    }


def growing_processes(samples: Samples, max_growth: float) -> list[str]:
    """Return the processes that grow by more KiB a minute, of those with enough samples."""
    return sorted(
        name for name, measured in samples.items()
        if len(measured) >= MIN_SAMPLES and slope(measured) > max_growth
    )


def print_table(samples: Samples, played: Played, seconds: float) -> None:
    """Print the memory of each process after it had warmed up."""
    print()
    print(f"{played['moves']} moves in {played['games']} games, each on new connections.")
    print(f"{'process':28} {'after warming up':>18} {'at the end':>12} {'slope':>16}")
    for name, measured in sorted(warmed_up(samples, seconds).items()):
        if len(measured) < MIN_SAMPLES:
            print(f"{name:28} did not run for long enough")
            continue
        begin, end = measured[0][1] / 1024, measured[-1][1] / 1024
        print(f"{name:28} {begin:14.1f} MiB {end:8.1f} MiB {slope(measured):10.2f} KiB/min")


def slope(measured: Sequence[tuple[float, float]]) -> float:
    """Return the growth in KiB a minute, by least squares."""
    seconds, kib = zip(*measured, strict=True)
    return 60 * linear_regression(seconds, kib).slope


if __name__ == "__main__":
    sys.exit(main())
