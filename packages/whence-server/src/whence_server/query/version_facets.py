"""The facets of one version of a dataset, read back from the log.

What the events of its run (or one dataset event) said about it.

The latest event wins, as everywhere; a deleted facet is gone. Must not read what other runs said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import orjson

from whence_server.graph.facets.schema import read_schema
from whence_server.stores.rows import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whence_server.stores.base import Reader
    from whence_server.stores.rows import DatasetRow, DatasetVersionRow, EventRow

MAX_EVENTS = 1_000

JsonObject = dict[str, Any]


def facets_of_version(
    reader: Reader, row: DatasetRow, version: DatasetVersionRow
) -> tuple[dict[str, bytes], bytes | None]:
    """Return (facets, fields) of a version.

    Fields as in `DatasetRow.fields`, the dataset's own when the version tells none.
    """
    if version.run_id is not None:
        events = reader.events_of_run(version.run_id, Page(MAX_EVENTS))
    else:
        events = [] if version.seq is None else reader.events_with_seq([version.seq])
    facets: JsonObject = {}
    for event in sorted(events, key=lambda each: each.id):
        for dataset in _mentions(event, row):
            facets.update(cast("JsonObject", dataset.get("facets") or {}))
    kept = {key: body for key, body in facets.items() if not _is_deleted(body)}
    fields = read_schema(kept.get("schema")) if "schema" in kept else None
    encoded = {key: orjson.dumps(body) for key, body in kept.items()}
    return encoded, row.fields if fields is None else orjson.dumps(fields)


def _mentions(event: EventRow, row: DatasetRow) -> Iterator[JsonObject]:
    """Yield what an event writes about a dataset: its outputs, or the dataset of a dataset event."""
    body: JsonObject = orjson.loads(event.body)
    mentioned: list[JsonObject] = [*(body.get("outputs") or ()), body.get("dataset") or {}]
    for dataset in mentioned:
        if dataset.get("namespace") == row.namespace and dataset.get("name") == row.name:
            yield dataset


def _is_deleted(facet: Any) -> bool:
    return isinstance(facet, dict) and cast("JsonObject", facet).get("_deleted") is True
