"""Table and column names as a database means them: letters folded, columns looked up in what is known of the schema.

It must not read statements. Source: the manuals' rules for unquoted identifiers (PostgreSQL 4.1.1, Snowflake
"Identifier requirements", Oracle "Database object names", SQLite "names are case-insensitive", MySQL "Identifier case
sensitivity").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from whence.sql._result import Column, TableName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

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
    """The columns of one table, in order and by name. Equal to another with the same names and types.

    Without `columns` their types are not known. A schema lends the same one to many statements.
    """

    __slots__ = ("_columns", "_index", "names")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, names: tuple[str, ...], columns: tuple[Column, ...] | None = None) -> None:
        self.names = names
        self._columns = columns
        self._index: dict[str, str] | None = None

    @classmethod
    def of(cls, columns: Iterable[Column]) -> Known:
        """Return columns, searchable by name."""
        listed = tuple(columns)
        return cls(tuple(column.name for column in listed), listed)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in order."""
        if self._columns is None:
            self._columns = tuple(map(Column, self.names))
        return self._columns

    @property
    def index(self) -> dict[str, str]:
        """Name in small letters -> name, in order; shorter than `names` when two differ only in case."""
        if self._index is None:
            text = "".join(self.names)
            keys = self.names if text == text.lower() else map(str.lower, self.names)
            self._index = dict(zip(keys, self.names, strict=True))
        return self._index

    def __len__(self) -> int:
        return len(self.names)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Known) and self.names == other.names and self.columns == other.columns


class Tables(Protocol):
    """Something that knows tables' columns: a Schema, or what is known in a session on top of one."""

    def known(self, table: TableName) -> Known | None:
        """Return the columns of a table, None when it is not known."""
        ...

    def __len__(self) -> int: ...


class Schema:
    """What is known of tables' columns. Keys are dotted names of one to three parts; shorter ones are tried, too.

    `version` changes whenever what is known does.
    """

    def __init__(self, tables: Mapping[str, Mapping[str, str | None] | Iterable[str]] | None = None) -> None:
        self.version = 0
        self._tables: dict[str, Known | tuple[str, ...]] = {}  # names alone until they are asked for: most never are
        for name, columns in (tables or {}).items():
            if hasattr(columns, "items"):  # a tenth of what isinstance costs for an abstract class
                typed = cast("Mapping[str, str | None]", columns)
                self._tables[name.lower()] = Known.of(Column(column, data_type) for column, data_type in typed.items())
            else:
                self._tables[name.lower()] = tuple(columns)

    def put(self, table: TableName | str, columns: Iterable[Column]) -> None:
        """Remember the columns of a table, in order."""
        self._tables[str(table).lower()] = Known.of(columns)
        self.version += 1

    def drop(self, table: TableName | str) -> None:
        """Forget a table."""
        self._tables.pop(str(table).lower(), None)
        self.version += 1

    def known(self, table: TableName) -> Known | None:
        """Return the columns of a table, ready to be searched; None when it is not known. Letter case is ignored."""
        if not self._tables:
            return None
        found = self._called(str(table).lower())
        if found is None and table.schema:
            found = self._called(f"{table.schema}.{table.name}".lower()) or self._called(table.name.lower())
        return found

    def _called(self, key: str) -> Known | None:
        found = self._tables.get(key)
        if isinstance(found, tuple):
            found = self._tables[key] = Known(found)
        return found

    def columns(self, table: TableName) -> tuple[Column, ...] | None:
        """Return the columns of a table, None when it is not known. Letter case is ignored."""
        found = self.known(table)
        return None if found is None else found.columns

    def __len__(self) -> int:
        return len(self._tables)


class Lookup:
    """A schema as one statement sees it: remembers what was asked, so that a kept answer can be checked later."""

    def __init__(self, schema: Tables) -> None:
        self._schema = schema
        self.asked: dict[TableName, Known | None] = {}

    def known(self, table: TableName) -> Known | None:
        """Return the columns of a table, ready to be searched by name; None when it is not known."""
        if table not in self.asked:
            self.asked[table] = self._schema.known(table)
        return self.asked[table]

    def columns(self, table: TableName) -> tuple[Column, ...] | None:
        """Return the columns of a table, None when it is not known."""
        known = self.known(table)
        return None if known is None else known.columns

    def __len__(self) -> int:
        return len(self._schema)


class RenamedLookup(Lookup):
    """A schema, or what a statement sees of it, asked under other names: `rename` turns the reader's into its own."""

    def __init__(self, schema: Tables, rename: Callable[[TableName], TableName]) -> None:
        super().__init__(schema)
        self._rename = rename

    def known(self, table: TableName) -> Known | None:
        """Return the columns of a table, None when it is not known."""
        return super().known(self._rename(table))
