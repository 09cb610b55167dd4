"""Column lineage that nobody sent: read out of the SQL of an event that lists datasets and says nothing of columns.

A pure function of one event: columns are known from the schema facets of the event's own datasets and from nowhere
else, so that the graph does not depend on what arrived when. It must not guess: a table of the SQL is a dataset of the
event when exactly one listed name ends with the table's; a text of which tables may have been missed says nothing.
What it finds ranks below everything that was told. Decision: docs/decisions/0009.
Source: SQLJobFacet.json 1-1-0; types of transformations as in ColumnLineageDatasetFacet.json 1-2-0.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import orjson

from whence.sql import Column, Schema, script_lineage
from whence_server.graph.facets.column_lineage import KEY as COLUMN_LINEAGE
from whence_server.graph.facets.lineage import KEY as LINEAGE
from whence_server.graph.facets.origins import Name, Origin, Origins, is_name
from whence_server.graph.facets.schema import KEY as SCHEMA
from whence_server.graph.facets.schema import read_schema
from whence_server.graph.facets.symlinks import KEY as SYMLINKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from whence.sql import FieldSource, ScriptLineage, TableName

KEY: Final = "sql"
MAX_CHARS: Final = 20_000
"""Longer texts are not read. At this length reading takes some 100 ms, far from the engine's deadline (2 s of CPU),
whose result would depend on the machine."""
MAX_DATASETS: Final = 100
MAX_REMEMBERED: Final = 16_000  # bytes of a question whose answer is kept
_DIALECTS: Final = {
    "athena": "athena",
    "awsathena": "athena",
    "bigquery": "bigquery",
    "clickhouse": "clickhouse",
    "databricks": "databricks",
    "duckdb": "duckdb",
    "hive": "hive",
    "mssql": "tsql",
    "mysql": "mysql",
    "oracle": "oracle",
    "postgres": "postgres",
    "presto": "presto",
    "redshift": "redshift",
    "snowflake": "snowflake",
    "sqlite": "sqlite",
    "sqlserver": "tsql",
    "teradata": "teradata",
    "trino": "trino",
}


Packed = tuple[Name, bytes]


class Listed(NamedTuple):
    """A dataset as an event lists it."""

    name: Name
    facets: dict[str, Any]


def has_sql_alone(job_facets: Mapping[str, Any], outputs: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether an event with these facets of its job and of its outputs has SQL and says nothing of columns."""
    return (
        KEY in job_facets
        and LINEAGE not in job_facets
        and not any(COLUMN_LINEAGE in facets or LINEAGE in facets for facets in outputs)
    )


def inferred(facet: Any, inputs: list[Listed], outputs: list[Listed]) -> dict[Name, Origins]:
    """Return what the text in a sql facet says about the columns of the outputs; empty where that is not sure."""
    text, dialect = _text_of(facet, outputs)
    if not text or not inputs or not outputs or len(inputs) + len(outputs) > MAX_DATASETS:
        return {}
    told = [tuple(_packed(dataset) for dataset in listed) for listed in (inputs, outputs)]
    size = len(text) + sum(len(body) for listed in told for _, body in listed)
    return (_remembered if size <= MAX_REMEMBERED else _read)(text, dialect, *told)


def _packed(dataset: Listed) -> Packed:
    """Return what of a dataset matters here as a value that can be compared."""
    facets = {key: dataset.facets[key] for key in (SCHEMA, SYMLINKS) if key in dataset.facets}
    return dataset.name, orjson.dumps(facets) if facets else b"{}"


def _read(text: str, dialect: str, inputs: tuple[Packed, ...], outputs: tuple[Packed, ...]) -> dict[Name, Origins]:
    read, written = ([Listed(name, orjson.loads(facets)) for name, facets in listed] for listed in (inputs, outputs))
    script = script_lineage(text, dialect, schema=_known_columns([*read, *written]))
    if any(note.hides == "tables" for statement in script.statements for note in statement.notes):
        return {}
    return _Reading(_Finder(read), _Finder(written)).read(script)


_remembered = lru_cache(maxsize=1_000)(_read)  # a job sends the same text with each of its runs


