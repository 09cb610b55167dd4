"""Datasets in Marquez's shape.

Rendered many at a time; fields are passed on as JSON where nothing has to be added to them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from whence_server.graph.derivations import field_map
from whence_server.query.facets import ADMIN_DATASET, description, raw, text
from whence_server.query.field_names import schema_fields
from whence_server.query.tags import TagBook
from whence_server.query.times import instant, instant_or_none
from whence_server.query.versions import dataset_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from whence_server.graph.derivations import FieldOrigin
    from whence_server.query.nodes import NodeBook
    from whence_server.stores.base import Reader
    from whence_server.stores.rows import DatasetRow, DatasetVersionRow

SUMMARY_FACETS = ("documentation", "tags", "lifecycleStateChange", "datasetType", ADMIN_DATASET)
DEFAULT_SOURCE = "default"
MAX_KEPT_FIELDS = 16_384  # bytes of a schema that is worth keeping rendered
MAX_DERIVATIONS = 10_000
NO_FIELDS = orjson.Fragment(b"[]")


def _with_tags(fields: bytes, tags: Mapping[str, Sequence[str]]) -> bytes:
    return orjson.dumps(
        [
            {
                "name": field["name"],
                "type": field["type"],
                "tags": tags.get(field["name"], ()),
                "description": field["description"],
            }
            for field in schema_fields(fields)
        ]
    )


@lru_cache(maxsize=1_024)
def _untagged(fields: bytes) -> bytes:
    return _with_tags(fields, {})


def rendered_fields(fields: bytes | None, tags: Mapping[str, Sequence[str]]) -> orjson.Fragment:
    """Return the fields of a dataset as JSON. Tables with the same fields are rendered once."""
    if fields is None:
        return NO_FIELDS
    if tags or len(fields) > MAX_KEPT_FIELDS:
        return orjson.Fragment(_with_tags(fields, tags))
    return orjson.Fragment(_untagged(fields))


def dataset_type(facets: Mapping[str, bytes]) -> str:
    """Return Marquez's type of a dataset, DB_TABLE or STREAM."""
    put = text(facets, ADMIN_DATASET, "type")
    if put is not None:
        return put
    kind = (text(facets, "datasetType", "datasetType") or "").upper()
    return "STREAM" if kind in {"STREAM", "TOPIC"} else "DB_TABLE"


def lifecycle_state(facets: Mapping[str, bytes]) -> str:
    """Return the last change of a dataset's life cycle, empty when none was told."""
    return text(facets, "lifecycleStateChange", "lifecycleStateChange") or ""


class DatasetSummaries:
    """What the lineage graph shows of datasets, read in a few statements."""

    def __init__(self, reader: Reader, rows: Sequence[DatasetRow]) -> None:
        self._tags = TagBook(reader)
        self.facets = self._facets_of(reader, [row.id for row in rows])

    def _facets_of(self, reader: Reader, ids: list[int]) -> dict[int, dict[str, bytes]]:
        return reader.dataset_facets(ids, keys=SUMMARY_FACETS)

    def summary(self, row: DatasetRow) -> dict[str, Any]:
        """Return a dataset as the lineage graph shows it."""
        facets = self.facets.get(row.id) or {}
        tags, field_tags = self._tags.of_dataset(row, facets)
        return {
            "id": {"namespace": row.namespace, "name": row.name},
            "type": dataset_type(facets) if facets else "DB_TABLE",
            "name": row.name,
            "physicalName": (text(facets, ADMIN_DATASET, "physicalName") if facets else None) or row.name,
            "createdAt": instant(row.first_seen),
            "updatedAt": instant(row.last_seen),
            "namespace": row.namespace,
            "sourceName": row.source_name or DEFAULT_SOURCE,
            "fields": rendered_fields(row.fields, field_tags),
            "tags": tags,
            "lastModifiedAt": None,
            "description": description(facets) if facets else None,
            "lastLifecycleState": lifecycle_state(facets) if facets else "",
        }


