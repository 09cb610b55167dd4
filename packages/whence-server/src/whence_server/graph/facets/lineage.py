"""The explicit lineage facets, of a job (entries) and of a dataset (inputs, fields).

Source: spec/facets/LineageFacet.json 1-0-0 (experimental) and spec/tests/LineageFacet. Targets name their sources; a
source or a target may be a job, without a name the event's own. An empty `inputs` says that the target is known to
have no source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from whence_server.graph.facets.origins import Name, Origin, Origins, is_name, name_in, transformations_in

if TYPE_CHECKING:
    from whence_server.graph.facets.notes import Notes

KEY = "lineage"


class Entry(NamedTuple):
    """What flows into one target. `target` None is the event's own job."""

    target_is_job: bool
    target: Name | None
    origins: Origins


def read_job_lineage(facet: Any, path: str, notes: Notes) -> list[Entry]:
    """Return the entries of a job's lineage facet that can be used."""
    if not isinstance(facet, dict):
        notes.malformed(path, facet, "a facet object")
        return []
    entries = cast("dict[str, Any]", facet).get("entries")
    if not isinstance(entries, list):
        notes.malformed(f"{path}.entries", entries, "an array of entries")
        return []
    found = (_entry(item, f"{path}.entries[{i}]", notes) for i, item in enumerate(cast("list[Any]", entries)))
    return [entry for entry in found if entry is not None]


def read_dataset_lineage(facet: Any, path: str, notes: Notes) -> Origins | None:
    """Return what a dataset's lineage facet says, None when it says nothing that can be used."""
    if not isinstance(facet, dict):
        notes.malformed(path, facet, "a facet object")
        return None
    return _origins(cast("dict[str, Any]", facet), path, notes)


def _entry(item: Any, path: str, notes: Notes) -> Entry | None:
    if not isinstance(item, dict):
        notes.malformed(path, item, "an entry object")
        return None
    value = cast("dict[str, Any]", item)
    kind = value.get("type")
    if kind not in ("DATASET", "JOB"):
        notes.malformed(f"{path}.type", kind, "DATASET or JOB")
        return None
    target = None
    if kind == "DATASET" or _is_named(value):
        target = name_in(value, path, notes)
        if target is None:
            return None
    origins = _origins(value, path, notes)
    return None if origins is None else Entry(kind == "JOB", target, origins)


def _is_named(value: dict[str, Any]) -> bool:
    return value.get("namespace") is not None or value.get("name") is not None


def _origins(value: dict[str, Any], path: str, notes: Notes) -> Origins | None:
    inputs, fields = value.get("inputs"), value.get("fields")
    if inputs is None and fields is None:
        return None
    whole = [] if inputs is None else _inputs(inputs, f"{path}.inputs", notes)
    found: dict[str, list[Origin]] = {}
    if fields is not None and not isinstance(fields, dict):
        notes.malformed(f"{path}.fields", fields, "an object of fields")
    elif fields is not None:
        for field, entry in cast("dict[str, Any]", fields).items():
            if isinstance(entry, dict):
                here = f"{path}.fields.{field}.inputs"
                found[field] = _inputs(cast("dict[str, Any]", entry).get("inputs"), here, notes)
            else:
                notes.malformed(f"{path}.fields.{field}", entry, "an object with inputs")
    if not isinstance(inputs, list) and not found:
        return None
    return Origins(found, whole)


def _inputs(value: Any, path: str, notes: Notes) -> list[Origin]:
    if not isinstance(value, list):
        notes.malformed(path, value, "an array of inputs")
        return []
    found = (_input(item, f"{path}[{i}]", notes) for i, item in enumerate(cast("list[Any]", value)))
    return [origin for origin in found if origin is not None]


def _input(item: Any, path: str, notes: Notes) -> Origin | None:
    if not isinstance(item, dict):
        notes.malformed(path, item, "an input object")
        return None
    value = cast("dict[str, Any]", item)
    kind, field = value.get("type"), value.get("field")
    if kind not in ("DATASET", "JOB"):
        notes.malformed(f"{path}.type", kind, "DATASET or JOB")
        return None
    name = None
    if kind == "DATASET" or _is_named(value):
        name = name_in(value, path, notes)
        if name is None:
            return None
    if field is not None and not is_name(field):
        notes.malformed(f"{path}.field", field, "a field name")
        return None
    transformations = transformations_in(value.get("transformations"), f"{path}.transformations", notes)
    return Origin(kind == "JOB", name, None if kind == "JOB" else field, transformations)
