"""The tables of a statement, read by Whence's SQL engine. Must not be called where the host waits: it parses."""

from __future__ import annotations

from whence.sql import PATH, REMOTE, TableName, script_lineage


def extract_tables(sql: str) -> tuple[list[str], list[str]]:
    """Return the tables that a statement reads and writes; an S3 location is `__s3__<bucket>/<key>`.

    Tables on other servers are left out: whoever asks takes every name for one of his own database.
    """
    answer = script_lineage(sql)
    return _names(answer.inputs), _names(answer.outputs)


def _names(tables: tuple[TableName, ...]) -> list[str]:
    return [_name(table) for table in tables if table.form != REMOTE]


def _name(table: TableName) -> str:
    if table.form != PATH:
        return str(table)
    scheme, mark, rest = table.name.partition("://")
    return f"__s3__{rest.rstrip('/')}" if mark and scheme.startswith("s3") else table.name
