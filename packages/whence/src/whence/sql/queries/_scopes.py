"""What a query can name: relations with their columns, the scopes that hold them, common table expressions.

Values and look-ups only: reading the tree is the resolver's part. Source: SQL:2016 part 2, 7.6 (table references) and
7.10 (joined tables: the columns of USING).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whence.sql.queries._edges import LOST, NOTHING, Sources, TableFields, union

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from whence.sql._names import Known
    from whence.sql._result import TableName

OutColumn = tuple[str, Sources]
STAR = "*"
"""The name of a column that stands for those that could not be told apart."""


class Open:
    """Columns that cannot be listed: those of a table that is not known, of a function, of a UNION of such.

    With `is_star` a table's columns are not told apart: each is its `*`. `hidden` are names (small letters) that it
    does not give: EXCEPT, USING, renamed ones. `renamed`: new -> old name.
    """

    __slots__ = ("_fields", "_parts", "_sources", "hidden", "is_star", "renamed")

    def __init__(
        self, fields: TableFields | None = None, sources: Sources = NOTHING, parts: tuple[Relation, ...] = ()
    ) -> None:
        self._fields = fields
        self._sources = sources
        self._parts = parts
        self.hidden: frozenset[str] = frozenset()
        self.is_star = False
        self.renamed: Mapping[str, str] = {}

    def without(self, hidden: Iterable[str], renamed: Mapping[str, str] | None = None) -> Open:
        """Return the same columns but for some."""
        other = Open(self._fields, self._sources, self._parts)
        other.hidden = self.hidden.union(hidden)
        other.is_star = self.is_star
        other.renamed = {**self.renamed, **(renamed or {})}
        return other

    def starred(self) -> Open:
        """Return the same columns, not told apart."""
        other = self.without(())
        other.is_star = True
        return other

    def find(self, key: str, name: str) -> Sources | None:
        """Return the sources of a column that may be among these, None when it is not."""
        if key in self.renamed:
            name = self.renamed[key]
        elif key in self.hidden:
            return None
        if self._fields is not None:
            return self._fields.of(STAR if self.is_star else name)
        if self._parts:
            found = [part.find(key, name) for part in self._parts]
            return union(LOST if sources is None else sources for sources in found)
        return self._sources

    @property
    def every(self) -> Sources:
        """The sources of all of them together."""
        if self._fields is not None:
            return self._fields.of(STAR)
        if self._parts:
            return union(sources for part in self._parts for _, sources in part.columns)
        return self._sources

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The tables whose columns they are; none for a function."""
        if self._fields is not None:
            return (self._fields.table,)
        return tuple(dict.fromkeys(table for part in self._parts for table in part.unknown_tables))


class Relation:
    """Rows with columns: a table, a subquery, a CTE, what a function gives.

    `columns` are in order, each with its sources; one of the name "*" stands for the columns of one of `opens`, which
    stand in the same order.
    """

    __slots__ = ("_columns", "_exact", "_fields", "_index", "names", "opens", "table")

    def __init__(
        self, columns: list[OutColumn] | None, opens: tuple[Open, ...] = (), table: TableName | None = None
    ) -> None:
        self._columns = columns
        self.opens = opens
        self.table = table  # the table itself, for names such as schema.table.column
        self._index: dict[str, Sources] | None = None
        self._exact: dict[str, Sources] | None = None  # where two names differ only in case
        self.names: dict[str, str] | None = None  # of a known table: name in small letters -> name
        self._fields: TableFields | None = None

    @classmethod
    def of_table(cls, fields: TableFields, known: Known | None) -> Relation:
        """Return the rows of a table."""
        if known is None:
            return cls([(STAR, fields.of(STAR))], (Open(fields),), fields.table)
        relation = cls(None, (), fields.table)
        relation._fields = fields
        relation.names = known.index
        if len(relation.names) < len(known.names):
            relation._columns = [(name, fields.of(name)) for name in known.names]
            relation.names = None
        return relation

    @classmethod
    def of_value(cls, names: list[str], sources: Sources) -> Relation:
        """Return rows all of whose columns come from the same sources; without names, of unknown columns."""
        if not names:
            return cls([(STAR, sources)], (Open(None, sources),))
        return cls([(name, sources) for name in names])

    @property
    def columns(self) -> list[OutColumn]:
        """The columns in order, each with its sources."""
        columns = self._columns
        if columns is None:
            fields, names = self._fields, self.names
            columns = [] if fields is None or names is None else [(n, fields.of(n)) for n in names.values()]
            self._columns = columns
        return columns

    @property
    def unknown_tables(self) -> tuple[TableName, ...]:
        """The tables whose columns would have to be known to list all columns."""
        if not self.opens:
            return ()
        return tuple(dict.fromkeys(table for part in self.opens for table in part.tables))

    @property
    def every(self) -> Sources:
        """The sources of all columns together: what the whole row comes from."""
        return union(sources for _, sources in self.columns)

    def known(self, key: str, name: str) -> Sources | None:
        """Return the sources of a column that is known by name, None otherwise. `key` is the name in small letters."""
        if self.names is not None:
            found = self.names.get(key)
            return None if found is None or self._fields is None else self._fields.of(found)
        index = self._index
        if index is None:
            index = self._indexed()
        if self._exact is not None and name in self._exact:
            return self._exact[name]
        return index.get(key)

    def _indexed(self) -> dict[str, Sources]:
        index: dict[str, Sources] = {}
        first: dict[str, str] = {}
        for name, sources in self.columns:
            if name == STAR:
                continue
            key = name.lower()
            if key not in index:
                index[key] = sources
                first[key] = name
            elif first[key] != name:
                exact = self._exact = self._exact if self._exact is not None else {}
                exact.setdefault(first[key], index[key])
                exact.setdefault(name, sources)
        self._index = index
        return index

    def find(self, key: str, name: str) -> Sources | None:
        """Return the sources of a column; None when it has none or several tables may own it."""
        found = self.known(key, name)
        if found is not None or not self.opens:
            return found
        maybe = [sources for part in self.opens if (sources := part.find(key, name)) is not None]
        return maybe[0] if len(maybe) == 1 else None

    def renamed(self, names: list[str]) -> Relation:
        """Return the relation with its first columns named anew, as `AS t(a, b)` does."""
        if not names:
            return self
        columns: list[OutColumn] = []
        rest = iter(names)
        for position, (name, sources) in enumerate(self.columns):
            if name == STAR and self.opens:  # how many columns the star stands for is not known
                columns.extend((new, sources) for new in rest)
                columns.extend(self.columns[position:])
                return Relation(columns, self.opens)
            columns.append((next(rest, name), sources))
        return Relation(columns, self.opens)

    def seen_through(self, change: Callable[[Sources], Sources]) -> Relation:
        """Return the relation with the sources of its columns changed."""
        opens = tuple(Open(None, change(part.every)) for part in self.opens)
        return Relation([(name, change(sources)) for name, sources in self.columns], opens)


