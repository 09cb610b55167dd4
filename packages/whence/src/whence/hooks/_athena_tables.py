"""Athena's tables: their names, and what else is known of them (columns, location, Iceberg, Glue's own name).

A catalogue belongs to one set of credentials in one region, and learns from what passes by: Glue's and Athena's answers
about tables, and the statements themselves. It asks nobody. It must not guess: without the account id there is no Glue
name. All of it runs in the background, but for making a source.
Sources: the API references of Glue (`Table`) and Athena (`TableMetadata`, `QueryExecution`); OpenLineage's naming of
Athena and Glue; Athena's manual for CTAS properties, `$partitions` tables and data source names.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from whence.model import PLATFORMS, DatasetId, dataset_for_path, facet
from whence.sql import MOVES, PATH, TABLE, Column, Schema, TableName

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import Any

    from whence.sql import StatementLineage

DEFAULT_CATALOG = "awsdatacatalog"
"""How Athena's own catalogue is written in names, as dbt and PyAthena do; Athena takes it in any letters."""
_DEFAULT_DATABASE = "default"
_MAX_TABLES = 4096
_MAX_WRITES = 1000
_TEMPORARY = re.compile(r"temp_table_[0-9a-f]{32}")
_LOCATION = re.compile(r"\b(?:external_)?location\s*=?\s*'(s3[an]?://[^']+)'", re.IGNORECASE)
_ICEBERG = re.compile(r"['\"]?table_type['\"]?\s*=\s*'iceberg'", re.IGNORECASE)
_COMMENT = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_QUERY = re.compile(r"\bAS\s*\(*\s*(?:SELECT|WITH|VALUES|TABLE)\b", re.IGNORECASE)
_DDL = ("CREATE_TABLE", "ALTER_TABLE")


class Known(NamedTuple):
    """What is known of one table besides its columns: where it lies, and how."""

    place: DatasetId | None
    is_iceberg: bool


class Catalogue:
    """The tables of one region as one set of credentials sees them. Any thread may tell and look."""

    def __init__(self, region: str, partition: str = "aws", account: str | None = None) -> None:
        self.region = region
        self.partition = partition
        self.account = account
        self.namespace = PLATFORMS["athena"].namespace_for({"region": region})
        self.schema = Schema()
        self._known: dict[tuple[str, str], Known] = {}
        self._at: dict[DatasetId, tuple[str, str] | None] = {}  # place -> table; None: there are several

    def learn_glue(self, tables: Iterable[Mapping[str, Any]], *, is_own: bool) -> None:
        """Take tables as Glue tells them; `is_own`: nobody asked for another account's catalogue."""
        for table in tables:
            account = str(table.get("CatalogId") or "")
            if is_own and account.isdigit():
                self.account = account
            if not is_own and account != self.account:
                continue  # a table of somebody else's catalogue bears the same names
            storage: Mapping[str, Any] = table.get("StorageDescriptor") or {}
            name = TableName(
                str(table["Name"]).lower(), str(table.get("DatabaseName") or _DEFAULT_DATABASE).lower(), DEFAULT_CATALOG
            )
            self.learn(name, storage.get("Location"), is_iceberg=_is_iceberg(table))
            self._learn_columns(name, storage.get("Columns"), table.get("PartitionKeys"))

    def learn_metadata(self, catalog: str | None, database: str, tables: Iterable[Mapping[str, Any]]) -> None:
        """Take tables as Athena's GetTableMetadata and ListTableMetadata tell them."""
        for table in tables:
            name = TableName(str(table["Name"]).lower(), database.lower(), catalog_name(catalog))
            parameters: Mapping[str, Any] = table.get("Parameters") or {}
            self.learn(name, parameters.get("location"), is_iceberg=_is_iceberg(table))
            self._learn_columns(name, table.get("Columns"), table.get("PartitionKeys"))

    def learn(self, table: TableName, location: str | None, *, is_iceberg: bool) -> None:
        """Take where a table lies."""
        if catalog_name(table.catalog) != DEFAULT_CATALOG or not table.schema or not location:
            return
        key = table.schema, table.name
        place = dataset_for_path(location) if location.startswith("s3") else None
        if len(self._known) >= _MAX_TABLES:
            self.forget(*next(iter(self._known)))
        self._known[key] = Known(place, is_iceberg)
        if place is not None:  # where several tables lie, the place is none of them
            self._at[place] = key if self._at.get(place, key) == key else None

    def forget(self, database: str, name: str) -> None:
        """Forget a table: it was deleted."""
        known = self._known.pop((database, name), None)
        self.schema.drop(TableName(name, database, DEFAULT_CATALOG))
        if known is not None and known.place is not None:
            self._at.pop(known.place, None)

    def _learn_columns(self, table: TableName, *lists: Iterable[Mapping[str, Any]] | None) -> None:
        columns = [Column(str(each["Name"]), each.get("Type")) for some in lists for each in some or ()]
        if columns and len(self.schema) < _MAX_TABLES:
            self.schema.put(table, columns)

    def is_unknown(self, table: TableName) -> bool:
        """Whether Glue could tell more of a table of Athena's own catalogue."""
        if catalog_name(table.catalog) != DEFAULT_CATALOG or not table.schema:
            return False
        is_complete = (table.schema, table.name) in self._known and self.account is not None
        return not is_complete or self.schema.columns(table) is None

    def table_facets(self, table: TableName) -> dict[str, Any]:
        """Return the facets that say how else a table is called, and how it is stored."""
        if catalog_name(table.catalog) != DEFAULT_CATALOG or table.form != TABLE or not table.schema:
            return {}
        known = self._known.get((table.schema, table.name))
        names = self._glue_names(table.schema, table.name)
        if known is not None and known.place is not None and self._at.get(known.place) is not None:
            names.append({"namespace": known.place.namespace, "name": known.place.name, "type": "LOCATION"})
        return _facets(names, is_iceberg=known is not None and known.is_iceberg)

    def place_facets(self, namespace: str, name: str) -> dict[str, Any]:
        """Return the same for a place in S3 where exactly one table lies."""
        key = self._at.get(DatasetId(namespace, name))
        known = None if key is None else self._known.get(key)
        if key is None or known is None:
            return {}
        names = [{"namespace": self.namespace, "name": f"{DEFAULT_CATALOG}.{key[0]}.{key[1]}", "type": "TABLE"}]
        return _facets(names + self._glue_names(*key), is_iceberg=known.is_iceberg)

    def _glue_names(self, database: str, table: str) -> list[dict[str, str]]:
        if self.account is None:
            return []
        name = PLATFORMS["glue"].dataset.format(database=database, table=table)
        namespace = f"arn:{self.partition}:glue:{self.region}:{self.account}"
        return [{"namespace": namespace, "name": name, "type": "TABLE"}]


