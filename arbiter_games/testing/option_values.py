"""The values that a game's options can have: each of a choice, and the bounds of a number."""

from collections.abc import Iterator
from typing import Any

from arbiter_games.contract import Game

MAX_VALUES = 24  # of an option; of one with more, some


def option_variants(game: Game, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the game's options with each value of each option, one of them changed at a time."""
    schema = game.Options.model_json_schema()
    for name, field in schema.get("properties", {}).items():
        for value in _values(field, schema):
            options = {**given, name: value}
            try:
                game.Options(**options)
            except ValueError:
                continue  # another option forbids it
            yield options


def _values(field: dict[str, Any], schema: dict[str, Any]) -> list[Any]:
    if "$ref" in field:
        return _values(schema["$defs"][field["$ref"].rpartition("/")[2]], schema)
    for among in ("anyOf", "allOf", "oneOf"):
        if among in field:
            return [value for each in field[among] for value in _values(each, schema)]
    if "enum" in field:
        return list(field["enum"])[:MAX_VALUES]
    if "const" in field:
        return [field["const"]]
    if field.get("type") == "boolean":
        return [False, True]
    if field.get("type") == "integer":
        return [*_bounds(field)]
    return []


def _bounds(field: dict[str, Any]) -> Iterator[int]:
    for name, more in (
        ("minimum", 0), ("maximum", 0), ("exclusiveMinimum", 1), ("exclusiveMaximum", -1)
    ):
        if name in field:
            yield int(field[name]) + more
