"""A worker that fails or hangs is replaced, and nobody waits for it."""

import queue
import subprocess
import sys

import pytest

from arbiter_games.dobutsu import Dobutsu
from bots.thinkers import Task, Thinkers, Undecided
from tests.process import ROOT
from tests.unit.bots.seeing import seen_by


def test_a_worker_that_fails_hangs_or_dies_is_replaced():
    command = [sys.executable, "-m", "tests.unit.bots.worker_trial"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


ENDS_WITHOUT_READING = """
import threading
from multiprocessing import Pipe
from bots.thinkers import work

mine, its = Pipe()

def end():
    mine.poll(60)
    mine.close()

threading.Thread(target=end).start()
work(its)
"""


def test_a_worker_ends_quietly_with_who_has_not_read_its_answer():
    command = [sys.executable, "-c", ENDS_WITHOUT_READING]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("left", "seconds"), [(0.3, 0.1), (600, 10), (None, 300)])
def test_nobody_waits_for_long_for_a_busy_worker(monkeypatch, left, seconds):
    waited = []

    def get(timeout):
        waited.append(timeout)
        raise queue.Empty

    thinkers = Thinkers(0)
    monkeypatch.setattr(thinkers._idle, "get", get)
    with pytest.raises(Undecided, match="busy"):
        thinkers.choose(Task(seen_by(Dobutsu(), 0, []), level=1, left=left))
    assert waited == [pytest.approx(seconds)]
