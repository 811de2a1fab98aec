"""The fixture with which the kit plays games in the session service, installed or not."""

import pytest

from arbiter_games.testing import conformance
from sessions.conformance_host import SessionHost


@pytest.fixture
def in_session_service(monkeypatch):
    """Play games in the session service of this checkout, whichever server is installed."""
    monkeypatch.setattr(conformance, "installed_hosts", lambda: [SessionHost])
