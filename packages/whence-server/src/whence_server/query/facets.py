"""What the API takes out of well-known facets: descriptions, tags, locations, kinds.

Never raises for what it finds inside them.

Source: OpenLineage's facets documentation, tags, sourceCodeLocation, jobType, nominalTime, lifecycleStateChange,
datasetType.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import orjson

from whence.errors import NamingError
from whence.model import parse_event_time
from whence_server.query.times import instant

if TYPE_CHECKING:
    from collections.abc import Mapping

Facets = dict[str, bytes]
JsonObject = dict[str, Any]

ADMIN_DATASET = "whence_dataset"
"""Ours: what PUT of a dataset says and no standard facet holds (type, physicalName)."""
ADMIN_RUN = "whence_run"
"""Ours: what POST of a run says and no standard facet holds (args)."""


def facet(facets: Mapping[str, bytes], key: str) -> JsonObject:
    """Decode one facet; empty when it is absent or no object."""
    body = facets.get(key)
    value: Any = {} if body is None else orjson.loads(body)
    return cast("JsonObject", value) if isinstance(value, dict) else {}


def text(facets: Mapping[str, bytes], key: str, name: str) -> str | None:
    """Return a text inside a facet."""
    value = facet(facets, key).get(name)
    return value if isinstance(value, str) else None


def raw(facets: Mapping[str, bytes], *, without: tuple[str, ...] = (ADMIN_DATASET, ADMIN_RUN)) -> dict[str, Any]:
    """Return facets as JSON that is passed on unread."""
    return {key: orjson.Fragment(body) for key, body in facets.items() if key not in without}


def description(facets: Mapping[str, bytes]) -> str | None:
    """Return what the documentation facet says."""
    return text(facets, "documentation", "description")


def job_type(facets: Mapping[str, bytes]) -> str:
    """Return Marquez's type of a job."""
    processing = (text(facets, "jobType", "processingType") or "BATCH").upper()
    return {"STREAMING": "STREAM", "STREAM": "STREAM", "SERVICE": "SERVICE"}.get(processing, "BATCH")


def location(facets: Mapping[str, bytes]) -> str | None:
    """Return where the source code of a job lies."""
    return text(facets, "sourceCodeLocation", "url")


def nominal_time(facets: Mapping[str, bytes], name: str) -> str | None:
    """Return `nominalStartTime` or `nominalEndTime` as an instant; as written when it is no date-time."""
    value = text(facets, "nominalTime", name)
    if value is None:
        return None
    try:
        return instant(parse_event_time(value)[0])
    except NamingError:
        return value


def run_args(facets: Mapping[str, bytes]) -> JsonObject:
    """Return the arguments of a run: those it was created with, and what Marquez takes from facets."""
    found: JsonObject = {}
    for key, name in (("nominal_start_time", "nominalStartTime"), ("nominal_end_time", "nominalEndTime")):
        value = nominal_time(facets, name)
        if value is not None:
            found[key] = value
    parent = facet(facets, "parent") or facet(facets, "parentRun")
    run, job = parent.get("run"), parent.get("job")
    if isinstance(run, dict) and isinstance(job, dict):
        found["run_id"] = cast("JsonObject", run).get("runId")
        found["name"] = cast("JsonObject", job).get("name")
        found["namespace"] = cast("JsonObject", job).get("namespace")
    given = facet(facets, ADMIN_RUN).get("args")
    return found | (cast("JsonObject", given) if isinstance(given, dict) else {})


def tags(facets: Mapping[str, bytes]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the tags facet as (tags of the whole, field -> its tags).

    A tag with a value other than true is `key:value`.
    """
    own: list[str] = []
    of_fields: dict[str, list[str]] = {}
    listed = facet(facets, "tags").get("tags")
    for item in cast("list[Any]", listed) if isinstance(listed, list) else []:
        entry = cast("JsonObject", item) if isinstance(item, dict) else {}
        key, value, field = entry.get("key"), entry.get("value"), entry.get("field")
        if not isinstance(key, str) or not key:
            continue
        plain = value in (None, "", True) or str(value).lower() == "true"
        tag = key if plain else f"{key}:{value}"
        (of_fields.setdefault(field, []) if isinstance(field, str) and field else own).append(tag)
    return own, of_fields
