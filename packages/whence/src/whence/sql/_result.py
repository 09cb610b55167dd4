"""What reading one SQL statement gives: values only, in the words of OpenLineage's columnLineage facet.

It must not know sqlglot, datasets or runs: issue after issue may change how statements are read, this is what they are
read into.
Source: OpenLineage ColumnLineageDatasetFacet 1-2-0 (types and subtypes of transformations).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

DIRECT = "DIRECT"
INDIRECT = "INDIRECT"

IDENTITY, TRANSFORMATION, AGGREGATION = "IDENTITY", "TRANSFORMATION", "AGGREGATION"
JOIN, FILTER, GROUP_BY, SORT = "JOIN", "FILTER", "GROUP_BY", "SORT"
WINDOW, CONDITIONAL = "WINDOW", "CONDITIONAL"

MOVES = frozenset({"INSERT", "CREATE_TABLE_AS", "CREATE_VIEW", "UPDATE", "MERGE"})
"""Kinds that may carry data from their inputs to their outputs."""
WRITES = MOVES | {"DELETE", "TRUNCATE", "COPY"}
"""Kinds that change rows of their outputs. The rest of the DDL only changes what a table looks like."""


class TableName(NamedTuple):
    """A table as a statement names it, defaults filled in, letters folded as its database folds them."""

    name: str
    schema: str | None = None
    catalog: str | None = None

    def __str__(self) -> str:
        return ".".join(part for part in (self.catalog, self.schema, self.name) if part)


class Column(NamedTuple):
    """A column of a table; the type as its database writes it, None when not known."""

    name: str
    type: str | None = None


class FieldSource(NamedTuple):
    """One source field of an output field, with what happens on the way."""

    table: TableName
    field: str
    type: str = DIRECT
    subtype: str = IDENTITY
    masking: bool = False


class Note(NamedTuple):
    """Something that was not understood: a code for programs, a message for people. It never holds a literal."""

    code: str
    message: str


class StatementLineage(NamedTuple):
    """What one statement reads and writes.

    `kind` is SELECT, INSERT, CREATE_TABLE_AS, CREATE_VIEW, UPDATE, DELETE, MERGE, TRUNCATE, COPY, CREATE_TABLE,
    ALTER_TABLE, RENAME_TABLE, DROP_TABLE, CONTROL (transactions, settings, maintenance: moves no data) or UNKNOWN (not
    understood; `notes` say why).
    `fields` maps each output field to its sources; an empty tuple means "known to have none". None: the fields could
    not be told.
    `indirect` are fields that shape the whole output (joins, filters, grouping, sorting).
    `columns` are those of the table that the statement makes or changes, in order; None when it makes none or they are
    not known.
    """

    kind: str
    inputs: tuple[TableName, ...] = ()
    outputs: tuple[TableName, ...] = ()
    fields: Mapping[str, tuple[FieldSource, ...]] | None = None
    indirect: tuple[FieldSource, ...] = ()
    columns: tuple[Column, ...] | None = None
    is_temporary: bool = False
    notes: tuple[Note, ...] = ()
