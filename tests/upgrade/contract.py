"""Print what a release's processes say to each other, as JSON: `python contract.py FOLDER`.

For each service, the methods that it serves and those that others call, its events, and the queues
in which events wait for it. It runs in a process of its own, as two releases have modules of the
same names.
"""

import importlib
import inspect
import json
import sys
from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints

SERVICES = {
    "accounts": "AccountsService", "auth": "AuthService", "private_rooms": "PrivateRoomsService",
    "rooms": "RoomsService", "searcher": "SearcherService", "sessions": "SessionsService",
}
CALLERS = (  # of which service, and where the calls stand with their types
    ("accounts", "gateway.broker.service_apis", "AccountsApi"),
    ("auth", "gateway.broker.service_apis", "AuthApi"),
    ("private_rooms", "gateway.broker.service_apis", "PrivateRoomsApi"),
    ("rooms", "gateway.broker.service_apis", "RoomsApi"),
    ("searcher", "gateway.broker.service_apis", "SearcherApi"),
    ("sessions", "gateway.broker.service_apis", "SessionsApi"),
    ("sessions", "rooms.sessions_api", "SessionsApi"),
    ("sessions", "searcher.session_starter", "SessionsApi"),
    ("rooms", "private_rooms.rooms_api", "RoomsApi"),
)


def contract() -> dict[str, Any]:
    """Return what is served, what is called and what is announced."""
    return {
        "served": {name: dict(_served(name, kind)) for name, kind in SERVICES.items()},
        "called": [
            [service, name, _method(method)] for service, module, api in CALLERS
            for name, method in vars(_named(module, api)).items()
            if inspect.isfunction(method) and not name.startswith("_")
        ],
        "announced": {name: _constants(f"{name}.events") for name in SERVICES},
        "consumed": {name: sorted(_queues(name, kind)) for name, kind in SERVICES.items()},
    }


def shape(kind: Any) -> dict[str, Any]:
    """Return the keys of all objects in a type, with theirs; "?" ends one that may be missing."""
    origin = get_origin(kind)
    if _is_dict(origin):  # a generic one
        given = dict(zip(origin.__parameters__, get_args(kind), strict=True))
        return {_key(origin, each): shape(given.get(of, of)) for each, of in _hints(origin)}
    if _is_dict(kind):
        return {_key(kind, each): shape(of) for each, of in _hints(kind)}
    merged: dict[str, Any] = {}
    for each in get_args(kind):
        merged |= shape(each)
    return merged


def _queues(service: str, kind: str) -> Iterator[str]:
    for _, method in inspect.getmembers(_named(f"{service}.service", kind)):
        for each in getattr(method, "nameko_entrypoints", ()):
            if hasattr(each, "queue"):
                yield each.queue.name


def _served(service: str, kind: str) -> Iterator[tuple[str, Any]]:
    for name, method in inspect.getmembers(_named(f"{service}.service", kind)):
        if any(type(each).__name__ == "Rpc" for each in getattr(method, "nameko_entrypoints", ())):
            yield name, _method(method)


def _method(method: Any) -> dict[str, Any]:
    """Return parameters as `[name, is required, may be positional]`, and the types of all."""
    types = get_type_hints(method)
    parameters = [
        each for each in inspect.signature(method).parameters.values() if each.name != "self"
    ]
    return {
        "parameters": [
            [each.name, each.default is each.empty, each.kind is not each.KEYWORD_ONLY]
            for each in parameters
        ],
        "takes": {each.name: shape(types.get(each.name)) for each in parameters},
        "answers": shape(types.get("return")),
    }


def _constants(module: str) -> dict[str, Any]:
    return {
        name: value for name, value in vars(importlib.import_module(module)).items()
        if name.isupper() and isinstance(value, str | tuple)
    }


def _named(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


def _is_dict(kind: Any) -> bool:
    return hasattr(kind, "__required_keys__")


def _hints(kind: Any) -> Any:
    return get_type_hints(kind).items()


def _key(kind: Any, name: str) -> str:
    return name if name in kind.__required_keys__ else f"{name}?"


if __name__ == "__main__":
    sys.path[0] = sys.argv[1]
    print(json.dumps(contract()))