class Unit:
    """What shapes one CTE, or the statement itself, and the CTEs that it calls."""

    __slots__ = ("calls", "indirect")

    def __init__(self) -> None:
        self.indirect: set[int] = set()
        self.calls: dict[Unit, None] = {}

    def reached(self) -> list[Unit]:
        """Return this and every unit that it calls, directly or through others, first called first."""
        found: dict[Unit, None] = {self: None}
        stack: list[Unit] = [self]
        while stack:
            for unit in stack.pop().calls:
                if unit not in found:
                    found[unit] = None
                    stack.append(unit)
        return list(found)


class Cte:
    """A common table expression: its rows, and what shaped them. A scalar one (ClickHouse) is a value, no table."""

    __slots__ = ("is_called", "is_scalar", "relation", "unit")

    def __init__(self, relation: Relation, unit: Unit, *, is_scalar: bool = False) -> None:
        self.relation = relation
        self.unit = unit
        self.is_called = False
        self.is_scalar = is_scalar


Ctes = dict[str, Cte]


class Merged:
    """A column that a join made one of two: USING, NATURAL."""

    __slots__ = ("name", "owners", "sources")

    def __init__(self, name: str, sources: Sources, owners: frozenset[str]) -> None:
        self.name = name
        self.sources = sources
        self.owners = owners  # aliases of the relations that have it


class Scope:
    """The relations a SELECT may name, and those of the queries around it."""

    __slots__ = ("aliases", "aliases_first", "ctes", "merged", "parent", "relations", "seen", "windows")

    def __init__(self, parent: Scope | None, ctes: Ctes | None = None) -> None:
        self.parent = parent
        self.ctes: Ctes = {} if ctes is None else ctes
        self.aliases_first = False  # in GROUP BY, HAVING, ORDER BY select-list names hide columns not known
        self.relations: dict[str, Relation] = {}
        self.merged: dict[str, Merged] = {}
        self.aliases: dict[str, Sources] = {}  # names given in the select list
        self.windows: dict[str, object] = {}  # named windows: parts of the tree
        self.seen: dict[str, Sources] = {}  # unqualified columns found so far

    def add(self, key: str, relation: Relation) -> str:
        """Put a relation in; a name that is taken gets another key. Return the key."""
        if not key or key in self.relations:
            key = f"{key}#{len(self.relations)}"
        self.relations[key] = relation
        if self.seen:
            self.seen.clear()
        return key

    def named(self, key: str) -> Relation | None:
        """Return the relation of this name, looking outwards."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.relations.get(key)
            if found is not None:
                return found
            scope = scope.parent
        return None

    def of_table(self, key: str, schema: str) -> Relation | None:
        """Return the relation of a table by its own name and schema: `schema.table.column`; letter case aside."""
        scope: Scope | None = self
        while scope is not None:
            for relation in scope.relations.values():
                table = relation.table
                if table is not None and table.schema and table.schema.lower() == schema and table.name.lower() == key:
                    return relation
            scope = scope.parent
        return None


def some(tables: Iterable[TableName]) -> str:
    """Return the names of tables for a note, at most three of them."""
    names = [str(table) for table in tables]
    return " or ".join(names[:3]) + (f" or {len(names) - 3} more" if len(names) > 3 else "")  # noqa: PLR2004
