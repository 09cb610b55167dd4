"""The tables of a statement, read by Whence's SQL engine. Must not be called where the host waits: it parses."""

from __future__ import annotations

from whence.sql import PATH, TableName, script_lineage


def extract_tables(sql: str) -> tuple[list[str], list[str]]:
    """Return the tables that a statement reads and writes; an S3 location is `__s3__<bucket>/<key>`."""
    answer = script_lineage(sql)
    return [_name(table) for table in answer.inputs], [_name(table) for table in answer.outputs]


def _name(table: TableName) -> str:
    if table.form != PATH:
        return str(table)
    scheme, mark, rest = table.name.partition("://")
    return f"__s3__{rest.rstrip('/')}" if mark and scheme.startswith("s3") else table.name
