"""What tests of the mechanism are given: services and gateways as processes of their own."""

import sys

import pytest

from tests.conftest import INTERFACE
from tests.interface.conftest import delete_queues
from tests.stack import SERVICES, SETTINGS, Process


@pytest.fixture
def start_process(broker, tmp_path):
    """Starts what operators start, `nameko` with a service or `gateway`; killed after the test."""
    made = []

    def start(program, *arguments, **settings):
        run = [program, "run"] if program == "nameko" else [program]
        command = [sys.executable, "-m", *run, "--config", "config.yaml", *arguments]
        settings = {
            **SETTINGS, "AMQP_URI": broker.uri(INTERFACE), "DATA_DIR": tmp_path, **settings
        }
        made.append(Process(f"{len(made)}-{program}", command, settings, tmp_path))
        made[-1].start()
        return made[-1]

    yield start
    for process in made:
        if process.runs:
            process.kill()
    delete_queues(broker.uri(INTERFACE), SERVICES)
