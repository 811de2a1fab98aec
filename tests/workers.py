"""Runs tests side by side, and shows progress.

Each worker is a pytest process with a broker, databases and servers of its own; tests/sharing.py
deals the files out. What the workers print stays in var/tests.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.sharing import REPORTS, SHARED, WORKER
from tools.launch.program import bound_to_parent

LOGS = Path(__file__).resolve().parent.parent / "var" / "tests"
POLL_INTERVAL_SECONDS = 0.2
SILENCE_SECONDS = 30.0
# A file system in memory: databases and brokers of tests would wait for the disk at each commit.
MEMORY = Path("/dev/shm")
MIN_MEMORY_BYTES = 4 * 2**30
SLOWEST = 15
PASSED, FAILED, NO_TESTS = 0, 1, 5  # the exit statuses of pytest


@dataclass
class Group:
    """Workers that share the same tests: the command of each, and how many there are."""

    name: str
    command: Sequence[str]
    size: int

    @property
    def folder(self) -> Path:
        return LOGS / self.name

    def start(self, temporary: Path) -> dict[str, subprocess.Popen[bytes]]:
        """Start the workers, with folders for their files, and return them by their names."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        names = [f"{self.name}-{number}" for number in range(self.size)]
        return {name: self._start(name, temporary / name) for name in names}

    def log(self, worker: str) -> Path:
        return self.folder / f"{worker}.log"

    def _start(self, worker: str, temporary: Path) -> subprocess.Popen[bytes]:
        # Folders that pytest chooses itself may be removed by another run too early.
        command = [*self.command, f"--basetemp={temporary}"]
        environment = {**os.environ, SHARED: str(self.folder), WORKER: worker}
        with self.log(worker).open("wb") as log:
            return subprocess.Popen(
                bound_to_parent("TERM", command), env=environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )

    def reports(self) -> Iterator[list[dict[str, Any]]]:
        """Yield, as often as asked, what the workers have reported since the last time."""
        path, rest, position = self.folder / REPORTS, b"", 0
        while True:
            if path.exists():
                with path.open("rb") as file:
                    file.seek(position)
                    rest += file.read()
                    position = file.tell()
            *lines, rest = rest.split(b"\n")
            yield [json.loads(line) for line in lines]


@dataclass
class Outcome:
    """What came of a run: counts, and what each failed test and each broken worker said."""

    passed: int = 0
    skipped: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.failed and not self.broken

    def __str__(self) -> str:
        """Return the counts as CI reads them."""
        failed = len(self.failed) + len(self.broken)
        return f"{self.passed} passed, {failed} failed, {self.skipped} skipped"


class Progress:
    """Takes the workers' reports, prints a line for each file that is done, and counts."""

    def __init__(self) -> None:
        self.outcome = Outcome()
        self._began = self._printed = time.monotonic()
        self._left: dict[str, int] = {}
        self._total = self._done = 0
        self._files: dict[str, list[tuple[str, float]]] = {}
        self._running: dict[str, tuple[str, float]] = {}
        self._failing: set[str] = set()

    def take(self, report: dict[str, Any]) -> None:
        """Take one report of a worker."""
        if "collected" in report and not report["collected"].keys() <= self._left.keys():
            self._left |= report["collected"]
            self._total += sum(report["collected"].values())
        elif "began" in report:
            self._running[report["worker"]] = report["began"], time.monotonic()
        elif "test" in report:
            self._running.pop(report["worker"], None)
            self._count(report)

    def _count(self, report: dict[str, Any]) -> None:
        test, file = report["test"], report["test"].partition("::")[0]
        self._done += 1
        if report["outcome"] == "failed":
            self.outcome.failed[test] = report["text"]
            self._failing.add(report["worker"])
            self.say(f"{test} FAILED\n{report['text']}\n")
        elif report["outcome"] == "skipped":
            self.outcome.skipped += 1
        else:
            self.outcome.passed += 1
        tests = self._files.setdefault(file, [])
        tests.append((test, report["seconds"]))
        self._left[file] -= 1
        if not self._left[file]:
            self.say(f"{file}: {len(tests)} in {sum(seconds for _, seconds in tests):.1f} s")

    def say(self, text: str) -> None:
        """Print something, with how far the run is."""
        self._printed = time.monotonic()
        share = 100 * self._done // max(self._total, 1)
        print(f"[{clock(self._printed - self._began)} {share:3}%] {text}", flush=True)

    def note_end(self, worker: str, status: int, log: Path) -> None:
        """Note that a worker has ended: broken, unless it has reported why it ends like this."""
        if status in (PASSED, NO_TESTS) or status == FAILED and worker in self._failing:
            return
        self.outcome.broken.append(f"{worker} ended with {status}, see {log}")
        self.say(f"{worker} ended with {status}:\n{log.read_text()[-5000:]}")

    def tick(self) -> None:
        """After a while in which nothing was printed, print what is running."""
        now = time.monotonic()
        if now - self._printed > SILENCE_SECONDS:
            running = [f"{test} ({now - began:.0f} s)" for test, began in self._running.values()]
            self.say(f"running: {', '.join(running) or 'nothing yet'}")

    def finish(self) -> None:
        """Note what was not run, and print the slowest tests, what has failed, and the counts."""
        outcome = self.outcome
        unfinished = [file for file, left in self._left.items() if left]
        if not self._done:
            outcome.broken.append("no test was run")
        if unfinished and outcome.ok:
            outcome.broken.append(f"not all was run of {', '.join(unfinished)}")
        tests = sorted((each for file in self._files.values() for each in file),
                       key=lambda each: -each[1])
        print("\nThe slowest:")
        for test, seconds in tests[:SLOWEST]:
            print(f"{seconds:6.1f} s  {test}")
        for what in (*outcome.failed, *outcome.broken):
            print(f"FAILED {what}")
        print(f"\nIn {clock(time.monotonic() - self._began)} min:\n{outcome}", flush=True)


def run(groups: Sequence[Group]) -> Outcome:
    """Run groups of workers side by side until all have ended."""
    # A short prefix: the paths of sockets are limited to 107 characters.
    with TemporaryDirectory(
        prefix="arbiter-", dir=memory_folder(), ignore_cleanup_errors=True
    ) as temporary:
        return _run(groups, Path(temporary))


def memory_folder() -> Path | None:
    """Return a folder in memory, if there is one with enough space that can have programs in it."""
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return None
    memory = os.statvfs(MEMORY)
    is_large = memory.f_bavail * memory.f_frsize >= MIN_MEMORY_BYTES
    return MEMORY if is_large and not memory.f_flag & os.ST_NOEXEC else None


def _run(groups: Sequence[Group], temporary: Path) -> Outcome:
    progress = Progress()
    processes = {
        name: (process, group)
        for group in groups for name, process in group.start(temporary).items()
    }
    reports = [group.reports() for group in groups]
    while processes:
        time.sleep(POLL_INTERVAL_SECONDS)
        ended = [name for name, (process, _) in processes.items() if process.poll() is not None]
        for report in [each for source in reports for each in next(source)]:
            progress.take(report)
        for name in ended:
            process, group = processes.pop(name)
            progress.note_end(name, process.returncode, group.log(name))
        progress.tick()
    progress.finish()
    return progress.outcome


def clock(seconds: float) -> str:
    """Return a duration as minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
