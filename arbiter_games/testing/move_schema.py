"""The law of `Moves`: a form that is made by it can make every legal move.

It knows what forms know of JSON schemas; other keywords allow everything.
"""

from typing import Any

from pydantic import BaseModel

from arbiter_games.contract import Game
from arbiter_games.testing.broken_law import BrokenLaw, brief

LAW = "every legal move fits Moves"

Schema = dict[str, Any]

TYPES: dict[str, tuple[type, ...]] = {
    "null": (type(None),), "boolean": (bool,), "integer": (int,), "number": (int, float),
    "string": (str,), "array": (list,), "object": (dict,),
}


def schema_of_moves(game: Game) -> Schema | None:
    """Return the JSON schema of a game's moves; None where it declares none."""
    if game.Moves is None or isinstance(game.Moves, dict):
        return game.Moves
    try:
        model: type[BaseModel] = game.Moves
        return model.model_json_schema()
    except Exception as error:  # a model may have any types
        raise BrokenLaw(LAW, f"Moves has no JSON schema: {error}") from None


def require_fit(schema: Schema | None, seat: int, moves: list[Any]) -> None:
    """Require that each of a seat's legal moves is one that the schema describes."""
    if schema is None:
        return
    for move in moves:
        if why := misfit(move, schema, schema):
            raise BrokenLaw(LAW, f"seat {seat} has {brief(move)}, and {why}")


def misfit(value: Any, given: Schema, root: Schema) -> str:
    """Return why a value is not as a schema says; nothing where it is."""
    schema = _resolved(given, root)
    if "const" in schema or "enum" in schema:
        known = schema.get("enum", [schema.get("const")])
        same = any(each == value and type(each) is type(value) for each in known)
        return "" if same else f"{brief(value)} is none of {brief(known)}"
    for kinds in (schema.get(name) for name in ("anyOf", "oneOf")):
        if kinds:
            found = [misfit(value, each, root) for each in kinds]
            meant = (why for why, each in zip(found, kinds, strict=True)
                     if _has_its_constants(value, each, root))
            return "" if "" in found else next(meant, found[0])
    for each in schema.get("allOf", ()):
        if why := misfit(value, each, root):
            return why
    declared = schema.get("type", list(TYPES))
    names = declared if isinstance(declared, list) else [declared]
    if not any(type(value) in TYPES.get(name, ()) for name in names):
        return f"{brief(value)} is not of type {', '.join(names)}"
    return _beyond(value, schema) or _part_misfit(value, schema, root)


def _has_its_constants(value: Any, given: Schema, root: Schema) -> bool:
    """Tell whether a value is of this one of several kinds, by their constants."""
    properties = _resolved(given, root).get("properties", {})
    constants = {name: each["const"] for name, each in properties.items() if "const" in each}
    return isinstance(value, dict) and constants.items() <= value.items() if constants else False


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        found: Any = root
        for part in schema["$ref"].split("/")[1:]:
            found = found[part]
        schema = {**found, **{name: each for name, each in schema.items() if name != "$ref"}}
    return schema


def _beyond(value: Any, schema: Schema) -> str:
    """Return which bound of a number, a text or a list the value is beyond."""
    size = value if isinstance(value, int | float) else len(value or ())
    for name, sign in (
        ("minimum", 1), ("maximum", -1), ("minLength", 1), ("maxLength", -1),
        ("minItems", 1), ("maxItems", -1),
    ):
        if name in schema and sign * size < sign * schema[name]:
            return f"the {name} of {brief(value)} is {schema[name]}"
    for name, sign in (("exclusiveMinimum", 1), ("exclusiveMaximum", -1)):
        if name in schema and sign * size <= sign * schema[name]:
            return f"the {name} of {brief(value)} is {schema[name]}"
    return ""


def _part_misfit(value: Any, schema: Schema, root: Schema) -> str:
    parts: list[tuple[Any, Schema]] = []
    if isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        if missing := [name for name in schema.get("required", ()) if name not in value]:
            return f"{brief(value)} has no {missing[0]}"
        if more := [name for name in value if name not in known]:
            return f"no form has the field {more[0]}"
        parts = [(each, known[name]) for name, each in value.items()]
    if isinstance(value, list) and "items" in schema:
        parts = [(each, schema["items"]) for each in value]
    return next((why for part, of in parts if (why := misfit(part, of, root))), "")