def _is_iceberg(table: Mapping[str, Any]) -> bool:
    parameters: Mapping[str, Any] = table.get("Parameters") or {}
    return str(parameters.get("table_type", "")).lower() == "iceberg"


def _facets(names: list[dict[str, str]], *, is_iceberg: bool) -> dict[str, Any]:
    facets: dict[str, Any] = {}
    if names:
        facets["symlinks"] = facet("SymlinksDatasetFacet", identifiers=names)
    if is_iceberg:
        facets["storage"] = facet("StorageDatasetFacet", storageLayer="iceberg")
    return facets


class Told:
    """What Athena said of a statement beside its text; what `AthenaSource.tables` learns from."""

    __slots__ = ("_counts", "location", "rows", "scanned", "text", "times")

    def __init__(self, text: str, location: str | None, scanned: int | None) -> None:
        self.text = text
        self.location = location
        self.scanned = scanned
        self.times = 1
        self.rows = 0
        self._counts = 0

    def add(self, scanned: int | None) -> None:
        """Add another execution of the same statement."""
        self.times += 1
        self.scanned = None if self.scanned is None or scanned is None else self.scanned + scanned

    def count(self, rows: int) -> None:
        """Take the rows that one execution changed."""
        self._counts += 1
        self.rows += rows

    @property
    def has_rows(self) -> bool:
        """Whether the rows of every execution are known."""
        return self._counts == self.times


