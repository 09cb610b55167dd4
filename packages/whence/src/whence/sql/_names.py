"""Table and column names as a database means them: letters folded, columns looked up in what is known of the schema.

It must not read statements. Source: the manuals' rules for unquoted identifiers (PostgreSQL 4.1.1, Snowflake
"Identifier requirements", Oracle "Database object names", SQLite "names are case-insensitive", MySQL "Identifier case
sensitivity").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, cast

from whence.sql._result import Column, TableName

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOWER = frozenset({"postgres", "redshift", "athena", "presto", "trino", "hive", "spark", "databricks"})
_UPPER = frozenset({"snowflake", "oracle", "db2", "teradata"})
_INSENSITIVE = frozenset({"sqlite", "duckdb"})  # quoted or not; written small, so that one table has one name
_EXACT = frozenset({"postgres", "snowflake", "oracle", "db2"})  # in quotes "A" and "a" are two names


def fold_table(name: str, dialect: str, *, quoted: bool) -> str:
    """Return a table or schema name with its letters as the database keeps them."""
    if dialect in _INSENSITIVE:
        return name.lower()
    return fold_column(name, dialect, quoted=quoted)


def fold_column(name: str, dialect: str, *, quoted: bool) -> str:
    """Return a column name with its letters as the database keeps them; where case means nothing, as it was written."""
    if quoted:
        return name
    if dialect in _LOWER:
        return name.lower()
    return name.upper() if dialect in _UPPER else name


def alias_key(name: str, dialect: str, *, quoted: bool) -> str:
    """Return what names of aliases and CTEs are compared by: small letters, unless quotes make another name of it."""
    if quoted and dialect in _EXACT and fold_column(name, dialect, quoted=False) != name:
        return f'"{name}"'
    return name.lower()


class Known:
    """The columns of one table: as they are called, and by small letters."""

    __slots__ = ("_index", "names")

    def __init__(self, columns: Iterable[Column]) -> None:
        self.names = [column.name for column in columns]
        self._index: dict[str, str] | None = None

    @property
    def index(self) -> dict[str, str]:
        """Name in small letters -> name, in order; shorter than `names` when two differ only in case."""
        if self._index is None:
            self._index = dict(zip(map(str.lower, self.names), self.names, strict=True))
        return self._index


class Listed(tuple[Column, ...]):  # noqa: SLOT001  a tuple with slots cannot hold anything
    """Columns that remember how they are searched, because a schema lends the same ones to many statements."""

    known: Known | None = None


def known_of(columns: tuple[Column, ...]) -> Known:
    """Return columns ready to be searched by name."""
    if not isinstance(columns, Listed):
        return Known(columns)
    if columns.known is None:
        columns.known = Known(columns)
    return columns.known


class Columns(Protocol):
    """Something that knows tables' columns: a Schema, or what is known in a session on top of one."""

    def columns(self, table: TableName) -> tuple[Column, ...] | None:
        """Return the columns of a table, None when it is not known."""
        ...


class Schema:
    """What is known of tables' columns. Keys are dotted names of one to three parts; shorter ones are tried, too.

    `version` changes whenever what is known does.
    """

    def __init__(self, tables: Mapping[str, Mapping[str, str | None] | Iterable[str]] | None = None) -> None:
        self.version = 0
        self._tables: dict[str, tuple[Column, ...]] = {}
        self._given: dict[str, tuple[str, ...]] = {}  # made columns when asked for: most of a schema never is
        for name, columns in (tables or {}).items():
            if isinstance(columns, Mapping):
                typed = cast("Mapping[str, str | None]", columns)
                self.put(name, (Column(column, data_type) for column, data_type in typed.items()))
            else:
                self._given[name.lower()] = tuple(columns)

    def put(self, table: TableName | str, columns: Iterable[Column]) -> None:
        """Remember the columns of a table, in order."""
        key = str(table).lower()
        self._given.pop(key, None)
        self._tables[key] = Listed(columns)
        self.version += 1

    def drop(self, table: TableName | str) -> None:
        """Forget a table."""
        key = str(table).lower()
        self._tables.pop(key, None)
        self._given.pop(key, None)
        self.version += 1

    def columns(self, table: TableName) -> tuple[Column, ...] | None:
        """Return the columns of a table, None when it is not known. Letter case is ignored."""
        if not self._tables and not self._given:
            return None
        found = self._called(str(table).lower())
        if found is None and table.schema:
            found = self._called(f"{table.schema}.{table.name}".lower()) or self._called(table.name.lower())
        return found

    def _called(self, key: str) -> tuple[Column, ...] | None:
        found = self._tables.get(key)
        if found is None and key in self._given:
            found = self._tables[key] = Listed([Column(name) for name in self._given.pop(key)])
        return found

    def __len__(self) -> int:
        return len(self._tables) + len(self._given)


class Lookup:
    """A schema as one statement sees it: remembers what was asked, so that a kept answer can be checked later."""

    def __init__(self, schema: Columns) -> None:
        self._schema = schema
        self._known: dict[TableName, Known | None] = {}
        self.asked: dict[TableName, tuple[Column, ...] | None] = {}

    def columns(self, table: TableName) -> tuple[Column, ...] | None:
        """Return the columns of a table, None when it is not known."""
        if table not in self.asked:
            self.asked[table] = self._schema.columns(table)
        return self.asked[table]

    def known(self, table: TableName) -> Known | None:
        """Return the same, ready to be searched by name."""
        if table not in self._known:
            columns = self.columns(table)
            self._known[table] = None if columns is None else known_of(columns)
        return self._known[table]

    def same_in(self, schema: Columns) -> bool:
        """Whether that schema answers everything that was asked in the same way."""
        return all(schema.columns(table) == columns for table, columns in self.asked.items())
