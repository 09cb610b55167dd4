"""The columnLineage dataset facet: output field -> input fields with transformations, and dataset-wide inputs.

Source: spec/facets/ColumnLineageDatasetFacet.json 1-2-0; transformationType and transformationDescription per field
are its older form.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, cast

import orjson

from whence_server.graph.facets.origins import Name, Origin, Origins, is_name, name_in, transformations_in

if TYPE_CHECKING:
    from whence_server.graph.facets.notes import Notes

KEY = "columnLineage"


# Each run of a job tells the same again: what was read of a facet stays for the next one with the same content.
_KEPT: Final = 2_000
_KEPT_BYTES: Final = 8_192  # larger facets are read anew
_known: dict[bytes, Origins | None] = {}


def read_column_lineage(facet: Any, path: str, notes: Notes) -> Origins | None:
    """Return what the facet says, None when nothing in it can be used. A field without inputs is known to have none."""
    if not isinstance(facet, dict):
        notes.malformed(path, facet, "a facet object")
        return None
    value = cast("dict[str, Any]", facet)
    content = _content(value)
    if content is None:
        return _read(value, path, notes)
    if content in _known:
        return _known[content]
    before = notes.count
    found = _read(value, path, notes)
    if notes.count == before:
        if len(_known) >= _KEPT:
            _known.clear()
        _known[content] = found
    return found


def _content(value: dict[str, Any]) -> bytes | None:
    """Return what tells contents apart; None for those that are not worth keeping."""
    try:
        body = orjson.dumps(value)
    except TypeError:  # numbers beyond 64 bits, which events from the log do not have
        return None
    return blake2b(body, digest_size=16).digest() if len(body) <= _KEPT_BYTES else None


def _read(value: dict[str, Any], path: str, notes: Notes) -> Origins | None:
    fields = value.get("fields", {})
    if not isinstance(fields, dict):
        notes.malformed(f"{path}.fields", fields, "an object of fields")
        fields = {}
    found: dict[str, list[Origin]] = {}
    for field, entry in cast("dict[str, Any]", fields).items():
        if isinstance(entry, dict):
            found[field] = _inputs_of_field(cast("dict[str, Any]", entry), f"{path}.fields.{field}", notes)
        else:
            notes.malformed(f"{path}.fields.{field}", entry, "an object with inputFields")
    whole = _input_fields(value.get("dataset", []), f"{path}.dataset", notes, [])
    return Origins(found, whole) if found or whole else None


def _inputs_of_field(entry: dict[str, Any], path: str, notes: Notes) -> list[Origin]:
    return _input_fields(entry.get("inputFields"), f"{path}.inputFields", notes, _older_form(entry))


def _older_form(entry: dict[str, Any]) -> list[dict[str, Any]]:
    kind, description = entry.get("transformationType"), entry.get("transformationDescription")
    if not isinstance(kind, str) or not kind:
        kind = ""
    if not isinstance(description, str) or not description:
        description = ""
    if not kind and not description:
        return []
    older: dict[str, Any] = {"type": kind} if kind else {}
    if description:
        older["description"] = description
    if kind == "MASKED":
        older["masking"] = True
    return [older]


def _input_fields(value: Any, path: str, notes: Notes, older: list[dict[str, Any]]) -> list[Origin]:
    if not isinstance(value, list):
        notes.malformed(path, value, "an array of input fields")
        return []
    found: list[Origin] = []
    for index, item in enumerate(cast("list[Any]", value)):
        origin = _input_field(item, path, index, notes, older)
        if origin is not None:
            found.append(origin)
    return found


def _input_field(item: Any, path: str, index: int, notes: Notes, older: list[dict[str, Any]]) -> Origin | None:
    if not isinstance(item, dict):
        notes.malformed(f"{path}[{index}]", item, "an input field object")
        return None
    value = cast("dict[str, Any]", item)
    namespace, name, field = value.get("namespace"), value.get("name"), value.get("field")
    source: Name | None
    if namespace.__class__ is str and name.__class__ is str and namespace and name and "\0" not in namespace + name:
        source = namespace, name
    else:
        source = name_in(value, f"{path}[{index}]", notes)
    if source is None:
        return None
    if not is_name(field):
        notes.malformed(f"{path}[{index}].field", field, "a field name")
        return None
    given = value.get("transformations")
    known = transformations_in(given, f"{path}[{index}].transformations", notes) if given else []
    return Origin(is_job=False, name=source, field=field, transformations=known or older)
