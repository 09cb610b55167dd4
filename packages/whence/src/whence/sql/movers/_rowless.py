"""Statements that carry no rows: users and rights, indexes and storage, settings of a table. Dumps are full of them.

They are told by their first words, because most parsers do not know them. What may carry rows is not here: it is left
to the parser, and unknown if that does not know it. Source: the manuals of the databases, chapters on CREATE and ALTER.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whence.sql._result import StatementLineage
from whence.sql.movers._files import table_at

if TYPE_CHECKING:
    from whence.sql.movers._cursor import Cursor
    from whence.sql.statements._reading import Reading

_KINDS = """
    ACCOUNT ASSEMBLY ASSIGNMENT CAPACITY CAST CATALOG CERTIFICATE COLLATION CONNECTION CONTEXT CONVERSION CREDENTIAL
    DATASHARE DIRECTORY DOMAIN EDITION ENDPOINT EXTENSION GROUP INDEX INTEGRATION LANGUAGE LIBRARY LOCATION LOGIN
    MONITOR OPERATOR POLICY PROFILE PROVIDER PUBLICATION QUEUE QUOTA RECIPIENT RESERVATION ROLE SECRET SEQUENCE SERVER
    SERVICE SESSION SETTINGS SHARE STATISTICS SUBSCRIPTION SYSTEM TABLESPACE TAG TRANSFORM TYPE USER VOLUME WAREHOUSE"""
_KINDS_OF_WORDS = (
    r"DATABASE\s+LINK|PARTITION\s+(?:FUNCTION|SCHEME)|FILE\s+FORMAT|FOREIGN\s+DATA\s+WRAPPER|EVENT\s+(?:TRIGGER|SESSION)"
    r"|EXTERNAL\s+(?:SCHEMA|DATABASE|DATA\s+SOURCE|ACCESS|LANGUAGE)|(?:MASTER|SYMMETRIC|ASYMMETRIC)\s+KEY"
    r"|DEFAULT\s+PRIVILEGES|AGGREGATE|TEXT\s+SEARCH|ACCESS\s+METHOD|MATERIALIZED\s+VIEW\s+LOG|MASTER\s+TO"
)
_MODIFIERS = """
    ACCESS AGGREGATION API BITMAP CLUSTERED COLUMNSTORE DATABASE EXTERNAL FULLTEXT MASKING NETWORK NONCLUSTERED
    NOTIFICATION PASSWORD PROJECTION PUBLIC RESOURCE ROW SEARCH SECURITY SESSION SETTINGS SPATIAL STORAGE TEMPORARY
    TRUSTED UNIQUE VECTOR XML"""


def _any(words: str) -> str:
    return "|".join(words.split())


_MADE = re.compile(
    rf"(?:CREATE|ALTER|DROP|CHANGE)\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?(?:(?:{_any(_MODIFIERS)})\s+)*?"
    rf"(?:{_any(_KINDS)}|{_KINDS_OF_WORDS})\b|DROP\s+OWNED\b|ALTER\s+(?:DATABASE|SCHEMA)\b(?!.*\bTRANSFER\b)"
    r"|CREATE\s+(?:DATABASE|SCHEMA)\b(?!.*\b(?:CLONE|CREATE)\b)|ALTER\s+(?:EVENT|PIPE|STREAM|ALERT)\b(?!.*\bDO\b)"
    r"|UPDATE\s+STATISTICS\b(?!.*\bSET\b)|(?:RESTORE|FLASHBACK)\s+TABLE\b|(?:SECURITY\s+LABEL|REASSIGN\s+OWNED|CLEAR\s+CACHE|BACKUP|DBCC|AUDIT|NOAUDIT|HANDLER)\b"
    r"|(?:ENABLE|DISABLE)\s+TRIGGER\b|PURGE\s+\w+|CLUSTER\b|SYSTEM\s+[A-Z]",
    re.IGNORECASE | re.DOTALL,
)
_SETS = frozenset(
    re.findall(
        r"\w+",
        """ALTER AUTO_INCREMENT CACHE CHECK CLUSTER COALESCE COMMENT COMPRESS CONVERT DISABLE DISCARD ENABLE ENGINE
        EXECUTE FORCE FREEZE INHERIT LOGGING MATERIALIZE MODIFY NO NOCACHE NOCHECK NOCOMPRESS NOLOGGING NOPARALLEL
        ORDER OWNER PARALLEL READ REBUILD RECOVER REPLICA RESET RESUME SET SHRINK SUSPEND TRUNCATE UNFREEZE UNSET
        VALIDATE""",
    )
)
"""First words of actions of ALTER TABLE that leave the names of its columns, and bring no rows."""
_ADDS = ("CONSTRAINT", "INDEX", "KEY", "PROJECTION", "SEARCH", "SUPPLEMENTAL", "STATISTICS")
_CHANGES_COLUMNS = ("ADD", "CHANGE", "DROP", "RENAME")


def carries_no_rows(text: str, start: int) -> bool:
    """Whether the statement that begins at a place makes, changes or drops what holds no rows."""
    return _MADE.match(text, start) is not None


def altered_table(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read ALTER TABLE by its first action; None when that may bring rows or rename columns."""
    if not cursor.take("ALTER", "TABLE") and not cursor.take("ALTER", "FOREIGN", "TABLE"):
        return None
    cursor.take("IF", "EXISTS")
    cursor.take("ONLY")
    table = table_at(cursor, reading)
    if table is not None and cursor.take("SET", "SCHEMA"):
        schema = cursor.name()
        return StatementLineage("RENAME_TABLE", (table,), (table._replace(schema=schema[-1][0]),)) if schema else None
    if table is None or cursor.word(1).upper.startswith("ADD_FILES"):
        return None
    is_setting = cursor.word().upper in _SETS or cursor.sees("MOVE", "TABLESPACE")
    is_addition = cursor.sees("ADD") and cursor.word(1).upper in _ADDS
    cursor.at += 1
    if not (is_setting or is_addition) or cursor.find(*_CHANGES_COLUMNS) is not None:
        return None
    return StatementLineage("ALTER_TABLE", (), (table,))
