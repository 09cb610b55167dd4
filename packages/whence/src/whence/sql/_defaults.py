"""What USE, SET search_path and their like say about names that follow, read from words.

It must not know sessions. Source: the manuals on USE, SET search_path, ALTER SESSION.
"""

from __future__ import annotations

import re

from whence.sql._names import fold_table

_USE = re.compile(
    r"\s*USE\s+(?:(?P<what>DATABASE|SCHEMA|CATALOG|NAMESPACE|WAREHOUSE|ROLE|SECONDARY)\s+)?(?P<name>[^\s;]+)\s*;?\s*\Z",
    re.IGNORECASE,
)
_SET_SCHEMA = re.compile(
    r"\s*(?:SET\s+(?:LOCAL\s+|SESSION\s+)?(?:search_path\s*(?:=|TO)|(?:CURRENT\s+)?SCHEMA\s*=?)"
    r"|ALTER\s+SESSION\s+SET\s+CURRENT_SCHEMA\s*=|DATABASE)\s*(?P<name>[^\s,;]+)",
    re.IGNORECASE,
)
_PART = re.compile(r'"((?:[^"]|"")*)"|`([^`]*)`|\[([^\]]*)\]|\'([^\']*)\'|([^.\s]+)')
_SCHEMA_IS_TOP = frozenset(
    (
        "mysql",
        "mariadb",
        "hive",
        "spark",
        "clickhouse",
        "doris",
        "starrocks",
        "singlestore",
        "athena",
        "teradata",
        "drill",
    )
)
"""Dialects whose names have two parts: USE names what stands before the table."""


def after(text: str, dialect: str, default_db: str | None, default_schema: str | None) -> tuple[str | None, str | None]:
    """Return the default database and schema after a statement, which may have nothing to do with them."""
    match = _USE.match(text)
    if match is not None:
        what, parts = (match.group("what") or "").upper(), _parts(match.group("name"), dialect)
        return _used(what, parts, dialect, default_db, default_schema)
    match = _SET_SCHEMA.match(text)
    parts = _parts(match.group("name"), dialect) if match is not None else []
    if not parts or parts[-1].lower() in ("default", "$user", "public,"):
        return default_db, default_schema
    return parts[-2] if len(parts) > 1 else default_db, parts[-1]


def _used(
    what: str, parts: list[str], dialect: str, default_db: str | None, default_schema: str | None
) -> tuple[str | None, str | None]:
    if not parts or what in ("WAREHOUSE", "ROLE", "SECONDARY") or parts[-1].lower() == "default":
        return default_db, default_schema
    if len(parts) > 1:
        return parts[-2], parts[-1]
    if what == "CATALOG":
        return parts[0], default_schema
    if what in ("SCHEMA", "NAMESPACE") or dialect in _SCHEMA_IS_TOP or dialect == "databricks":
        return default_db, parts[0]
    return parts[0], "PUBLIC" if dialect == "snowflake" and default_schema else default_schema


def _parts(name: str, dialect: str) -> list[str]:
    found: list[str] = []
    for match in _PART.finditer(name):
        bare = match.group(5)
        quoted = next((group for group in match.groups()[:4] if group is not None), "")
        found.append(fold_table(quoted if bare is None else bare, dialect, quoted=bare is None))
    return found
