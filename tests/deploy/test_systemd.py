"""systemd itself reads the units, and finds little that they may do."""

import os
import subprocess

import pytest

from tests.process import ROOT
from tests.stack import SERVICES

UNITS = ROOT / "deploy/systemd"
INSTANCES = [
    *(f"arbiter@{name}.service" for name in SERVICES), "arbiter-gateway@8001.service",
    "arbiter-bots.service",
]
MAX_EXPOSURE_PERCENT = "20"  # a unit without any restrictions has 96


@pytest.fixture
def analyze(tmp_path):
    """Runs systemd-analyze on the units, which find this checkout in the place of /opt/arbiter."""
    for unit in UNITS.iterdir():
        text = unit.read_text().replace("/opt/arbiter/.venv", str(ROOT / ".venv"))
        (tmp_path / unit.name).write_text(text.replace("/opt/arbiter", str(ROOT)))
    environment = {"PATH": os.environ["PATH"], "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}

    def analyze(*arguments):
        command = ["systemd-analyze", "--no-pager", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    return analyze


def test_the_units_are_valid(analyze):
    done = analyze("verify", "--recursive-errors=no", "arbiter.target", *INSTANCES)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "unit", ["arbiter@.service", "arbiter-gateway@.service", "arbiter-bots.service"]
)
def test_a_unit_may_do_little(analyze, tmp_path, unit):
    threshold = f"--threshold={MAX_EXPOSURE_PERCENT}"
    done = analyze("security", "--offline=yes", threshold, tmp_path / unit)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_target_has_all_services():
    wanted = (UNITS / "arbiter.target").read_text().split()
    assert {f"arbiter@{name}.service" for name in SERVICES} <= set(wanted) | {
        each.removeprefix("Wants=") for each in wanted
    }


@pytest.mark.parametrize("unit", ["arbiter@.service", "arbiter-gateway@.service"])
def test_a_process_has_time_to_stop_and_many_files(unit):
    lines = (UNITS / unit).read_text().splitlines()
    assert {"TimeoutStopSec=15", "LimitNOFILE=65536", "Restart=always"} <= set(lines)
