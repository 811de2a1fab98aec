"""The whole of it, short: what is in order passes, and a safeguard that is removed is missed."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.outage

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 500


def chaos(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run it with few games and the faults that kill instances of the session service."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.chaos", "--folder", str(folder), "--games", "20", "--seed", "1",
         "--only", "kill sessions", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE,
    )
    return done.returncode, done.stdout + done.stderr


def test_nothing_is_lost_or_doubled(tmp_path):
    status, said = chaos(tmp_path / "chaos", "--faults", "2")
    assert status == 0, said
    assert "Nothing is lost or doubled" in said


def test_a_service_that_replies_before_it_commits_is_found_out(tmp_path):
    status, said = chaos(tmp_path / "chaos", "--faults", "2", "--safeguard-removed", "commit")
    assert status == 1, said
    assert "lost: " in said, said
