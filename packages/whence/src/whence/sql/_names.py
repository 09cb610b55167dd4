"""Table and column names as a database means them: letters folded, columns looked up in what is known of the schema.

It must not read statements. Source: the manuals' rules for unquoted identifiers (PostgreSQL 4.1.1, Snowflake
"Identifier requirements", Oracle "Database object names", SQLite "names are case-insensitive", MySQL "Identifier case
sensitivity").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from whence.sql._result import Column, TableName

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOWER = frozenset({"postgres", "redshift", "athena", "presto", "trino", "hive", "spark", "databricks"})
_UPPER = frozenset({"snowflake", "oracle", "db2", "teradata"})
_INSENSITIVE = frozenset({"sqlite", "duckdb"})  # quoted or not; written small, so that one table has one name


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


class Schema:
    """What is known of tables' columns. Keys are dotted names of one to three parts; shorter ones are tried, too."""

    def __init__(self, tables: Mapping[str, Mapping[str, str | None] | Iterable[str]] | None = None) -> None:
        self._tables: dict[str, tuple[Column, ...]] = {}
        for name, columns in (tables or {}).items():
            if isinstance(columns, Mapping):
                typed = cast("Mapping[str, str | None]", columns)
                self.put(name, (Column(column, data_type) for column, data_type in typed.items()))
            else:
                self.put(name, (Column(column) for column in columns))

    def put(self, table: TableName | str, columns: Iterable[Column]) -> None:
        """Remember the columns of a table, in order."""
        self._tables[str(table).lower()] = tuple(columns)

    def drop(self, table: TableName | str) -> None:
        """Forget a table."""
        self._tables.pop(str(table).lower(), None)

    def columns(self, table: TableName) -> tuple[Column, ...] | None:
        """Return the columns of a table, None when it is not known. Letter case is ignored."""
        full = str(table).lower()
        found = self._tables.get(full)
        if found is None and table.schema:
            found = self._tables.get(f"{table.schema}.{table.name}".lower()) or self._tables.get(table.name.lower())
        return found

    def __len__(self) -> int:
        return len(self._tables)


class Lookup:
    """A schema as one statement sees it: remembers what was asked, so that a kept answer can be checked later."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self.asked: dict[TableName, tuple[Column, ...] | None] = {}

    def columns(self, table: TableName) -> tuple[Column, ...] | None:
        """Return the columns of a table, None when it is not known."""
        if table not in self.asked:
            self.asked[table] = self._schema.columns(table)
        return self.asked[table]

    def same_in(self, schema: Schema) -> bool:
        """Whether that schema answers everything that was asked in the same way."""
        return all(schema.columns(table) == columns for table, columns in self.asked.items())
