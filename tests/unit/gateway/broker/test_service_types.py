"""Every method that the gateway calls exists in its service, with as many parameters."""

import inspect

import pytest

from gateway.broker import service_types as types
from tests.unit.gateway.conftest import SERVICES

APIS = {
    "accounts": types.AccountsApi, "auth": types.AuthApi, "private_rooms": types.PrivateRoomsApi,
    "rooms": types.RoomsApi, "searcher": types.SearcherApi, "sessions": types.SessionsApi,
}
CALLS = [
    (service, name) for service, api in APIS.items() for name, method in vars(api).items()
    if inspect.isfunction(method) and not name.startswith("_")
]


@pytest.mark.parametrize(("service", "name"), CALLS)
def test_service_takes_the_calls_of_the_gateway(service, name):
    expected = inspect.signature(getattr(APIS[service], name)).parameters.values()
    actual = inspect.signature(getattr(SERVICES[service], name))
    required = [each.name for each in expected if each.default is each.empty]
    actual.bind(*required)
    actual.bind(*(each.name for each in expected))
    assert hasattr(getattr(SERVICES[service], name), "nameko_entrypoints")
