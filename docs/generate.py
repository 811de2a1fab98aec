"""Writes what the code says into the documents: `python -m docs.generate`.

The methods of docs/protocol.md come from the gateway's registry, their results from its types, the
errors from its table of errors; the rest of that page is written by hand. The picture of the
packages, the settings and the types for the page have modules of their own.
"""

import re
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

from pydantic import TypeAdapter  # noqa: E402

import gateway.methods  # noqa: E402,F401  fills the table of methods
from docs import packages, page_types, settings  # noqa: E402
from gateway.protocol.errors import CODES, INTERNAL_ERROR, InvalidParams  # noqa: E402
from gateway.protocol.registry import METHODS, Method  # noqa: E402

PROTOCOL = Path(__file__).with_name("protocol.md")
FAMILIES = ["server", "auth", "accounts", "rooms", "private_rooms", "searcher", "sessions"]
JSON_RPC_ERRORS = (-32700, -32600)  # the range that JSON-RPC itself has taken
BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> None:
    """Bring the documents, the picture of the packages and config.yaml up to date."""
    PROTOCOL.write_text(filled(PROTOCOL.read_text()))
    packages.PICTURE.write_text(packages.picture())
    page_types.TARGET.write_text(page_types.declarations())
    settings.CONFIG.write_text(settings.configured(settings.CONFIG.read_text()))
    settings.OPERATIONS.write_text(settings.tabulated(settings.OPERATIONS.read_text()))


def filled(text: str) -> str:
    """Return the document with its generated blocks as they have to be."""
    return BLOCK.sub(lambda block: f"{block[1]}{BLOCKS[block[2]]()}\n{block[3]}", text)


def methods() -> str:
    """Return a list of all methods: what each does, for whom, with what, and how it is refused."""
    return "\n".join(_method(METHODS[name]) for name in sorted(METHODS, key=_place))


def shapes() -> str:
    """Return every type of results that has a name of its own, with its fields."""
    definitions: dict[str, dict] = {}
    for method in METHODS.values():
        schema = TypeAdapter(method.result).json_schema(ref_template="{model}")
        definitions |= schema.get("$defs", {})
        if schema.get("properties"):
            definitions[schema["title"]] = schema
    return "\n".join(_shape(name, definitions[name]) for name in sorted(definitions))


def errors() -> str:
    """Return the table of errors: code, `data.type`, and what it means."""
    meanings: dict[tuple[int, str], list[str]] = {}
    for kind, code in CODES.items():
        meanings.setdefault((code, kind.__name__), []).append((kind.__doc__ or "").strip())
    meanings[INTERNAL_ERROR, "InternalError"] = ["The server has failed, and nothing is told."]
    lines = [
        f"| {code} | `{name}` | {' Or: '.join(told)} |"
        for (code, name), told in sorted(meanings.items(), key=_by_family)
    ]
    return "\n".join(["| code | `data.type` | meaning |", "|---|---|---|", *lines])


BLOCKS: dict[str, Callable[[], str]] = {"methods": methods, "shapes": shapes, "errors": errors}


def _place(name: str) -> tuple[int, str, int]:
    family = name.partition(".")[0]
    rank = FAMILIES.index(family) if family in FAMILIES else len(FAMILIES)
    return rank, family, list(METHODS).index(name)


def _by_family(row: tuple[tuple[int, str], list[str]]) -> tuple[bool, int]:
    (code, _), _ = row
    return code > JSON_RPC_ERRORS[1], -code if code > JSON_RPC_ERRORS[1] else code


def _method(method: Method) -> str:
    who = "a player" if method.access.value == "player" else method.access.value
    schema = method.params.model_json_schema()
    required = schema.get("required", [])
    params = [
        _param(name, field, name in required)
        for name, field in schema.get("properties", {}).items()
    ]
    own = [each.__name__ if each in CODES else InvalidParams.__name__ for each in method.errors]
    refusals = [f"`{name}`" for name in dict.fromkeys(own)]
    lines = [
        f"#### `{method.name}`", "",
        re.sub(r"\s*\n\s*", " ", method.summary), "",
        f"- who: {who}{', on the WebSocket only' if method.socket_only else ''}",
        *(["- params:", *params] if params else ["- params: none"]),
        f"- result: {_result(method.result)}",
        f"- refused with: {', '.join(refusals)}" if refusals else "- refused with: what any may be",
        "",
    ]
    return "\n".join(lines)


def _param(name: str, field: dict, required: bool) -> str:
    # A null is as if left out, so only the other possibility is worth telling.
    others = [each for each in field.get("anyOf", []) if each.get("type") != "null"]
    kind = others[0] if others else field
    told = _type(kind)
    if bounds := _bounds(kind):
        told += f", {bounds}"
    if field.get("default") not in (None, {}):
        told += f"; `{_json(field['default'])}` where left out"
    if "description" in field:
        told += f": {field['description']}"
    return f"  - `{name}`{'' if required else ' (optional)'}: {told}"


def _bounds(field: dict) -> str:
    if "pattern" in field:
        return f"of the form `{field['pattern']}`"
    for low, high, unit in (
        ("minLength", "maxLength", " characters"), ("minItems", "maxItems", " items"),
        ("minimum", "maximum", ""),
    ):
        if low in field and high in field:
            return f"{field[low]} to {field[high]}{unit}"
        if low in field:
            return f"at least {field[low]}{unit}"
        if high in field:
            return f"at most {field[high]}{unit}"
    return ""


def _result(result: Any) -> str:
    schema = TypeAdapter(result).json_schema(ref_template="{model}")
    if not schema.get("properties") and "anyOf" not in schema:
        return "`{}`"
    return _type(schema if "anyOf" in schema else {"$ref": schema["title"]})


def _shape(name: str, schema: dict) -> str:
    required = schema.get("required", [])
    fields = [
        f"- `{field}`{'' if field in required else ' (optional)'}: {_type(value)}"
        for field, value in schema.get("properties", {}).items()
    ]
    about = [schema["description"], ""] if "description" in schema else []
    return "\n".join([f"#### Type {name}", "", *about, *fields, ""])


def _type(field: dict) -> str:
    if "$ref" in field:
        return f"[{field['$ref']}](#type-{field['$ref'].lower()})"
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_type(each) for each in field["anyOf"]))
    if "const" in field:
        return f"`{_json(field['const'])}`"
    if "enum" in field:
        return " or ".join(f"`{_json(each)}`" for each in field["enum"])
    if field.get("type") == "array":
        return f"array of {_type(field['items'])}" if field.get("items") else "array"
    if isinstance(field.get("additionalProperties"), dict):
        return f"object, each value {_type(field['additionalProperties'])}"
    return field.get("type", "any JSON value")


def _json(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


if __name__ == "__main__":
    sys.exit(main())
