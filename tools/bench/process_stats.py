"""What the system tells of processes: CPU time and memory, of each with all its descendants."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
CPU_CLOCK = 2  # CPUCLOCK_SCHED, as in <linux/posix-timers.h>
SUPERVISOR = "supervisor"

Pids = Mapping[str, int]  # by the name of a program, as gateway-1
ByKind = dict[str, float]  # by the kind of a program, as gateway


def resident_kib(pid: int) -> int:
    """Return the resident memory of a process in KiB."""
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def proportional_kib(pids: Pids) -> ByKind:
    """Return the memory of each kind of program in KiB; what processes share is divided."""
    return _sum_by_kind(pids, _rollup)


def cpu_seconds(pids: Pids) -> ByKind:
    """Return the CPU time that each kind of program has taken until now."""
    return _sum_by_kind(pids, _cpu_seconds)


def with_supervisor(pids: Pids) -> Pids:
    """Return these programs and the supervisor that has started them."""
    return {SUPERVISOR: int(_stat(next(iter(pids.values())))[1]), **pids}


def busy_seconds() -> float:
    """Return the CPU time that the whole machine has spent until now."""
    user, nice, system, _, _, irq, soft, steal = map(int, _read("/proc/stat").split()[1:9])
    return (user + nice + system + irq + soft + steal) / TICKS_PER_SECOND


def own_cpu_seconds() -> float:
    """Return the CPU time of this process until now."""
    return time.process_time()


def kind(program: str) -> str:
    """Return the kind of a program: `gateway` of `gateway-1`."""
    return program.rpartition("-")[0] or program


def families(roots: Iterable[int]) -> dict[int, list[int]]:
    """Return each of these processes with its descendants, without those under another root."""
    children: dict[int, list[int]] = {}
    for pid, parent in _parents():
        children.setdefault(parent, []).append(pid)
    known = set(roots)

    def family(pid: int) -> Iterator[int]:
        yield pid
        for child in children.get(pid, ()):
            if child not in known:
                yield from family(child)

    return {root: list(family(root)) for root in known}


def _sum_by_kind(pids: Pids, measure: Callable[[int], float]) -> ByKind:
    totals: ByKind = {}
    members = families(pids.values())
    for name, pid in pids.items():
        for member in members[pid]:
            try:
                value = measure(member)
            except (OSError, IndexError):
                continue  # it has ended
            totals[kind(name)] = totals.get(kind(name), 0.0) + value
    return totals


def _parents() -> Iterator[tuple[int, int]]:
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                yield int(path.name), int(_stat(int(path.name))[1])
            except OSError:
                continue


def _cpu_seconds(pid: int) -> float:
    """Return the time of a process, and of its children that have ended.

    Its own is read from its clock, as clock_getcpuclockid(3) names it: /proc tells whole ticks of
    10 ms, and what a few requests cost may be less in each process.
    """
    ended_children = sum(map(int, _stat(pid)[13:15])) / TICKS_PER_SECOND
    return time.clock_gettime(~pid << 3 | CPU_CLOCK) + ended_children


def _stat(pid: int) -> list[str]:
    """Return the fields of a process from its state on: what is before may contain spaces."""
    return _read(f"/proc/{pid}/stat").rpartition(")")[2].split()


def _rollup(pid: int) -> float:
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return float(line.split()[1])
    return 0.0


def _read(path: str) -> str:
    with open(path) as file:
        return file.read()
