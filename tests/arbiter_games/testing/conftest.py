"""What tests of the kit are given: its fixture, also where this project is not installed."""

import pytest

from arbiter_games.testing import kit
from arbiter_games.testing.plugin import assert_game_conforms  # noqa: F401


@pytest.fixture
def unhurried(monkeypatch):
    """Has the kit shrink a failure to the end: broken off by the clock, it may be told otherwise.
    """
    monkeypatch.setattr(kit, "SECONDS_TO_SHRINK", 600.0)
