"""docs/api.md, written from the OpenAPI description: `python -m dialer.api.docs > docs/api.md`."""

import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

from dialer.api.app import DESCRIPTION, ROUTERS, bare_app

HEAD = """# The HTTP interface

<!-- Written by `python -m dialer.api.docs`; change the routes, not this file. -->

{description}
The same as a machine reads it: `GET /api/v1/openapi.json`.

The two WebSockets are described in `docs/desk.md`.
"""
METHODS = ("get", "post", "put", "patch", "delete")


def markdown() -> str:
    """The whole page."""
    described = bare_app(version("dialer")).openapi()
    parts = [HEAD.format(description=DESCRIPTION)]
    for tag, operations in sorted(_by_tag(described).items()):
        parts.append(f"## {tag.capitalize()}\n")
        parts += [_operation(described, *operation) for operation in operations]
    return "\n".join(parts).rstrip() + "\n"


def rights_of_routes() -> dict[tuple[str, str], tuple[str, ...]]:
    """(method, path) to the rights of which one is needed."""
    found = {}
    for route in (route for router in ROUTERS for route in router.routes):
        for method in getattr(route, "methods", ()):
            needed = (one for d in getattr(route, "dependencies", ()) for one in d.dependency.__dict__["rights"])
            found[method.lower(), getattr(route, "path", "")] = tuple(map(str, needed))
    return found


def _by_tag(described: Mapping[str, Any]) -> dict[str, list[tuple[str, str, Any]]]:
    found: dict[str, list[tuple[str, str, Any]]] = {}
    for path, item in described["paths"].items():
        for method in METHODS:
            if method in item:
                found.setdefault(item[method]["tags"][-1], []).append((method, path, item[method]))
    return found


def _operation(described: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any]) -> str:
    lines = [f"### {method.upper()} {path}\n"]
    if rights := rights_of_routes().get((method, path)):
        lines.append("Needs " + " or ".join(f"`{right}`" for right in rights) + ".\n")
    if text := operation.get("description"):
        lines.append(text.strip() + "\n")
    rows = list(_parameters(operation)) + list(_body(described, operation))
    if rows:
        lines += ["| field | type | |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


def _parameters(operation: Mapping[str, Any]) -> Iterator[str]:
    for one in operation.get("parameters", ()):
        yield _row(f"{one['name']} ({one['in']})", one["schema"], one.get("required", False))


def _body(described: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[str]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return
    for name in _names(content["schema"]):
        form = described["components"]["schemas"][name]
        for field, schema in form.get("properties", {}).items():
            label = f"{name}.{field}" if len(_names(content["schema"])) > 1 else field
            yield _row(label, schema, field in form.get("required", ()))


def _names(schema: Mapping[str, Any]) -> list[str]:
    """The forms that a body may have."""
    choices = schema.get("oneOf") or schema.get("anyOf") or [schema]
    return [one["$ref"].rpartition("/")[2] for one in choices if "$ref" in one]


def _row(name: str, schema: Mapping[str, Any], required: bool) -> str:
    default = f"default `{schema['default']}`" if schema.get("default") not in (None, "") else ""
    return f"| `{name}` | {_type(schema)} | {'required' if required else default} |"


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if choices := schema.get("anyOf"):
        return " or ".join(_type(one) for one in choices if one.get("type") != "null")
    if "enum" in schema:
        return " \\| ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}" if schema.get("items") else "list"
    limits = [f"{word} {schema[key]:.10g}" for key, word in _LIMITS.items() if key in schema]
    return re.sub(r"\s+", " ", " ".join([schema.get("format") or schema.get("type", "any"), *limits]))


_LIMITS = {
    "minimum": "≥",
    "exclusiveMinimum": ">",
    "maximum": "≤",
    "exclusiveMaximum": "<",
    "maxLength": "up to",
}


if __name__ == "__main__":
    print(markdown(), end="")
