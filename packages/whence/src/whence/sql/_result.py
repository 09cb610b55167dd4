"""What reading one SQL statement gives: values only, in the words of OpenLineage's columnLineage facet.

It must not know sqlglot, datasets or runs: issue after issue may change how statements are read, this is what they are
read into.
Source: OpenLineage ColumnLineageDatasetFacet 1-2-0 (types and subtypes of transformations).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE, PATH, STAGE, TEMPLATE, REMOTE = "TABLE", "PATH", "STAGE", "TEMPLATE", "REMOTE"
"""Forms of names: a table, a file or folder or URL, a named stage of a database, a text that a template will fill, a
table on another server."""

PARSED, PARTLY, UNKNOWN = "PARSED", "PARTLY", "UNKNOWN"
"""How far a statement was understood: wholly, with something missing or doubtful, or not at all."""

DIRECT = "DIRECT"
INDIRECT = "INDIRECT"

IDENTITY, TRANSFORMATION, AGGREGATION = "IDENTITY", "TRANSFORMATION", "AGGREGATION"
JOIN, FILTER, GROUP_BY, SORT = "JOIN", "FILTER", "GROUP_BY", "SORT"
WINDOW, CONDITIONAL = "WINDOW", "CONDITIONAL"

MOVES = frozenset({"INSERT", "CREATE_TABLE_AS", "CACHE_TABLE", "CREATE_VIEW", "UPDATE", "MERGE", "COPY", "BLOCK"})
"""Kinds that may carry data from their inputs to their outputs."""
WRITES = MOVES | {"DELETE", "TRUNCATE"}
"""Kinds that change rows of their outputs. The rest of the DDL only changes what a table looks like."""


class TableName(NamedTuple):
    """What a statement reads or writes, defaults filled in, letters folded as its database folds them.

    With another form than TABLE the `name` is the whole of it: `s3://bucket/key`, `@stage/path`, `{{ var("t") }}`. That
    of a table on another server holds `://` where the server is known: `postgres://host:5432/db.schema.table`; else it
    is told under the link's name: `schema.table@link`, in T-SQL `link.db.schema.table`.
    """

    name: str
    schema: str | None = None
    catalog: str | None = None
    form: str = TABLE

    def __str__(self) -> str:
        return ".".join(filter(None, (self.catalog, self.schema, self.name)))


class Column(NamedTuple):
    """A column of a table; the type as its database writes it, None when not known."""

    name: str
    type: str | None = None


class FieldSource(NamedTuple):
    """One source field of an output field, with what happens on the way.

    The field "*" stands for columns of a table whose columns are not known.
    """

    table: TableName
    field: str
    type: str = DIRECT
    subtype: str = IDENTITY
    masking: bool = False


class OutputField(NamedTuple):
    """One column that a statement gives, and what it comes from; no sources means that it is known to have none.

    `table` is what it is written to, None for a bare query. `is_whole` is false where a source could not be told. The
    name "*" stands for columns that could not be told apart, because a star could not be expanded.
    """

    name: str
    sources: tuple[FieldSource, ...] = ()
    table: TableName | None = None
    is_whole: bool = True


class Note(NamedTuple):
    """Something that was not understood: a code for programs, a message for people. It never holds a literal.

    `start` and `end` are offsets into the text that was given, where they are known. `hides` says what may be missing
    or wrong because of it: "tables" (then also columns), "columns", or "" for nothing.
    """

    code: str
    message: str
    start: int | None = None
    end: int | None = None
    hides: str = "columns"


class StatementLineage(NamedTuple):
    """What one statement reads and writes.

    `kind` is SELECT, INSERT, CREATE_TABLE_AS, CACHE_TABLE, CREATE_VIEW, UPDATE, DELETE, MERGE, TRUNCATE, COPY (to and
    from files, too), CREATE_TABLE, CREATE_STAGE, CREATE_STREAM, ALTER_TABLE (with inputs: rows came with a partition),
    RENAME_TABLE (inputs and outputs pair by position), SWAP_TABLES, DROP_TABLE, BLOCK (several statements that ran),
    CREATE_ROUTINE and CREATE_TASK (what it will do whenever it runs), CALL and EXECUTE (of what is not known), CONTROL
    (transactions, settings, maintenance: moves no data) or UNKNOWN (not understood; `notes` say why).
    `fields` are the columns that it gives, in order, duplicates kept. None: they could not be told.
    `indirect` are fields that shape the whole output (joins, filters, grouping, sorting).
    `columns` are those of the table that the statement makes or changes, in order; None when it makes none or they are
    not known.
    `state` is PARSED, PARTLY or UNKNOWN; `confidence` from 0 to 1 is an estimate that the tables are right.
    `start` and `end` are where the statement stands in the text that was given.
    """

    kind: str
    inputs: tuple[TableName, ...] = ()
    outputs: tuple[TableName, ...] = ()
    fields: tuple[OutputField, ...] | None = None
    indirect: tuple[FieldSource, ...] = ()
    columns: tuple[Column, ...] | None = None
    is_temporary: bool = False
    notes: tuple[Note, ...] = ()
    state: str = PARSED
    confidence: float = 1.0
    start: int = 0
    end: int = 0

    def sources_by_name(self) -> Mapping[str, tuple[FieldSource, ...]]:
        """Return the sources of each field whose sources were told, by name; fields of one name are joined."""
        found: dict[str, tuple[FieldSource, ...]] = {}
        for field in self.fields or ():
            if field.name != "*" and (field.is_whole or field.sources):
                found[field.name] = tuple(dict.fromkeys(found.get(field.name, ()) + field.sources))
        return found


class ScriptLineage(NamedTuple):
    """What a whole text reads and writes, statement after statement, with temporary tables taken out of it."""

    statements: tuple[StatementLineage, ...]
    inputs: tuple[TableName, ...]
    outputs: tuple[TableName, ...]
    fields: tuple[OutputField, ...]
    notes: tuple[Note, ...]
