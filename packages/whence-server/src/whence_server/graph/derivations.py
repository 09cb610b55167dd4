"""The field map: where the fields of one target come from, as a store keeps it and as it is read again.

Stored as one JSON document for each (job, target), not as a row for each pair of fields: a write costs one row
whatever the width of the table, and a reader of a graph needs all fields of the tables it shows anyway. Which
datasets feed which is in the passage table, so that a walk over fields finds the documents it needs by dataset.
Decision: docs/decisions (field edges are documents).

    {"fields": {"<field>": [[node, "<field>" or null, [index, ...]], ...]},   indices into "transformations"
     "whole":  [[node, "<field>" or null, [index, ...]], ...],                what affects the target as a whole
     "transformations": [{"type", "subtype", "description", "masking"}, ...]}

Nodes are as in stores.rows: a dataset's id, or minus a job's id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from whence_server.graph.facets.origins import Origin, Origins


class FieldOrigin(NamedTuple):
    """One source of a field: a node, a field of it (None: all of it), and what happens on the way."""

    node: int
    field: str | None
    transformations: tuple[dict[str, Any], ...]


class FieldMap(NamedTuple):
    """Where fields come from: field -> sources; `whole` are sources of every field (filters, joins, grouping)."""

    fields: dict[str, list[FieldOrigin]]
    whole: list[FieldOrigin]


def field_map(stored: bytes) -> FieldMap:
    """Decode a stored field map."""
    document = orjson.loads(stored)
    known: list[dict[str, Any]] = document["transformations"]

    def decoded(items: list[tuple[int, str | None, list[int]]]) -> list[FieldOrigin]:
        return [FieldOrigin(node, field, tuple(known[i] for i in used)) for node, field, used in items]

    return FieldMap({name: decoded(items) for name, items in document["fields"].items()}, decoded(document["whole"]))


class FieldMapWriter:
    """Collects origins of one target and encodes them."""

    __slots__ = ("_fields", "_index", "_nodes", "_transformations", "_whole")

    def __init__(self) -> None:
        self._fields: dict[str, list[tuple[int, str | None, list[int]]]] = {}
        self._whole: list[tuple[int, str | None, list[int]]] = []
        self._transformations: list[dict[str, Any]] = []
        self._index: dict[bytes, int] = {}
        self._nodes: dict[int, None] = {}

    def field(self, name: str) -> None:
        """Note that a target field is known, even if nothing flows into it."""
        self._fields.setdefault(name, [])

    def add(self, field: str | None, node: int, origin_field: str | None, used: Iterable[dict[str, Any]]) -> None:
        """Add one source of a target field, or (None) of the target as a whole."""
        self._nodes[node] = None
        # A whole dataset that feeds a whole dataset says nothing about fields; it is an origin all the same.
        indices = [self._transformation(each) for each in used]
        if field is not None:
            self._fields.setdefault(field, []).append((node, origin_field, indices))
        elif origin_field is not None or indices:
            self._whole.append((node, origin_field, indices))

    def _transformation(self, value: dict[str, Any]) -> int:
        key = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        index = self._index.get(key)
        if index is None:
            index = self._index[key] = len(self._transformations)
            self._transformations.append(value)
        return index

    def nodes(self) -> list[int]:
        """Return the nodes that anything flows from, each once."""
        return list(self._nodes)

    def encode(self) -> bytes:
        """Return the stored form."""
        document = {"fields": self._fields, "whole": self._whole, "transformations": self._transformations}
        return orjson.dumps(document)


def written(origins: Origins, node_of: Callable[[Origin], int]) -> FieldMapWriter:
    """Return a writer filled with what a facet says; `node_of` turns an origin's name into a node."""
    writer = FieldMapWriter()
    for field, items in origins.fields.items():
        writer.field(field)
        for origin in items:
            writer.add(field, node_of(origin), origin.field, origin.transformations)
    for origin in origins.whole:
        writer.add(None, node_of(origin), origin.field, origin.transformations)
    return writer


def only_from(stored: bytes, nodes: set[int]) -> bytes:
    """Return a stored field map without the origins that are not among these nodes."""
    document = orjson.loads(stored)
    document["fields"] = {
        name: [item for item in items if item[0] in nodes] for name, items in document["fields"].items()
    }
    document["whole"] = [item for item in document["whole"] if item[0] in nodes]
    return orjson.dumps(document)
