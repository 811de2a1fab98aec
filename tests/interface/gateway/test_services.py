"""Calls of the gateway to services that are missing, hang or fail."""

import time

import pytest

from extensions.settings.loader import load_settings
from gateway.broker.services import Services
from gateway.protocol.errors import Unavailable, describe
from rooms.service import RoomsService
from tests.interface.standing_in import Gate


@pytest.fixture
def services(settings, rpc_timeout):
    """The services, by a real broker."""
    made = Services(load_settings({**settings, "RPC_TIMEOUT": rpc_timeout}))
    made.start()
    yield made
    made.stop()


def test_missing_service_is_unavailable_at_once(services, rpc_timeout):
    began = time.monotonic()
    with pytest.raises(Unavailable) as refusal:
        services.accounts.get("alice")
    assert time.monotonic() - began < rpc_timeout
    assert refusal.value.details == {"service": "accounts"}


@pytest.mark.parametrize("rpc_timeout", [0.5])
def test_hanging_service_is_unavailable_after_the_timeout(services, stand_in):
    gate = Gate("late")
    stand_in("accounts", get=gate)
    with pytest.raises(Unavailable) as refusal:
        services.accounts.get("alice")
    assert refusal.value.details == {"service": "accounts"}
    gate.opened.send()


def test_service_that_lacks_another_is_unavailable(services, containers):
    containers(RoomsService)
    with pytest.raises(Unavailable) as refusal:
        services.rooms.create("alice", "dobutsu", {})
    assert refusal.value.details == {"service": "rooms"}


def test_failing_service_is_an_internal_error_without_details(services, stand_in):
    stand_in("accounts", get=ValueError("a secret of /srv/accounts.py"))
    with pytest.raises(Exception) as failure:
        services.accounts.get("alice")
    assert describe(failure.value) == {
        "code": -32603,
        "message": "The server has failed at this request; it has been noted",
        "data": {"type": "InternalError"},
    }
