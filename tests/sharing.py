"""A pytest plug-in: several processes share a run, and each takes the next test file that is left.

`tests/workers.py` starts the processes and reads their reports. It names the folder that they share
in TESTS_SHARED, and the worker in TESTS_WORKER. pytest-xdist cannot be used: its workers fail in an
interpreter that eventlet has patched.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SHARED, WORKER = "TESTS_SHARED", "TESTS_WORKER"
REPORTS, STOP = "reports.jsonl", "stop"
# What waits most goes first, and what only computes goes last, in files of a second or less.
ORDER = ("tests/browser", "tests/e2e", "tests/interface", "tests/tools", "tests/docs")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Sharing(Path(os.environ[SHARED]), os.environ[WORKER]))


class Sharing:
    """Runs the files that this worker gets, and reports each test."""

    def __init__(self, folder: Path, worker: str) -> None:
        self._folder = folder
        self._worker = worker
        self._reports = os.open(folder / REPORTS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        self._sections: list[str] = []
        self._outcome, self._seconds = "passed", 0.0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run file after file, until none is left."""
        if session.testsfailed or session.config.option.collectonly:
            return None  # pytest itself says what was wrong with a file
        files: dict[str, list[pytest.Item]] = {}
        for item in session.items:
            files.setdefault(item.nodeid.partition("::")[0], []).append(item)
        self._report(collected={file: len(items) for file, items in files.items()})
        for file in self._taken(list(files)):
            items = files[file]
            following = [*items[1:], Elsewhere(session)]
            for item, next_item in zip(items, following, strict=True):
                self._report(began=item.nodeid)
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=next_item)
                if session.shouldfail or session.shouldstop:
                    (self._folder / STOP).touch()
                    raise session.Failed(session.shouldfail or session.shouldstop)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up the phases of a test; report it when it has been taken down."""
        self._seconds += report.duration
        if report.failed:
            self._outcome = "failed"
            shown = [f"{title:-^80}\n{text}" for title, text in report.sections]
            self._sections.append("\n".join([report.longreprtext, *shown]))
        elif report.skipped and self._outcome == "passed":
            self._outcome = "skipped"
        if report.when == "teardown":
            self._report(
                test=report.nodeid, outcome=self._outcome, seconds=self._seconds,
                text="\n".join(self._sections),
            )
            self._outcome, self._seconds, self._sections = "passed", 0.0, []

    def _taken(self, files: list[str]) -> Iterator[str]:
        """Yield files that no other worker has; workers of odd numbers begin with the last ones."""
        files.sort(key=_position)
        if int(self._worker.rpartition("-")[2]) % 2:
            files.reverse()
        for file in files:
            if (self._folder / STOP).exists():
                return
            try:
                (self._folder / file.replace("/", ".")).touch(exist_ok=False)
            except FileExistsError:
                continue
            yield file

    def _report(self, **what: Any) -> None:
        os.write(self._reports, json.dumps({"worker": self._worker, **what}).encode() + b"\n")


class Elsewhere:
    """Stands for the next test where that is in another file, and not yet known.

    Everything is taken down but what the session keeps.
    """

    def __init__(self, session: pytest.Session) -> None:
        self._session = session

    def listchain(self) -> list[pytest.Session]:
        return [self._session]


def _position(file: str) -> tuple[int, str]:
    found = [number for number, folder in enumerate(ORDER) if file.startswith(f"{folder}/")]
    return (found or [len(ORDER)])[0], file
