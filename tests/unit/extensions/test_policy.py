"""The RPC policy is in force in every service's process, also where it calls nobody."""

import subprocess
import sys

import pytest

from tests.stack import ROOT, SERVICES

SCRIPT = """
import eventlet
eventlet.monkey_patch()
import {service}.service
from nameko.rpc import MethodProxy, Responder
for sender in (MethodProxy, Responder):
    assert sender.publisher_cls.__module__ == "extensions.rpc.client", sender
"""


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_replies_by_the_policy(service):
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT.format(service=service)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
