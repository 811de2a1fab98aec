"""Runs a module like `python -m`, and samples what it spends its CPU time on when asked to.

`python -m tools.bench.profiler FILE -m MODULE ARGUMENTS...`: SIGUSR2 begins to sample, and the next
one writes FILE, JSON: how many samples each place in the code has had. A sample is taken for each
millisecond of CPU time of the process. It counts for the innermost module of the project that runs,
or else for the library's package. This module imports nothing of the project but its paths.
"""

import json
import os
import runpy
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

ROOT = str(Path(__file__).resolve().parent.parent.parent)
INTERVAL_SECONDS = 0.001
SITE_PACKAGES = "site-packages"

_places: dict[str, str] = {}  # by file name


class Sampler:
    """Counts samples of where the process is."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._counts: Counter[str] | None = None

    def toggle(self, number: int, frame: FrameType | None) -> None:
        """Begin to sample, or end and write the counts."""
        if self._counts is None:
            self._counts = Counter()
            signal.setitimer(signal.ITIMER_PROF, INTERVAL_SECONDS, INTERVAL_SECONDS)
            return
        signal.setitimer(signal.ITIMER_PROF, 0)
        written = self._target.with_suffix(".new")
        written.write_text(json.dumps(self._counts))
        written.rename(self._target)
        self._counts = None

    def sample(self, number: int, frame: FrameType | None) -> None:
        """Count where the process is now."""
        if self._counts is not None:
            self._counts[place(frame)] += 1


def place(frame: FrameType | None) -> str:
    """Return the innermost module of the project in a stack, or else the innermost library."""
    library = ""
    while frame is not None:
        name = frame.f_code.co_filename
        found = _places.get(name)
        if found is None:
            found = _places[name] = place_of_file(name)
        if found.endswith(".py"):
            return found
        library = library or found
        frame = frame.f_back
    return library


def place_of_file(name: str) -> str:
    """Return a project's file as a path below the root, and of any other one its package."""
    if SITE_PACKAGES in name:
        return name.rpartition(f"{SITE_PACKAGES}{os.sep}")[2].partition(os.sep)[0]
    if name.startswith(ROOT + os.sep) and not name.endswith(os.path.join("bench", "profiler.py")):
        return name[len(ROOT) + 1 :]
    return "python"


def main() -> None:
    """Run the module that the command line names."""
    target, _, module, *arguments = sys.argv[1:]
    sampler = Sampler(Path(target))
    signal.signal(signal.SIGUSR2, sampler.toggle)
    signal.signal(signal.SIGPROF, sampler.sample)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
