"""Run the tests: `python -m tests [paths and options of pytest]`, in one process.

`--quick` runs side by side what `make test` runs, and `--rest` what `make test-all` adds to it.
`--engines` runs what depends on the engines, for BACKENDS=production. These read the environment:

- WORKERS: the number of processes beside the one for the browser;
- COVERAGE: if set, coverage is measured, into var/coverage;
- RERUN: how many failed tests may run once more by themselves, as in CI. What passes then is flaky,
  and noted in var/flaky.txt; what is there already counts.

Those of tests/browser run in a process of their own: what drives the browser waits by asyncio, and
eventlet's patch would keep it waiting for ever.
"""

import os
import subprocess
import sys
import warnings
from pathlib import Path

BROWSER = "tests/browser"
NO_TESTS = 5  # as pytest says it
PATCHED = "patched"
UNPATCHED = "--suppress-nameko-eventlet-notification"
ENGINES = ("tests/interface", "tests/e2e", "tests/tools/demo")
# The marks that each option selects, and the paths where the arguments name none.
SIDE_BY_SIDE: dict[str, tuple[str, tuple[str, ...]]] = {
    "--quick": ("not (outage or browser_full or deploy or fuzz or slow)", ()),
    "--rest": ("outage or browser_full or deploy or fuzz or slow", ()),
    # Not the page: it knows the server by the protocol, which tests/e2e checks on these engines.
    "--engines": ("engines and not fuzz", ENGINES),
}
MODULE = (sys.executable, "-m")
WORKERS = int(os.environ.get("WORKERS", "3"))
RERUN = int(os.environ.get("RERUN", "0"))
FLAKY = Path("var/flaky.txt")
COVERAGE = bool(os.environ.get("COVERAGE"))


def main(arguments: list[str]) -> int:
    """Run the tests that the arguments name, or all; return the exit status."""
    first, *others = arguments or [""]
    if first in SIDE_BY_SIDE:
        marks, paths = SIDE_BY_SIDE[first]
        if any(each.startswith("tests/") for each in others):
            paths = ()
        return run_side_by_side(commands(["-m", marks, *paths, *others]))
    return run_one_by_one(commands(arguments))


def commands(arguments: list[str]) -> dict[str, list[str]]:
    """Return the commands that run the tests outside and inside the browser."""
    paths = [each for each in arguments if each.startswith("tests/")]
    options = [each for each in arguments if each not in paths]
    in_browser = [each for each in paths if each.startswith(BROWSER)]
    others = [each for each in paths if each not in in_browser]
    found = {}
    if others or not paths:
        found["tests"] = [*MODULE, "tests", PATCHED, f"--ignore={BROWSER}", *options, *others]
    if in_browser or not paths:
        found["browser"] = [*MODULE, "pytest", UNPATCHED, *options, *(in_browser or [BROWSER])]
    return found


def run_side_by_side(commands: dict[str, list[str]]) -> int:
    """Run the tests by several workers; return the exit status."""
    from tests.workers import Group, run

    if COVERAGE and "tests" in commands:
        os.environ["FORKED_COVERAGE"] = os.path.abspath("setup.cfg")  # tests/fork_server.py
        commands["tests"][2:2] = ["coverage", "run", "-m"]
    sizes = {"tests": WORKERS, "browser": 1}
    outcome = run([
        Group(name, [*command, "-p", "tests.sharing"], sizes[name])
        for name, command in commands.items()
    ])
    if outcome.failed and not outcome.broken:
        return rerun(outcome.failed)
    return 0 if outcome.ok else 1


def rerun(failed: dict[str, str]) -> int:
    """Run failed tests once more by themselves, if there are few; return the exit status."""
    noted = FLAKY.read_text().splitlines() if FLAKY.exists() else []
    if len(noted) + len(failed) > RERUN:
        return 1
    for test, said in failed.items():
        if run_one_by_one(commands([test])):
            return 1
        noted.append(f"FLAKY {test}")
        print(f"{noted[-1]}\n{said}\n", flush=True)
    FLAKY.write_text("\n".join(noted) + "\n")
    return 0


def run_one_by_one(commands: dict[str, list[str]]) -> int:
    """Run one command after the other, until one fails; return the exit status."""
    statuses = []
    for command in commands.values():
        statuses.append(subprocess.run(command).returncode)
        if statuses[-1] not in (0, NO_TESTS):
            return statuses[-1]
    return min(statuses)


def run_patched(arguments: list[str]) -> int:
    """Run pytest with what waits made to wait as eventlet has it, as in the services."""
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()  # before pytest or anything else imports what it patches
    import pytest

    return pytest.main(arguments)


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(run_patched(given[1:]) if given[:1] == [PATCHED] else main(given))
