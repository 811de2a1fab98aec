"""JSON values by their types, odd ones among them, and the parameters that methods take."""

import random
from collections.abc import Iterator
from typing import Any

from gateway.protocol.params import Params


def nested(depth: int) -> list[Any]:
    """Return arrays within one another."""
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


BY_TYPE: dict[str, tuple[Any, ...]] = {
    "null": (None,),
    "boolean": (True, False),
    "integer": (0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**400),
    "number": (0.5, -0.0, 1e308, -1e308, 5e-324),
    "string": (
        "", " ", "\0", "\ud800", "\u202e", "é" * 60, "x" * 2000, "1", "null", "../..", "%s{0}\r\n",
        "' OR 1=1 --", "<script>", "a.b.c", "__class__", "#", "*",
    ),
    "array": ([], [None], [[]], ["x"] * 50, [{}], nested(90)),
    "object": (
        {}, {"type": None}, {"": 1}, {"\0": "\ud800"}, {"a" * 300: []}, {"__proto__": {}},
        {"deep": nested(90)},
    ),
}
ALL = tuple(value for values in BY_TYPE.values() for value in values)


def schemas(params: type[Params]) -> dict[str, dict[str, Any]]:
    """Return the JSON schema of each parameter."""
    return params.model_json_schema().get("properties", {})


def types_of(schema: dict[str, Any]) -> set[str]:
    """Return the JSON types that a parameter may have; null, which means left out, aside."""
    types = {each["type"] for each in schema.get("anyOf", [schema])} - {"null"}
    return types | {"integer"} if "number" in types else types


def wrong_values(params: type[Params], name: str) -> Iterator[Any]:
    """Yield values of each type that the parameter may not have."""
    right = types_of(schemas(params)[name])
    if not params.model_fields[name].is_required():
        right |= {"null"}
    for kind in sorted(BY_TYPE.keys() - right):
        yield from BY_TYPE[kind]


def required(params: type[Params]) -> dict[str, Any]:
    """Return parameters of the right form, without those that can be left out."""
    of_type = {"string": "nobody-here", "integer": 1, "array": [], "object": {}}
    fields = params.model_fields
    return {
        name: of_type[schema["type"]] for name, schema in schemas(params).items()
        if fields[name].is_required()
    }


def anything(rng: random.Random, depth: int = 4) -> Any:
    """Return a JSON value drawn by lot."""
    kind = rng.randrange(10)
    if kind > 1 or not depth:
        return rng.choice(ALL)
    inner = [anything(rng, depth - 1) for _ in range(rng.randrange(4))]
    return inner if kind else {rng.choice(BY_TYPE["string"]): each for each in inner}


def changed(rng: random.Random, value: Any) -> Any:
    """Return a value with something in it replaced, where there is something."""
    if not isinstance(value, dict) or not value:
        return anything(rng)
    name = rng.choice(sorted(value))
    return {**value, name: changed(rng, value[name])}
