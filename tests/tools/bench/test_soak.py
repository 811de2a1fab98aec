"""Whether a process grows, by what was seen of its memory: pure functions, and the exit status."""

import sys
from contextlib import nullcontext

import pytest

from tools.bench import soak

MINUTES = 30
SECONDS = 60 * MINUTES


def seen(growth, warming=0.0, until=SECONDS):
    """A process that warms up by so many KiB, and grows by others each minute."""
    return [
        (at, 50_000 + growth * at / 60 + warming * min(1.0, 3 * at / SECONDS))
        for at in range(0, until, 10)
    ]


def too_much(**samples):
    return soak.grown(soak.warmed_up(samples, SECONDS), soak.MOST_GROWTH)


def test_a_process_that_grows_is_named_and_one_that_stays_is_not():
    assert too_much(gateway=seen(101), rooms=seen(99), sessions=seen(0)) == ["gateway"]


def test_what_grows_while_it_warms_up_does_not_count():
    assert too_much(gateway=seen(0, warming=40_000)) == []


def test_one_that_was_started_anew_warms_up_anew():
    assert too_much(gateway=[(at, size) for at, size in seen(101) if at > 0.7 * SECONDS]) == []


def test_one_that_was_there_for_a_moment_has_no_slope():
    assert too_much(gateway=seen(10**6, until=610)) == []


@pytest.mark.parametrize(("growth", "status"), [(101, 1), (99, 0)])
def test_the_exit_status_tells_it(monkeypatch, capsys, growth, status):
    monkeypatch.setattr(soak, "own_server", nullcontext)
    monkeypatch.setattr(soak, "soak", lambda *_: {"gateway (7)": seen(growth)})
    monkeypatch.setattr(sys, "argv", ["soak", "--minutes", str(MINUTES)])
    assert soak.main() == status
    said = capsys.readouterr().out
    assert ("gateway (7) grows by more than 100 KiB a minute." in said) == (status == 1)


def test_what_may_be_is_taken_from_the_command_line(monkeypatch):
    monkeypatch.setattr(soak, "own_server", nullcontext)
    monkeypatch.setattr(soak, "soak", lambda *_: {"gateway (7)": seen(101)})
    monkeypatch.setattr(sys, "argv", ["soak", "--minutes", str(MINUTES), "--most", "200"])
    assert soak.main() == 0
