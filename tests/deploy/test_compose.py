"""Docker Compose itself reads compose.yaml."""

import os
import subprocess

from tests.docs.test_containers import OURS, SECRETS
from tests.process import ROOT

COMPOSE = ["docker-compose", "--project-directory", ROOT, "config", "--services"]


def run(**secrets):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **secrets}
    return subprocess.run(COMPOSE, env=environment, capture_output=True, text=True, cwd="/")


def test_compose_finds_no_fault_where_all_secrets_are_set():
    done = run(**{name: "0123456789abcdef" * 4 for name in SECRETS})
    assert done.returncode == 0, done.stderr
    assert set(OURS) < set(done.stdout.split())


def test_compose_refuses_to_start_without_secrets():
    done = run()
    assert done.returncode != 0 and "is not set, see docs/containers.md" in done.stderr
