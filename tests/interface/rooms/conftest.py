"""What tests of the rooms service are given: the service beside a stand-in for sessions."""

import pytest

from rooms import events
from rooms.service import RoomsService

DEFAULTS = {"clock": None, "rated": True}


def complete(game, options, seats=None):
    return {"game": game, "options": {**DEFAULTS, **options}, "seats": seats or 2}


@pytest.fixture
def sessions(stand_in):
    return stand_in("sessions", complete_options=complete, create="session-1", full_players={})


@pytest.fixture
def service(containers, cluster, settings, sessions, rpc_timeout):
    settings["RPC_TIMEOUT"] = rpc_timeout
    containers(RoomsService)
    return cluster.rooms


@pytest.fixture
def ear(tap):
    return tap(events.EXCHANGE)
