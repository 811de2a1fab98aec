"""The machine that is measured on: what it is, and whether others use it."""

import os
import platform
import resource
import time
from pathlib import Path
from typing import TypedDict

from tools.bench.process_stats import busy_seconds, own_cpu_seconds
from tools.errors import ToolError

BUSY_CORES = 0.1
WATCHED_SECONDS = 3.0


class Machine(TypedDict):
    """What figures depend on."""

    processor: str
    cores: int
    memory_gib: float
    system: str
    python: str


def describe() -> Machine:
    """Return what this machine is."""
    return {
        "processor": _processor(), "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def cores_in_use(seconds: float = WATCHED_SECONDS) -> float:
    """Return how many cores other processes use, watched for some seconds."""
    began, busy, own = time.perf_counter(), busy_seconds(), own_cpu_seconds()
    time.sleep(seconds)
    others = busy_seconds() - busy - (own_cpu_seconds() - own)
    return max(others, 0.0) / (time.perf_counter() - began)


def require_quiet() -> None:
    """Raise ToolError on a machine that others use."""
    cores = cores_in_use()
    if cores > BUSY_CORES:
        raise ToolError(
            f"Others use {cores:.2f} of a core on this machine, so its rates would say little: "
            'stop them, or measure all the same by ARGS="--busy".'
        )


def raise_open_files() -> None:
    """Allow this process, and those that it starts, as many open files as it may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
