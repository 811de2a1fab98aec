"""Whether a process grows, by samples of its memory; and the exit status."""

import sys
from contextlib import nullcontext

import pytest

from tools.bench import soak

MINUTES = 30
SECONDS = 60 * MINUTES


def sampled(growth, warming=0.0, until=SECONDS):
    """Return samples of a process that warms up by some KiB, and grows by some each minute."""
    return [
        (at, 50_000 + growth * at / 60 + warming * min(1.0, 3 * at / SECONDS))
        for at in range(0, until, 10)
    ]


def growing(**samples):
    return soak.growing_processes(soak.warmed_up(samples, SECONDS), soak.MAX_GROWTH_KIB_PER_MINUTE)


def test_a_growing_process_is_named():
    assert growing(gateway=sampled(101), rooms=sampled(99), sessions=sampled(0)) == ["gateway"]


def test_growth_during_the_warm_up_does_not_count():
    assert growing(gateway=sampled(0, warming=40_000)) == []


def test_a_restarted_process_warms_up_again():
    assert growing(gateway=[(at, size) for at, size in sampled(101) if at > 0.7 * SECONDS]) == []


def test_a_short_lived_process_has_no_slope():
    assert growing(gateway=sampled(10**6, until=610)) == []


@pytest.mark.parametrize(("growth", "status"), [(101, 1), (99, 0)])
def test_the_exit_status_says_whether_a_process_grows(monkeypatch, capsys, growth, status):
    monkeypatch.setattr(soak, "own_server", nullcontext)
    monkeypatch.setattr(soak, "soak", lambda *_: {"gateway (7)": sampled(growth)})
    monkeypatch.setattr(sys, "argv", ["soak", "--minutes", str(MINUTES)])
    assert soak.main() == status
    output = capsys.readouterr().out
    assert ("gateway (7) grows by more than 100 KiB a minute." in output) == (status == 1)


def test_the_allowed_growth_is_an_option(monkeypatch):
    monkeypatch.setattr(soak, "own_server", nullcontext)
    monkeypatch.setattr(soak, "soak", lambda *_: {"gateway (7)": sampled(101)})
    monkeypatch.setattr(sys, "argv", ["soak", "--minutes", str(MINUTES), "--max-growth", "200"])
    assert soak.main() == 0
