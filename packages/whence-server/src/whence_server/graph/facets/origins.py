"""Where a dataset, job or field comes from, as columnLineage and lineage facets say it.

Source: InputField in ColumnLineageDatasetFacet.json 1-2-0, LineageInput in LineageFacet.json 1-0-0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from whence_server.graph.facets.notes import Notes

Name = tuple[str, str]  # (namespace, name)


class Origin(NamedTuple):
    """One source: a dataset, a field of it, or a job (`name` None: the event's own job)."""

    is_job: bool
    name: Name | None
    field: str | None
    transformations: list[dict[str, Any]]


class Origins:
    """What flows into one target: into single fields, and (`whole`) into the dataset or job as a whole.

    `datasets` and `jobs` are the names in it, each once.
    """

    __slots__ = ("datasets", "fields", "jobs", "whole")

    def __init__(self, fields: dict[str, list[Origin]], whole: list[Origin]) -> None:
        self.fields = fields
        self.whole = whole
        named = {(origin.is_job, origin.name): None for origins in (whole, *fields.values()) for origin in origins}
        self.datasets: tuple[Name, ...] = tuple(name for is_job, name in named if name is not None and not is_job)
        self.jobs: tuple[Name, ...] = tuple(name for is_job, name in named if name is not None and is_job)


def name_in(value: dict[str, Any], path: str, notes: Notes) -> Name | None:
    """Return (namespace, name) of an object that must have both as non-empty text without NUL."""
    namespace, name = value.get("namespace"), value.get("name")
    if is_name(namespace) and is_name(name):
        return cast("str", namespace), cast("str", name)
    wrong = "name" if is_name(namespace) else "namespace"
    notes.malformed(f"{path}.{wrong}", value.get(wrong), "non-empty text without NUL")
    return None


def is_name(value: object) -> bool:
    """Tell whether a value can name something: the rule that whence.model has for names of events."""
    return isinstance(value, str) and bool(value) and "\0" not in value


def transformations_in(value: object, path: str, notes: Notes) -> list[dict[str, Any]]:
    """Return the transformations that are objects."""
    if value is None:
        return []
    if not isinstance(value, list):
        notes.malformed(path, value, "an array of transformations")
        return []
    items = cast("list[Any]", value)
    found: list[dict[str, Any]] = [item for item in items if isinstance(item, dict)]
    if len(found) != len(items):
        notes.malformed(path, next(item for item in items if not isinstance(item, dict)), "a transformation object")
    return found