class DatasetBook(DatasetSummaries):
    """What datasets show in full: all facets and the latest version."""

    def __init__(self, reader: Reader, rows: Sequence[DatasetRow]) -> None:
        super().__init__(reader, rows)
        self._latest = reader.latest_versions([row.id for row in rows])

    def _facets_of(self, reader: Reader, ids: list[int]) -> dict[int, dict[str, bytes]]:
        return reader.dataset_facets(ids)

    def dataset(self, row: DatasetRow, column_lineage: list[dict[str, Any]] | None) -> dict[str, Any]:
        """Return a dataset with its facets."""
        found = self.summary(row)
        latest = self._latest.get(row.id)
        found["lastModifiedAt"] = instant_or_none(None if latest is None else latest.at)
        return found | {
            "currentVersion": self.current_version(row),
            "columnLineage": column_lineage,
            "facets": raw(self.facets.get(row.id, {})),
            "deleted": row.hidden,
        }

    def current_version(self, row: DatasetRow) -> str:
        """Return the id of a dataset's latest version."""
        return dataset_version(row, self._latest.get(row.id))

    def version(
        self, row: DatasetRow, version: DatasetVersionRow | None, facets: Mapping[str, bytes]
    ) -> dict[str, Any]:
        """Return what a version has in common with its dataset."""
        tags, _ = self._tags.of_dataset(row, self.facets.get(row.id, {}))
        own = self.facets.get(row.id, {})
        return {
            "id": {"namespace": row.namespace, "name": row.name},
            "type": dataset_type(own),
            "name": row.name,
            "physicalName": text(own, ADMIN_DATASET, "physicalName") or row.name,
            "createdAt": instant(row.first_seen if version is None else version.at),
            "version": dataset_version(row, version),
            "namespace": row.namespace,
            "sourceName": text(facets, "dataSource", "name") or row.source_name or DEFAULT_SOURCE,
            "tags": tags,
            "lifecycleState": lifecycle_state(facets),
            "description": description(facets),
        }


def column_lineage_of(reader: Reader, book: NodeBook, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Return dataset -> the `columnLineage` of its answer: for each field, the fields it comes from."""
    rows = [row for row in reader.derivations_of(ids, MAX_DERIVATIONS) if row.target > 0]
    maps = [(row.target, field_map(row.fields)) for row in rows]
    book.load(origin.node for _, content in maps for origins in content.fields.values() for origin in origins)
    canonical = reader.canonical([target for target, _ in maps])
    found: dict[int, dict[str, list[FieldOrigin]]] = {}
    for target, content in maps:
        fields = found.setdefault(canonical.get(target, target), {})
        for field, origins in content.fields.items():
            fields.setdefault(field, []).extend(origins)
    return {dataset: [_of_field(book, *item) for item in fields.items()] for dataset, fields in found.items()}


def _of_field(book: NodeBook, field: str, origins: list[FieldOrigin]) -> dict[str, Any]:
    inputs = [
        _input_field(book, origin) for origin in origins if origin.field is not None and origin.node in book.datasets
    ]
    first = inputs[0] if inputs else {}
    return {
        "name": field,
        "inputFields": inputs,
        "transformationDescription": first.get("transformationDescription"),
        "transformationType": first.get("transformationType"),
    }


def _input_field(book: NodeBook, origin: FieldOrigin) -> dict[str, Any]:
    row = book.datasets[origin.node]
    return {
        "namespace": row.namespace,
        "dataset": row.name,
        "field": origin.field,
        **transformation(origin.transformations),
    }


def transformation(transformations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return Marquez's two words for the first transformation: the subtype says more than the type."""
    first: Mapping[str, Any] = transformations[0] if transformations else {}
    return {
        "transformationDescription": first.get("description"),
        "transformationType": first.get("subtype") or first.get("type"),
    }
