"""What an output's columns were made from, as a person says it: column -> sources.

    {"total": ["items.price", (Path("rates.csv"), "won", "AGGREGATION")], "loaded_by": []}

A source is `dataset.column` (the last dot divides), or a dataset with a column and, if its author says so, how the one
became the other; then names may hold dots. A dataset is whatever `add_input` takes. Nothing is said of the how when
nobody said it. It must not raise into the host: the collector calls it at its border. Source:
spec/facets/ColumnLineageDatasetFacet 1-2-0.
"""

from __future__ import annotations

from whence._datasets.given import understand
from whence.model import facet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from whence._datasets.given import Given

    Source = tuple[Given, str, str | None]  # dataset, column, subtype
    Columns = dict[str, list[Source]]

_TYPES = {
    **dict.fromkeys(("IDENTITY", "TRANSFORMATION", "AGGREGATION"), "DIRECT"),
    **dict.fromkeys(("CONDITIONAL", "FILTER", "GROUP_BY", "JOIN", "SORT", "WINDOW"), "INDIRECT"),
}
_PARTS = (2, 3)
_SEQUENCES: tuple[type, ...] = (tuple, list)


def read_columns(given: Any, namespace: str) -> Columns:
    """Read column -> sources; a bare dataset name lives in `namespace`. Raises NamingError, TypeError."""
    known: dict[tuple[str, str], Given] = {}
    return {
        str(column): [_source(each, namespace, known) for each in ([sources] if isinstance(sources, str) else sources)]
        for column, sources in given.items()
    }


def _source(given: Any, namespace: str, known: dict[tuple[str, str], Given]) -> Source:
    parts: Any = given.rpartition(".")[::2] if isinstance(given, str) else given
    if not isinstance(parts, _SEQUENCES) or len(parts) not in _PARTS or not all(parts[:2]):
        raise TypeError(f"{given!r} is no source of a column; write 'dataset.column' or (dataset, 'column')")
    dataset, column, how = parts if len(parts) == max(_PARTS) else (*parts, None)
    if how is not None and how not in _TYPES:
        raise TypeError(f"{how!r} is no way in which a column is made; known are: {', '.join(_TYPES)}")
    named = understand(dataset, "input", {}, namespace)
    return known.setdefault((named.namespace, named.name), named), str(column), how


def sources_of(columns: Columns) -> list[Given]:
    """Return the datasets that are named, each once."""
    return list(dict.fromkeys(dataset for sources in columns.values() for dataset, _, _ in sources))


def column_lineage(columns: Columns) -> dict[str, Any]:
    """Write the `columnLineage` facet; a file whose content is still to be read has no name yet and is left out."""
    fields = {
        column: {"inputFields": [_input_field(*source) for source in sources if source[0].path is None]}
        for column, sources in columns.items()
    }
    return facet("ColumnLineageDatasetFacet", fields=fields)


def _input_field(dataset: Given, column: str, how: str | None) -> dict[str, Any]:
    body: dict[str, Any] = {"namespace": dataset.namespace, "name": dataset.name, "field": column}
    if how is not None:
        body["transformations"] = [{"type": _TYPES[how], "subtype": how, "masking": False}]
    return body
