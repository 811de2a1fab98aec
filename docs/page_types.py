"""Writes web/types/protocol.d.ts: the types of the protocol's methods, for the page's type checks.

`python -m docs.generate` does so, from the types that the gateway checks parameters and results by.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

import gateway.methods  # noqa: F401  fills the registry
from gateway.protocol.registry import METHODS

TARGET = Path(__file__).resolve().parent.parent / "web" / "types" / "protocol.d.ts"
HEAD = "// The methods of the protocol, by `python -m docs.generate` from the gateway's types."
INDENT = "  "
PRIMITIVES = {
    "string": "string", "integer": "number", "number": "number", "boolean": "boolean",
    "null": "null",
}


def declarations() -> str:
    """Return the text of the file."""
    results: dict[str, dict[str, Any]] = {}
    methods = []
    for method in METHODS.values():
        params = _object(method.params.model_json_schema(), INDENT * 2)
        schema = TypeAdapter(method.result).json_schema(ref_template="{model}")
        results |= schema.pop("$defs", {})
        if "properties" in schema:
            results[schema["title"]] = schema
            schema = {"$ref": schema["title"]}
        methods += [f'{INDENT}"{method.name}": {{', f"{INDENT * 2}params: {params};",
                    f"{INDENT * 2}result: {_type(schema)};", f"{INDENT}}};"]
    shapes = [f"interface {name} {_object(results[name])}" for name in sorted(results)]
    table = "\n".join(["interface Methods {", *methods, "}"])
    return "\n\n".join([HEAD, "declare namespace Protocol {", *shapes, table, "}"]) + "\n"


def _object(schema: dict[str, Any], indent: str = "") -> str:
    required = schema.get("required", [])
    lines = [
        f"{indent}{INDENT}{name}{'' if name in required else '?'}: {_type(kind)};"
        for name, kind in schema.get("properties", {}).items()
    ]
    if schema.get("additionalProperties") is True:
        lines.append(f"{indent}{INDENT}[other: string]: any;")
    return "\n".join(["{", *lines, f"{indent}}}"]) if lines else "{}"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(each) for each in schema["anyOf"]))
    if "const" in schema or "enum" in schema:
        return " | ".join(json.dumps(each) for each in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"Array<{_type(schema.get('items', {}))}>"
    if schema.get("type") == "object":
        values = schema.get("additionalProperties")
        if not isinstance(values, dict) and "properties" not in schema:
            return "Record<string, any>" if values else "{}"
        return f"Record<string, {_type(values)}>" if isinstance(values, dict) else _object(schema)
    return PRIMITIVES.get(schema.get("type", ""), "any")
