"""Which fields a dataset has: those of its schema facet, then those that only column lineage speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from whence_server.graph.derivations import field_map

if TYPE_CHECKING:
    from whence_server.stores.base import Reader

MAX_DERIVATIONS = 1_000


def schema_fields(fields: bytes | None) -> list[dict[str, Any]]:
    """Decode the fields column of a dataset: [{name, type, description}]."""
    return [] if fields is None else orjson.loads(fields)


def known_fields(reader: Reader, dataset_id: int) -> set[str]:
    """Return the names of all fields of a dataset and of its aliases."""
    canonical = reader.canonical([dataset_id]).get(dataset_id, dataset_id)
    members = {dataset_id, canonical, *reader.members([canonical], MAX_DERIVATIONS).get(canonical, [])}
    names: set[str] = set()
    for row in reader.datasets(list(members)).values():
        names.update(field["name"] for field in schema_fields(row.fields))
    for row in reader.derivations_of([canonical], MAX_DERIVATIONS):
        names.update(field_map(row.fields).fields)
    for row in reader.derivations_from([canonical], MAX_DERIVATIONS):
        content = field_map(row.fields)
        for origins in (*content.fields.values(), content.whole):
            names.update(origin.field for origin in origins if origin.node in members and origin.field is not None)
    return names
