"""What in one release would not understand the other, by their contracts (`contract.py`)."""

from collections.abc import Iterator
from typing import Any

Contract = dict[str, Any]
OPTIONAL = "?"  # ends a key that may be missing


def broken_calls(caller: Contract, callee: Contract, *, new_methods: bool) -> list[str]:
    """Return what is wrong with calls of one release to services of the other.

    A method that the callee does not have is wrong too, unless `new_methods` are allowed.
    """
    wrong = []
    for service, name, call in caller["called"]:
        served = callee["served"][service].get(name)
        if served is None:
            wrong += [] if new_methods else [f"{service}.{name} is missing"]
        else:
            wrong += [f"{service}.{name} {each}" for each in _mismatches(call, served)]
    return wrong


def lost(old: Contract, new: Contract) -> list[str]:
    """Return the events, exchanges and queues that the new release does not have as the old one."""
    announced = [
        f"{service}.events.{name}" for service, constants in old["announced"].items()
        for name, value in constants.items() if not _grown(value, new["announced"][service], name)
    ]
    return announced + [
        f"the queue {name}" for service, names in old["consumed"].items()
        for name in names if name not in new["consumed"][service]
    ]


def _mismatches(call: Contract, served: Contract) -> Iterator[str]:
    names = [name for name, *_ in served["parameters"]]
    sent = {name: is_positional for name, is_sent, is_positional in call["parameters"] if is_sent}
    for name in sent:
        if name not in names:
            yield f"does not take {name}"
    for position, (name, taken) in enumerate(zip(sent, names, strict=False), 1):
        if sent[name] and name != taken and name in names:
            yield f"takes {taken} as parameter {position}"
    for name, is_required, _ in served["parameters"]:
        if is_required and name not in sent:
            yield f"requires {name}"
    for name in sent.keys() & set(names):
        yield from (f"does not send {key} in {name}"
                    for key in missing(call["takes"][name], served["takes"][name]))
    yield from (f"does not answer {key}" for key in missing(served["answers"], call["answers"]))


def missing(given: Contract, needed: Contract) -> Iterator[str]:
    """Yield the keys that a type has to have and another has not; one without keys has any."""
    given = {key.rstrip(OPTIONAL): inner for key, inner in given.items()}
    for key, inner in needed.items():
        name = key.rstrip(OPTIONAL)
        if name in given:
            yield from (f"{name}.{each}" for each in missing(given[name], inner))
        elif given and not key.endswith(OPTIONAL):
            yield name


def _grown(value: Any, constants: Contract, name: str) -> bool:
    grown = constants.get(name)
    if isinstance(value, list):
        return grown is not None and set(value) <= set(grown)
    return bool(grown == value)
