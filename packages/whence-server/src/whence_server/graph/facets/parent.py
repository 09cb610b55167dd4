"""The parent run facet: the run that started this one, and its job.

Source: spec/facets/ParentRunFacet.json 1-2-0; `parentRun` is the facet's older key, with the same body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import UUID

from whence.model import canonical_run_id
from whence_server.graph.facets.origins import Name, name_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from whence_server.graph.facets.notes import Notes

KEY = "parent"
OLDER_KEY = "parentRun"


class Parent(NamedTuple):
    """The parent of a run, as far as it is given."""

    run: bytes | None
    job: Name | None


def read_parent(facets: Mapping[str, Any], path: str, notes: Notes) -> Parent | None:
    """Return the parent that a run's facets name; the newer key is preferred."""
    key = KEY if isinstance(facets.get(KEY), dict) else OLDER_KEY
    facet: Any = facets.get(key)
    if not isinstance(facet, dict):
        return None
    value = cast("dict[str, Any]", facet)
    run = _run_id(value.get("run"), f"{path}.{key}.run", notes)
    job: Any = value.get("job")
    name = None
    if isinstance(job, dict):
        name = name_in(cast("dict[str, Any]", job), f"{path}.{key}.job", notes)
    elif value.get("_deleted") is not True:
        notes.malformed(f"{path}.{key}.job", job, "an object with namespace and name")
    return Parent(run, name) if run or name else None


def _run_id(run: Any, path: str, notes: Notes) -> bytes | None:
    text: Any = cast("dict[str, Any]", run).get("runId") if isinstance(run, dict) else None
    if not isinstance(text, str) or not text:
        notes.malformed(f"{path}.runId", text, "a run id")
        return None
    return UUID(canonical_run_id(text)[0]).bytes
