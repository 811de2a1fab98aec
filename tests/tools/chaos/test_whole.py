"""Short runs of the whole: a sound server passes, and one without a safeguard is found."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.outage

ROOT = Path(__file__).resolve().parents[3]
TIMEOUT_SECONDS = 500


def chaos(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run it with few games and two faults."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.chaos", "--folder", str(folder), "--games", "20",
         "--faults", "2", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT_SECONDS,
    )
    return done.returncode, done.stdout + done.stderr


def test_nothing_is_lost_or_doubled(tmp_path):
    # With this seed, these are the shortest that kill, hold, cut and pause.
    status, output = chaos(tmp_path / "chaos", "--seed", "294", "--only", " and ")
    assert status == 0, output
    assert "kill sessions-1 and hold broker" in output
    assert "cut broker and pause sessions-1" in output
    assert "Nothing is lost or doubled" in output


def test_a_service_that_replies_before_its_commit_is_found(tmp_path):
    status, output = chaos(
        tmp_path / "chaos", "--seed", "1", "--only", "kill sessions",
        "--safeguard-removed", "commit",
    )
    assert status == 1, output
    assert "lost: " in output, output
