"""The schema dataset facet: the fields of a dataset, nested ones named a.b.

Source: spec/facets/SchemaDatasetFacet.json 1-2-0.
"""

from __future__ import annotations

from typing import Any, cast

KEY = "schema"


def read_schema(facet: Any) -> list[dict[str, Any]] | None:
    """Return the fields as {name, type, description}, outer before inner, None when the facet names none.

    What is no field is passed over: the facet itself stays readable, and a warning for each would drown the rest.
    """
    fields = cast("dict[str, Any]", facet).get("fields") if isinstance(facet, dict) else None
    if not isinstance(fields, list):
        return None
    found: list[dict[str, Any]] = []
    waiting: list[tuple[str, Any]] = [("", field) for field in reversed(cast("list[Any]", fields))]
    while waiting:
        prefix, item = waiting.pop()
        if not isinstance(item, dict):
            continue
        field = cast("dict[str, Any]", item)
        name = field.get("name")
        if not isinstance(name, str) or not name:
            continue
        name = prefix + name
        found.append({"name": name, "type": _text(field.get("type")), "description": _text(field.get("description"))})
        inner = field.get("fields")
        if isinstance(inner, list):
            waiting.extend((f"{name}.", part) for part in reversed(cast("list[Any]", inner)))
    return found or None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
