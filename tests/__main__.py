"""Run the tests: `python -m tests [arguments of pytest]`.

Those of tests/browser run after the others, in a process of their own: what drives the browser
waits by asyncio, and eventlet's patch would keep it waiting for ever.
"""

import subprocess
import sys
import warnings

BROWSER = "tests/browser"
NO_TESTS = 5  # as pytest says it
PATCHED = "patched"
UNPATCHED = "--suppress-nameko-eventlet-notification"


def main(arguments: list[str]) -> int:
    """Run all tests, or those of the paths among the arguments; return the exit status."""
    paths = [each for each in arguments if each.startswith("tests")]
    options = [each for each in arguments if each not in paths]
    in_browser = [each for each in paths if each.startswith(BROWSER)]
    others = [each for each in paths if each not in in_browser]
    status = NO_TESTS
    if others or not in_browser:
        status = run("tests", PATCHED, f"--ignore={BROWSER}", *options, *others)
    if (in_browser or not others) and status in (0, NO_TESTS):
        browser = run("pytest", UNPATCHED, *options, *(in_browser or [BROWSER]))
        status = min(status, browser, key=_weight)
    return status


def run(module: str, *arguments: str) -> int:
    """Run a module with these arguments in a process of its own; return its exit status."""
    return subprocess.run([sys.executable, "-m", module, *arguments]).returncode


def run_patched(arguments: list[str]) -> int:
    """Run pytest with what waits made to wait as eventlet has it, as in the services."""
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()  # before pytest or anything else imports what it patches
    import pytest

    return pytest.main(arguments)


def _weight(status: int) -> int:
    """Orders exit statuses: a failure before success, success before having had no tests."""
    return {0: 1, NO_TESTS: 2}.get(status, 0)


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(run_patched(given[1:]) if given[:1] == [PATCHED] else main(given))
