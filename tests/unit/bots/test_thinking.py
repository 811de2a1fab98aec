"""A worker that fails or hangs is replaced, and nobody waits for it."""

import subprocess
import sys

import pytest

from arbiter_games.dobutsu import Dobutsu
from bots.thinking import Task, Thinkers, Undecided
from tests.process import ROOT
from tests.unit.bots.seeing import seen_by


def test_a_worker_that_fails_hangs_or_dies_is_replaced():
    command = [sys.executable, "-m", "tests.unit.bots.worker_trial"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_nobody_waits_for_a_busy_worker_while_the_clock_runs():
    with pytest.raises(Undecided, match="busy"):
        Thinkers(0).choose(Task(seen_by(Dobutsu(), 0, []), level=1, left=0.1))
