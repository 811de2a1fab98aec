"""Profiles of the Python processes of a server, by module of the project."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tools.bench.figures import Profile
from tools.bench.process_stats import ByKind, Pids, kind

NOT_SAMPLED = ("broker", "epmd", "postgres", "redis", "supervisor")
WRITE_SECONDS = 0.5


def toggle(pids: Pids) -> None:
    """Have every Python process begin to sample, or write what it has sampled."""
    for name, pid in pids.items():
        if name not in NOT_SAMPLED:
            os.kill(pid, signal.SIGUSR2)
    time.sleep(WRITE_SECONDS)


def module_microseconds(folder: Path, cpu_ms: ByKind) -> Profile:
    """Divide the CPU time of each kind of process, of a move, among the places of its samples."""
    counts: dict[str, Counter[str]] = {}
    for path in folder.glob("*.json"):
        counts.setdefault(kind(path.stem), Counter()).update(json.loads(path.read_text()))
    return {name: shares(found, 1000 * cpu_ms[name]) for name, found in sorted(counts.items())}


def shares(counts: Mapping[str, int], whole: float) -> dict[str, float]:
    """Divide a whole in the proportion of the counts, the largest first."""
    total = sum(counts.values())
    return {
        place: whole * count / total
        for place, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    }
