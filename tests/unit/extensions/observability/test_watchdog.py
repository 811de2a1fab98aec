"""The watchdog finds a blocked process by the checks between which no greenthread has run."""

import pytest

from extensions.observability import watchdog


@pytest.fixture
def checks_until_blocked(monkeypatch):
    """Return a function that counts the checks until a process is found to be blocked.

    It takes the checks before which greenthreads run.
    """
    monkeypatch.setattr(watchdog, "_beats", 0)

    def count(running_before, timeout_seconds):
        checks = []

        def sleep(_seconds):
            checks.append(None)
            if len(checks) in running_before:
                monkeypatch.setattr(watchdog, "_beats", watchdog._beats + 1)

        watchdog.await_block(timeout_seconds, sleep)
        return len(checks)

    return count


def test_a_process_whose_greenthreads_never_run_is_blocked(checks_until_blocked):
    assert checks_until_blocked(running_before=(), timeout_seconds=5) == 6


def test_a_process_whose_greenthreads_run_is_not_blocked(checks_until_blocked):
    assert checks_until_blocked(running_before=range(1, 1000), timeout_seconds=5) == 999 + 6


def test_a_stopped_process_misses_one_check_however_long(checks_until_blocked):
    every_second = range(1, 1000, 2)  # as if it were stopped between any two checks
    assert checks_until_blocked(every_second, timeout_seconds=1) == 999 + 2
