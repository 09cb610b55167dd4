"""What differs between dialects before any grammar: quotes, escapes, comments. Tables of facts, no code.

Names are sqlglot's. Sources: the lexical sections of the manuals of PostgreSQL (4.1), MySQL (9.1), SQLite, BigQuery,
Snowflake, Spark, ClickHouse, Oracle and T-SQL.
"""

from __future__ import annotations

import re

_ALIASES = {
    "postgresql": "postgres",
    "cockroachdb": "postgres",
    "mariadb": "mysql",
    "mssql": "tsql",
    "sqlserver": "tsql",
    "awsathena": "athena",
    "redshift_connector": "redshift",
    "sparksql": "spark",
    "ansi": "",
    "": "",
}
DOUBLE_QUOTED_STRINGS = frozenset(
    ("mysql", "bigquery", "spark", "spark2", "databricks", "hive", "singlestore", "doris", "starrocks")
)
"""Where "text" is a string and no name."""
MAYBE_STRINGS = frozenset({"sqlite", "tsql", "fabric", ""})
"""Where "text" is a name or a string, as a setting or the columns at hand decide."""
BACKSLASH = DOUBLE_QUOTED_STRINGS | {"clickhouse", "snowflake", "athena", "redshift"}
"""Where a backslash escapes a quote in an ordinary string."""
DOLLAR_QUOTED = frozenset(
    {"postgres", "snowflake", "redshift", "duckdb", "materialize", "risingwave", "clickhouse", "databricks", ""}
)
HASH_COMMENTS = frozenset({"mysql", "bigquery", "clickhouse", "doris", "starrocks", "singlestore"})
SLASH_COMMENTS = frozenset({"snowflake", "dremio", "dax"})
NO_NESTED_COMMENTS = frozenset(
    (
        *("bigquery", "mysql", "doris", "starrocks", "singlestore", "oracle", "presto", "trino", "dune"),
        *("snowflake", "sqlite"),
    )
)
BRACKETED_NAMES = frozenset({"tsql", "fabric", "sqlite", "exasol", "tableau"})
DIALECTS: tuple[str, ...] = tuple(
    re.findall(
        r"\w+",
        """athena bigquery clickhouse databricks doris dremio drill druid duckdb dune exasol fabric hive materialize
        mysql oracle postgres presto redshift risingwave snowflake spark spark2 sqlite starrocks tableau teradata trino
        tsql""",
    )
)
"""The dialects that the parser knows. A test holds the list against the parser's own."""
KNOWN = frozenset(("", "singlestore", *DIALECTS)) - {"tableau"}
"""Dialects whose quotes are known here; another is read as none in particular, text in double quotes as a string."""
T_SQL = frozenset({"tsql", "fabric"})
MYSQL = frozenset({"mysql", "doris", "starrocks", "singlestore"})
NOTEBOOKS = frozenset({"databricks", "spark", ""})
"""Whose scripts may be notebooks that Databricks exported: cells with a line between them."""
PSQL = frozenset({"postgres", "redshift", "materialize", "risingwave", ""})
"""Whose scripts psql reads: backslash commands, data after COPY FROM STDIN."""


def dialect_name(name: str | None) -> str:
    """Return sqlglot's name of a dialect that SQLAlchemy or a person named; "" means no particular one."""
    lowered = (name or "").lower()
    return _ALIASES.get(lowered, lowered)
