"""Sources of columns as sets of small numbers, and what an expression around them makes of them.

A source is a number: which field (its place in `Fields`), and how the field is used (the lowest five bits: one of nine
ways, and whether it is masked). A set of sources is a frozenset of such numbers: cheap to join, to compare, to share.
It must not know the parser's classes. Source: the transformation types and subtypes of OpenLineage's
ColumnLineageDatasetFacet 1-2-0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whence.sql._result import (
    AGGREGATION,
    CONDITIONAL,
    DIRECT,
    FILTER,
    GROUP_BY,
    IDENTITY,
    INDIRECT,
    JOIN,
    SORT,
    TRANSFORMATION,
    WINDOW,
    FieldSource,
    TableName,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

Sources = frozenset[int]
NOTHING: Sources = frozenset()
LOST: Sources = frozenset((-1,))
"""Stands among the sources for a column that was not found, so that "no sources" always means "none"."""

_WAYS = (IDENTITY, TRANSFORMATION, AGGREGATION, JOIN, FILTER, GROUP_BY, SORT, WINDOW, CONDITIONAL)
SAME, CHANGED, SUMMED, JOINED, FILTERED, GROUPED, SORTED, WINDOWED, CHOSEN = range(9)
"""Ways to use a column; from JOINED on it steers a result and does not enter it."""
MASKED = 16
"""Added to a way: only a mask (a hash) of the value goes on."""
NUMBERS = {way: number for number, way in enumerate(_WAYS)}
_WAY_BITS = 31
_WAY_MASK = 15


def _after(how: int, way: int) -> int:
    """Return the way of a source that was used in one `way`, when what came of it is used as `how` says."""
    first, second = way & _WAY_MASK, how & _WAY_MASK
    if first < JOINED:
        first = second if second >= JOINED else max(first, second)
    return first | (way | how) & MASKED


_VALID = [way | mask for mask in (0, MASKED) for way in range(len(_WAYS))]
THROUGH = tuple(
    tuple(_after(how, way) if way in _VALID and how in _VALID else way for way in range(_WAY_BITS + 1))
    for how in range(_WAY_BITS + 1)
)
"""[how an expression is used][way of a source in it] -> way of that source in the whole."""
DEEPER = tuple(how if how & _WAY_MASK else how | CHANGED for how in range(_WAY_BITS + 1))
"""How the parts of an expression are used, when the expression is used so."""
SUMMARY = tuple(how if how & _WAY_MASK >= JOINED else how & MASKED | SUMMED for how in range(_WAY_BITS + 1))
"""How the arguments of an aggregate are used, when the aggregate is used so."""


def steers(how: int) -> bool:
    """Whether a use is one that steers a result and does not enter it."""
    return how & _WAY_MASK >= JOINED


def instead(how: int, steering: int) -> int:
    """Return the steering way for a part of an expression, unless the whole of it steers already."""
    return how if how & _WAY_MASK >= JOINED else how & MASKED | steering


def through(sources: Sources, how: int) -> Sources:
    """Return the sources as seen through one more expression: the stronger transformation wins."""
    if not how or not sources:
        return sources
    ways = THROUGH[how]
    return frozenset([source & ~_WAY_BITS | ways[source & _WAY_BITS] for source in sources])


def union(every: Iterable[Sources]) -> Sources:
    """Return all sources of some sets."""
    return NOTHING.union(*every)


class TableFields:
    """The fields of one table that a statement names, each a set of one source."""

    __slots__ = ("_fields", "_seen", "table", "text")

    def __init__(self, table: TableName, fields: list[tuple[TableFields, str]]) -> None:
        self.table = table
        self.text = str(table)
        self._fields = fields
        self._seen: dict[str, Sources] = {}

    def of(self, name: str) -> Sources:
        """Return the field as a source."""
        found = self._seen.get(name)
        if found is None:
            found = self._seen[name] = frozenset((len(self._fields) << 5,))
            self._fields.append((self, name))
        return found


class Fields:
    """The fields that a statement names, numbered as they come."""

    __slots__ = ("_fields", "_tables", "_told")

    def __init__(self) -> None:
        self._fields: list[tuple[TableFields, str]] = []
        self._tables: dict[TableName, TableFields] = {}
        self._told: dict[int, tuple[tuple[str, ...], FieldSource]] = {}  # with sort keys

    def table(self, table: TableName) -> TableFields:
        """Return the fields of a table."""
        found = self._tables.get(table)
        if found is None:
            found = self._tables[table] = TableFields(table, self._fields)
        return found

    def below(self, sources: Sources, path: str) -> Sources:
        """Return the fields at a path inside columns."""
        found: set[int] = set()
        for source in sources:
            if source >= 0:
                table, field = self._fields[source >> 5]
                found.update(inner | source & _WAY_BITS for inner in table.of(f"{field}.{path}"))
        return frozenset(found)

    def but(self, sources: Sources, table: TableName) -> Sources:
        """Return the sources without those in a table."""
        return frozenset(source for source in sources if source < 0 or self._fields[source >> 5][0].table != table)

    def tell(self, sources: Iterable[int], *, but: TableName | None = None) -> tuple[FieldSource, ...]:
        """Return sources as values, sorted by table and field; without columns not found and the table `but`."""
        told = self._told
        pairs = [told.get(source) or self._value(source) for source in sources if source >= 0]
        if but is not None:
            pairs = [pair for pair in pairs if pair[1].table != but]
        if len(pairs) > 1:
            pairs.sort(key=_first)
        return tuple([value for _, value in pairs])

    def untell(self, told: Iterable[FieldSource]) -> Sources:
        """Return values as sources again."""
        return frozenset(
            next(iter(self.table(value.table).of(value.field))) | NUMBERS[value.subtype] | MASKED * value.masking
            for value in told
        )

    def _value(self, source: int) -> tuple[tuple[str, ...], FieldSource]:
        table, field = self._fields[source >> 5]
        way = source & _WAY_MASK
        kind, masking = INDIRECT if way >= JOINED else DIRECT, bool(source & MASKED)
        value = FieldSource(table.table, field, kind, _WAYS[way], masking)
        pair = (table.text, field, kind, value.subtype, "masked" if masking else ""), value
        self._told[source] = pair
        return pair


def _first(pair: tuple[tuple[str, ...], FieldSource]) -> tuple[str, ...]:
    return pair[0]
