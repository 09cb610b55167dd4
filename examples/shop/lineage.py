"""What the shop's authors say about columns where no hook can see them: between a CSV file and Python's memory.

Only its author knows that a program copies a column as it is, or learns from it. He says it once, beside the code that
does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from database import SCHEMA

from whence.model import dataset_for_url, facet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Engine

    from whence.model import DatasetId, InputDataset


def table(engine: Engine, name: str) -> DatasetId:
    """Name a table as the SQLAlchemy hook names it."""
    schema = SCHEMA if engine.dialect.name == "postgresql" else None
    return dataset_for_url(engine.url.render_as_string(hide_password=True), name, schema=schema)


def copied(source: DatasetId | InputDataset, columns: Iterable[str]) -> dict[str, Any]:
    """Say that each of these columns is the source's column of the same name, unchanged."""
    return _column_lineage({column: _from(source, [column], "IDENTITY") for column in columns})


def made(columns: Mapping[str, str], source: DatasetId | InputDataset) -> dict[str, Any]:
    """Say that each of these columns was made from one column of the source: target -> origin."""
    return _column_lineage({target: _from(source, [origin], "TRANSFORMATION") for target, origin in columns.items()})


def learned(target: str, source: DatasetId | InputDataset, columns: Iterable[str]) -> dict[str, Any]:
    """Say that a value was learned from all the rows of these columns."""
    return _column_lineage({target: _from(source, columns, "AGGREGATION")})


def _from(source: DatasetId | InputDataset, columns: Iterable[str], subtype: str) -> list[dict[str, Any]]:
    step = {"type": "DIRECT", "subtype": subtype, "description": "", "masking": False}
    dataset = {"namespace": source.namespace, "name": source.name}
    return [{**dataset, "field": column, "transformations": [step]} for column in columns]


def _column_lineage(fields: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    body = {name: {"inputFields": sources} for name, sources in fields.items()}
    return {"columnLineage": facet("ColumnLineageDatasetFacet", fields=body)}
