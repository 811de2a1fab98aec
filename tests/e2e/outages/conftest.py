"""Fixtures of tests that take a part of Arbiter away: a stack that gives up waiting early."""

import pytest

from tests.conftest import OUTAGES
from tests.stack import Stack

GATEWAY_LEASE = 12.0  # seconds; a gateway renews its own every 3
RPC_TIMEOUT = 6.0
IMPATIENT = {"GATEWAY_LEASE": GATEWAY_LEASE, "RPC_TIMEOUT": RPC_TIMEOUT, "HEARTBEAT": 8}


@pytest.fixture(autouse=True)
def outages(outage):
    """Have all tests of this folder marked as outages."""


@pytest.fixture(scope="module")
def running_stack(broker, production, tmp_path_factory):
    """All of Arbiter, started for one file of tests."""
    folder, instances = tmp_path_factory.mktemp("stack"), 2 if production else 1
    with Stack(folder, broker.uri(OUTAGES), instances, **production, **IMPATIENT) as stack:
        yield stack
