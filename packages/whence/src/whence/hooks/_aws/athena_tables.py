"""Athena as a place where statements ran: the names of its tables, and what its queries tell of them.

All of it runs in the background, but for making a source. Where the results of queries lie is known here too: what is
read there is no data of its own.
Sources: the API reference of Athena (`QueryExecution`); its manual for CTAS properties, `$partitions` tables, places of
results and data source names; awswrangler's `_utils.create_ctas_table` for its temporary tables.
"""

from __future__ import annotations

import re

from whence.hooks._aws.athena_catalogue import DEFAULT_DATABASE, catalog_name, is_temporary
from whence.model import DatasetId, dataset_for_path
from whence.sql import MOVES, PATH, TABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from typing import Any

    from whence.hooks._aws.athena_catalogue import Catalogue
    from whence.sql import Column, StatementLineage, TableName

_MAX_WRITES = 1000
_TEMPORARY = re.compile(r"\btemp_table_[0-9a-f]{32}\b")
_LOCATION = re.compile(r"\b(?:external_)?location\s*=?\s*'(s3[an]?://[^']+)'", re.IGNORECASE)
_ICEBERG = re.compile(r"['\"]?table_type['\"]?\s*=\s*'iceberg'", re.IGNORECASE)
_COMMENT = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_QUERY = re.compile(r"\bAS\s*\(*\s*(?:SELECT|WITH|VALUES|TABLE)\b", re.IGNORECASE)
_DDL = ("CREATE_TABLE", "ALTER_TABLE")


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
        self.default_schema: str | None = (database or DEFAULT_DATABASE).lower()
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
        return table.schema == "information_schema" or "$" in table.name or is_temporary(table.name)

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
        if not is_temporary(answer.outputs[0].name):
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

    __slots__ = ("_folders", "_temporary")
    _MAX = 64

    def __init__(self) -> None:
        self._folders: dict[str, None] = {}
        self._temporary: dict[str, None] = {}

    def add(self, location: str | None) -> None:
        """Take an output location that somebody asked for."""
        if location and len(self._folders) < self._MAX:
            self._folders[location if location.endswith("/") else location + "/"] = None

    def add_temporary(self, location: str | None) -> None:
        """Take the place of a temporary table: everything in it passes through."""
        if location and len(self._temporary) < self._MAX:
            self._temporary[location.rstrip("/") + "/"] = None

    def add_file(self, location: str | None, query_id: str) -> None:
        """Take the place where a query's result lies: its folder counts."""
        folder, mark, _ = (location or "").rpartition(query_id)
        if mark:
            self.add(folder.removesuffix("tables/"))

    def holds(self, namespace: str, name: str) -> bool:
        """Whether an object is (part of) the result of a query, by its place and by its name."""
        path = f"{namespace}/{name}"
        if any(path.startswith(folder) for folder in self._temporary):
            return True
        return any(path.startswith(folder) and _is_result(path[len(folder) :]) for folder in self._folders)


_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_RESULT = re.compile(rf"(?:tables/)?{_UUID}\b|temp_table_[0-9a-f]{{32}}/")


def _is_result(rest: str) -> bool:
    return _RESULT.match(rest) is not None
