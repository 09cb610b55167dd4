"""The dataSource dataset facet: the system a dataset lies in.

Source: spec/facets/DatasourceDatasetFacet.json 1-0-1.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

KEY = "dataSource"


class DataSource(NamedTuple):
    """The name of a source and its URI."""

    name: str
    uri: str | None


def read_data_source(facet: Any) -> DataSource | None:
    """Return the source a facet names; its URI stands in for a missing name, None when it has neither."""
    if not isinstance(facet, dict):
        return None
    value = cast("dict[str, Any]", facet)
    name, uri = value.get("name"), value.get("uri")
    link = uri if isinstance(uri, str) and uri else None
    if isinstance(name, str) and name:
        return DataSource(name, link)
    return DataSource(link, link) if link else None
