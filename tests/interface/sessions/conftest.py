"""What tests of the session service are given: the service, a session, and what is announced."""

import random

import pytest

from sessions import events
from sessions.service import SessionsService
from tests.interface.sessions.commands import DEFAULTS, move


@pytest.fixture
def grace():
    """Return the grace in seconds; tests choose another by `parametrize`."""
    return 30


@pytest.fixture
def service(containers, cluster, settings, grace):
    settings |= {"GRACE": grace}
    containers(SessionsService)
    return cluster.sessions


@pytest.fixture
def session_id(service):
    """Return a session of alice, who moves first, and bob; nobody is connected."""
    return service.create("key", "dobutsu", DEFAULTS, ["alice", "bob"])


@pytest.fixture
def ear(session_id, tap):
    return tap(events.EXCHANGE, events.RESULTS_EXCHANGE)


@pytest.fixture
def execute(service, session_id):
    numbers = iter(range(1000))

    def give(login, command, version=None, command_id=None):
        return service.execute(
            session_id, login, command, command_id or f"command {next(numbers)}", version
        )["version"]

    return give


@pytest.fixture
def play(service, session_id, execute):
    """Return a function that makes random legal moves until the game ends."""

    def on():
        rng = random.Random(1)
        while (now := service.get(session_id))["status"] == "active":
            login = now["to_move"][0]
            execute(login, move(rng.choice(service.get(session_id, login)["legal"])))
        return now

    return on