def _text_of(facet: Any, outputs: list[Listed]) -> tuple[str, str]:
    """Return the text and its dialect: as the facet says, else as the first output's namespace does."""
    value = cast("dict[str, Any]", facet) if isinstance(facet, dict) else {}
    text, dialect = value.get("query"), value.get("dialect")
    if not isinstance(text, str) or len(text) > MAX_CHARS or value.get("_deleted") is True:
        return "", ""
    if not isinstance(dialect, str) or not dialect:
        dialect = _DIALECTS.get(outputs[0].name[0].partition(":")[0].lower(), "") if outputs else ""
    return text, dialect


def _known_columns(listed: list[Listed]) -> Schema:
    """Return the columns that the event's own schema facets tell, under every ending of the datasets' names."""
    schema = Schema()
    told: dict[str, Name | None] = {}
    for name, facets in listed:
        fields = read_schema(facets[SCHEMA]) if SCHEMA in facets else None
        columns = [Column(field["name"], field["type"]) for field in fields or () if "." not in field["name"]]
        for ending in _endings(name[1]):
            if told.setdefault(ending, name) != name:
                told[ending] = None
                schema.drop(ending)
            elif columns:
                schema.put(ending, columns)
    return schema


def _endings(name: str) -> list[str]:
    """Return the dotted endings of a name in small letters: db.public.t, public.t, t."""
    parts = name.lower().split(".")
    return [".".join(parts[at:]) for at in range(max(0, len(parts) - 3), len(parts))]


class _Finder:
    """Finds the one listed dataset that a table of the SQL is; its own name counts, and its symlinks'."""

    def __init__(self, listed: list[Listed]) -> None:
        self._by_name: dict[str, set[Name]] = {}
        for dataset in listed:
            for namespace, name in (dataset.name, *_other_names(dataset.facets)):
                for ending in (*_endings(name), f"{namespace}/{name}".replace("//", "/").rstrip("/").lower()):
                    self._by_name.setdefault(ending, set()).add(dataset.name)
            self._by_name.setdefault(dataset.name[1].lower(), set()).add(dataset.name)

    def find(self, table: TableName) -> Name | None:
        text = str(table).lower()
        found = self._by_name.get(text) or self._by_name.get(text.replace("//", "/").rstrip("/")) or ()
        return next(iter(found)) if len(found) == 1 else None


def _other_names(facets: dict[str, Any]) -> Iterable[Name]:
    symlinks = facets.get(SYMLINKS)
    identifiers = cast("dict[str, Any]", symlinks).get("identifiers") if isinstance(symlinks, dict) else None
    for item in cast("list[Any]", identifiers) if isinstance(identifiers, list) else ():
        link = cast("dict[str, Any]", item) if isinstance(item, dict) else {}
        namespace, name = link.get("namespace"), link.get("name")
        if is_name(namespace) and is_name(name):
            yield cast("str", namespace), cast("str", name)


class _Reading:
    """Turns what the SQL says about tables into what it says about the event's datasets."""

    def __init__(self, inputs: _Finder, outputs: _Finder) -> None:
        self._inputs = inputs
        self._outputs = outputs
        self._fields: dict[Name, dict[str, list[Origin]]] = {}
        self._whole: dict[Name, list[Origin]] = {}

    def read(self, script: ScriptLineage) -> dict[Name, Origins]:
        for field in script.fields:
            target = None if field.table is None or field.name == "*" else self._outputs.find(field.table)
            sources = self._origins(field.sources)
            if target is not None and (sources or (field.is_whole and not field.sources)):
                self._put(self._fields.setdefault(target, {}).setdefault(field.name, []), sources)
        for statement in script.statements:
            for table in statement.outputs:
                target = self._outputs.find(table)
                if target in self._fields:
                    self._put(self._whole.setdefault(target, []), self._origins(statement.indirect))
        found = {name: Origins(fields, self._whole.get(name, [])) for name, fields in self._fields.items()}
        return {name: origins for name, origins in found.items() if origins.datasets}

    def _origins(self, sources: Iterable[FieldSource]) -> list[Origin]:
        found = ((source, self._inputs.find(source.table)) for source in sources)
        return [_origin(source, name) for source, name in found if name is not None and source.field]

    @staticmethod
    def _put(known: list[Origin], more: Iterable[Origin]) -> None:
        known.extend(origin for origin in more if origin not in known)


def _origin(source: FieldSource, name: Name) -> Origin:
    transformation = {
        "type": source.type,
        "subtype": source.subtype,
        "description": "inferred from the job's SQL",
        "masking": source.masking,
    }
    return Origin(
        is_job=False,
        name=name,
        field=None if source.field == "*" else source.field.replace("\0", ""),
        transformations=[transformation],
    )
