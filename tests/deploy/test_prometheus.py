"""Prometheus itself reads its configuration, and its rules fire when tests.yml says."""

import subprocess

import pytest

from tests.process import ROOT


@pytest.mark.parametrize(
    "arguments",
    [["check", "config", "prometheus.yml"], ["check", "rules", "alerts.yml"],
     ["test", "rules", "tests.yml"]],
    ids=" ".join,
)
def test_prometheus_finds_no_fault(arguments):
    done = subprocess.run(
        ["promtool", *arguments], cwd=ROOT / "deploy/prometheus", capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
