"""The gateway's calls to services that are not there, or whose own calls are not answered."""

import time

import pytest

from gateway.broker.services import Services
from gateway.protocol.errors import Unavailable, describe
from rooms.service import RoomsService
from tests.interface.standing_in import Gate


@pytest.fixture
def services(settings, rpc_timeout):
    """The services as the handlers call them."""
    made = Services({**settings, "RPC_TIMEOUT": rpc_timeout})
    made.start()
    yield made
    made.stop()


def test_a_service_that_is_not_there_is_unavailable_at_once(services):
    began = time.monotonic()
    with pytest.raises(Unavailable) as refusal:
        services.accounts.get("alice")
    assert time.monotonic() - began < 3  # and not 5, after which it would be given up
    assert refusal.value.details == {"service": "accounts"}


@pytest.mark.parametrize("rpc_timeout", [0.5])
def test_a_service_that_does_not_answer_is_unavailable_in_time(services, stand_in):
    gate = Gate("late")
    stand_in("accounts", get=gate)
    with pytest.raises(Unavailable) as refusal:
        services.accounts.get("alice")
    assert refusal.value.details == {"service": "accounts"}
    gate.opened.send()


def test_a_service_that_needs_another_which_is_not_there_is_unavailable(services, containers):
    containers(RoomsService)
    with pytest.raises(Unavailable) as refusal:
        services.rooms.create("alice", "dobutsu", {})
    assert refusal.value.details == {"service": "rooms"}


def test_a_service_that_fails_is_an_internal_error_of_which_nothing_is_told(services, stand_in):
    stand_in("accounts", get=ValueError("a secret of /srv/accounts.py"))
    with pytest.raises(Exception) as failure:
        services.accounts.get("alice")
    assert describe(failure.value) == {
        "code": -32603,
        "message": "The server has failed at this request; it has been noted",
        "data": {"type": "InternalError"},
    }
