"""A service and all who call it agree on the calls, on what is sent and on what is answered."""

import inspect
from typing import get_args, get_origin, get_type_hints

import pytest
import typing_extensions

from extensions.rpc.client import RpcProxy
from gateway.broker import service_apis as apis
from private_rooms.rooms_api import RoomsApi as RoomsForPrivateRooms
from rooms.sessions_api import SessionsApi as SessionsForRooms
from searcher.session_starter import SessionsApi as SessionsForSearcher
from tests.unit.gateway.conftest import SERVICES

CALLERS = [
    ("accounts", apis.AccountsApi), ("auth", apis.AuthApi), ("rooms", apis.RoomsApi),
    ("private_rooms", apis.PrivateRoomsApi), ("searcher", apis.SearcherApi),
    ("sessions", apis.SessionsApi), ("sessions", SessionsForRooms),
    ("sessions", SessionsForSearcher), ("rooms", RoomsForPrivateRooms),
]
CALLS = [
    (service, api, name) for service, api in CALLERS for name, method in vars(api).items()
    if inspect.isfunction(method) and not name.startswith("_")
]


def shape(kind):
    """The keys of all objects in a type, as dicts within one another; {} where there are none."""
    origin = get_origin(kind)
    if typing_extensions.is_typeddict(origin):  # a generic one
        given = dict(zip(origin.__parameters__, get_args(kind), strict=True))
        hints = get_type_hints(origin).items()
        return {name: shape(given.get(each, each)) for name, each in hints}
    if typing_extensions.is_typeddict(kind):
        return {name: shape(each) for name, each in get_type_hints(kind).items()}
    merged = {}
    for each in get_args(kind):
        merged |= shape(each)
    return merged


def lacks(service, gateway):
    """The keys that the caller has in a type and the service has not, if it has any."""
    missing = set(gateway) - set(service) if service else set()
    for name in set(gateway) & set(service):
        missing |= {f"{name}.{each}" for each in lacks(service[name], gateway[name])}
    return missing


@pytest.mark.parametrize(("service", "api", "name"), CALLS)
def test_service_takes_the_calls_of_its_caller(service, api, name):
    expected = inspect.signature(getattr(api, name)).parameters.values()
    actual = inspect.signature(getattr(SERVICES[service], name))
    actual.bind(*(each.name for each in expected if each.default is each.empty))
    actual.bind(*(each.name for each in expected))
    assert hasattr(getattr(SERVICES[service], name), "nameko_entrypoints")


@pytest.mark.parametrize(("service", "api", "name"), CALLS)
def test_service_answers_what_its_caller_expects(service, api, name):
    expected = get_type_hints(getattr(api, name))["return"]
    actual = get_type_hints(getattr(SERVICES[service], name)).get("return")
    assert lacks(shape(actual), shape(expected)) == set()


@pytest.mark.parametrize(("service", "api", "name"), CALLS)
def test_service_reads_what_its_caller_sends(service, api, name):
    sent = list(get_type_hints(getattr(api, name)).items())
    method = getattr(SERVICES[service], name)
    taken = [each for each in inspect.signature(method).parameters if each != "self"]
    read = get_type_hints(method)
    for (_, kind), parameter in zip(sent[:-1], taken, strict=False):
        assert lacks(shape(read.get(parameter)), shape(kind)) == set()


@pytest.mark.parametrize("service", SERVICES.values())
def test_calls_between_services_have_types(service):
    proxies = {name for name, each in vars(service).items() if isinstance(each, RpcProxy)}
    assert proxies <= set(vars(service).get("__annotations__", {}))