class AthenaSource:
    """Athena with the catalogue and database that a query of one run ran in (`SqlSource`)."""

    def __init__(self, catalogue: Catalogue, catalog: str | None, database: str | None, shared: Shared) -> None:
        self.dialect = "athena"
        self.tells_late_reads = True  # a query ends when it ends: what it read was not told before
        self.catalogue = catalogue
        self.default_db: str | None = catalog_name(catalog)
        self.default_schema: str | None = (database or _DEFAULT_DATABASE).lower()
        self.schema = catalogue.schema
        self.uri = catalogue.namespace
        self.sizes = shared.sizes
        self._writes = shared.writes
        self._gate = shared.gate
        self._find = shared.find
        self._declared: frozenset[TableName] = frozenset()

    def dataset(self, table: TableName) -> DatasetId:
        """Return the name of a table, or of the place in S3 that a statement names."""
        if table.form == PATH:
            return dataset_for_path(table.name)
        parts = (catalog_name(table.catalog), table.schema or self.default_schema or "", table.name)
        return DatasetId(self.catalogue.namespace, ".".join(parts))

    def is_system(self, table: TableName) -> bool:
        """Whether the table holds no data of its own, or only passes some on (awswrangler's temporary tables)."""
        if table.form != TABLE:
            return table.form != PATH or "://" not in table.name or table in self._declared
        return table.schema == "information_schema" or "$" in table.name or bool(_TEMPORARY.fullmatch(table.name))

    def facets(self, table: TableName) -> dict[str, Any]:
        """Return what is known of a table beside its name and columns."""
        return self.catalogue.table_facets(table)

    def tables(self, structure: Any) -> Iterator[tuple[TableName, list[Column]]]:
        """Learn where tables lie and how much was read; called with each statement before it is read."""
        self._declared = frozenset()
        if isinstance(structure, Told):
            from whence.sql import lineage  # noqa: PLC0415  loads the parser: only the background may

            with self._gate:
                answers = lineage(
                    structure.text,
                    self.dialect,
                    default_db=self.default_db,
                    default_schema=self.default_schema,
                    schema=self.schema,
                )
            if len(answers) == 1:
                self._learn_place(structure, answers[0])
                self._learn_size(structure, answers[0])
                self._look_up(answers[0])
                self._learn_writes(structure, answers[0])
        return
        yield  # a generator: the columns come with the statement

    def _learn_place(self, told: Told, answer: StatementLineage) -> None:
        if answer.kind in _DDL:  # where a table lies is no data that was read
            self._declared = frozenset(table for table in answer.inputs if table.form == PATH)
        if answer.kind not in ("CREATE_TABLE", "CREATE_TABLE_AS") or not answer.outputs:
            return
        found = _LOCATION.search(_definition(told.text))
        location = found[1] if found else told.location if "/tables/" in (told.location or "") else None
        if not _TEMPORARY.fullmatch(answer.outputs[0].name):
            self.catalogue.learn(
                answer.outputs[0], location, is_iceberg=_ICEBERG.search(_definition(told.text)) is not None
            )

    def _learn_size(self, told: Told, answer: StatementLineage) -> None:
        """Add the bytes that the query scanned to the table that it read; of several tables no share is known."""
        tables = [table for table in answer.inputs if not self.is_system(table)]
        for table in tables:
            dataset = self.dataset(table)
            known = self.sizes.get(dataset, 0)
            is_known = len(tables) == 1 and told.scanned is not None and known is not None
            self.sizes[dataset] = known + (told.scanned or 0) if is_known and known is not None else None

    def _learn_writes(self, told: Told, answer: StatementLineage) -> None:
        """Remember what told the rows of each output, which come with the results, after the statement."""
        for table in answer.outputs if answer.kind in MOVES else ():
            writes = self._writes.setdefault(self.dataset(table), [])
            if len(writes) < _MAX_WRITES:
                writes.append(told)
        told.text = ""  # it has been read

    def rows(self, dataset: DatasetId) -> int | None:
        """Return how many rows were written to a dataset, None when that is not known of every statement."""
        writes = self._writes.get(dataset, ())
        is_known = 0 < len(writes) < _MAX_WRITES and all(told.has_rows for told in writes)
        return sum(told.rows for told in writes) if is_known else None

    def _look_up(self, answer: StatementLineage) -> None:
        if self._find is None:
            return
        for table in (*answer.inputs, *answer.outputs):
            if not self.is_system(table) and table.form == TABLE and self.catalogue.is_unknown(table):
                self._find(table)


class Shared:
    """What the sources of one run share: what is held while statements are read, how to look tables up, and counts."""

    __slots__ = ("find", "gate", "sizes", "writes")

    def __init__(self, gate: AbstractContextManager[Any], find: Callable[[TableName], None] | None = None) -> None:
        self.gate = gate
        self.find = find
        self.sizes: dict[DatasetId, int | None] = {}
        self.writes: dict[DatasetId, list[Told]] = {}


def _definition(text: str) -> str:
    """Return what a CREATE TABLE says of the table itself: without comments, and without the query of a CTAS."""
    return _QUERY.split(_COMMENT.sub(lambda found: found[0] if found[0][0] == "'" else " ", text), maxsplit=1)[0]


def catalog_name(catalog: str | None) -> str:
    """Return the catalogue's name as names hold it: Athena's own in one spelling, others as they are."""
    if not catalog or catalog.lower() == DEFAULT_CATALOG:
        return DEFAULT_CATALOG
    return catalog


def without_temporary(text: str) -> str:
    """Return the query inside of awswrangler's CTAS into a table that it reads and drops; other text as it is."""
    head = text[:400]
    if head.startswith("CREATE TABLE ") and _TEMPORARY.search(head):
        _, mark, query = text.partition(")\nAS ")
        if mark:
            return query
    return text


class Results:
    """The folders in which the results of one run's queries lie: what is read there is no data of its own."""

    __slots__ = ("_folders",)
    _MAX = 64

    def __init__(self) -> None:
        self._folders: dict[str, None] = {}

    def add(self, location: str | None) -> None:
        """Take an output location that somebody asked for."""
        if location and len(self._folders) < self._MAX:
            self._folders[location if location.endswith("/") else location + "/"] = None

    def add_file(self, location: str | None, query_id: str) -> None:
        """Take the place where a query's result lies: its folder counts."""
        folder, mark, _ = (location or "").rpartition(query_id)
        if mark:
            self.add(folder.removesuffix("tables/"))

    def holds(self, namespace: str, name: str) -> bool:
        """Whether an object is (part of) the result of a query, by its place and by its name."""
        path = f"{namespace}/{name}"
        return any(path.startswith(folder) and _is_result(path[len(folder) :]) for folder in self._folders)


_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_RESULT = re.compile(rf"(?:tables/)?{_UUID}\b|temp_table_[0-9a-f]{{32}}/")


def _is_result(rest: str) -> bool:
    return _RESULT.match(rest) is not None
