"""What tests of the kit are given: its fixture, and a server to play games in."""

import pytest

from arbiter_games.testing import conformance
from arbiter_games.testing.plugin import assert_game_conforms  # noqa: F401
from tests.arbiter_games.testing.memory_host import MemoryHost


@pytest.fixture(autouse=True)
def in_memory(monkeypatch):
    """Play games inside a server in memory, whichever server is installed."""
    monkeypatch.setattr(conformance, "installed_hosts", lambda: [MemoryHost])


@pytest.fixture
def without_time_limit(monkeypatch):
    """Shrink each failure to the end: how far it gets in some seconds depends on the machine."""
    monkeypatch.setattr(conformance, "SHRINK_SECONDS", 600.0)
