"""What made-up requests are sent to."""

import pytest

from tests.e2e.callers import World
from tests.e2e.fuzz.target import FuzzTarget, GamesBeside


@pytest.fixture(scope="module")
def world(running_stack):
    return World(running_stack)


@pytest.fixture
def target(stack, world, two_players):
    """What is fuzzed: a server on which games go on; its processes are the same ones at the end."""
    before = {name: process.pid for name, process in stack.processes.items()}
    beside = GamesBeside(*two_players)
    try:
        with beside.played():
            yield FuzzTarget(world, beside)
    finally:
        world.clean("host", None)
    assert {name: process.pid for name, process in stack.processes.items()} == before
