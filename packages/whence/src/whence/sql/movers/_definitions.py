"""CREATE TABLE and ALTER TABLE read from their words, where a type, an option or an action is one that parsers refuse.

Only what brings no rows and copies no columns is read here; where that cannot be told the answer is left to others.
Source: the manuals of the databases on CREATE TABLE and ALTER TABLE.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whence.sql._result import PARTLY, Column, Note, StatementLineage
from whence.sql.movers._cursor import Cursor
from whence.sql.movers._files import made_at, table_at
from whence.sql.statements._define import is_session_name

if TYPE_CHECKING:
    from whence.sql._result import TableName
    from whence.sql.movers._cursor import Word
    from whence.sql.statements._reading import Reading

_SETS = frozenset(
    re.findall(
        r"\w+",
        """ALTER AUTO_INCREMENT CACHE CHECK CLUSTER COALESCE COMMENT COMPRESS CONVERT DETACH DISABLE DISCARD
        ENABLE ENGINE EXECUTE FORCE FREEZE IMMUTABLE INHERIT LOGGING MATERIALIZE MODIFY NO NOCACHE NOCHECK
        NOCOMPRESS NOLOGGING NOPARALLEL OPTIONS ORDER OWNER PARALLEL PARTITION READ REBUILD RECLUSTER RECOVER
        REFRESH REMOVE REPLICA RESET RESUME SET SHRINK SUSPEND TRUNCATE UNFREEZE UNSET VALIDATE WITH WRITE""",
    )
)
"""First words of actions that leave the names of columns, and bring no rows."""
_NO_COLUMN = frozenset(
    re.findall(
        r"\w+",
        """CHECK CONSTRAINT EXCLUDE FOREIGN FULLTEXT INDEX KEY PARTITION PERIOD PRIMARY PROJECTION SEARCH SPATIAL
        STATISTICS SUPPLEMENTAL UNIQUE WATERMARK""",
    )
)
"""What begins something else than a column, in a definition and behind ADD, DROP and RENAME."""
_CHANGES = ("ADD", "CHANGE", "DROP", "RENAME")
_FILLS = frozenset(
    ("AS", "SELECT", "LIKE", "CLONE", "COPY", "INHERITS", "LOCATION", "PATH", "URI", "URIS", "OF", "FROM", "SOURCE")
)
_ENDS_TYPE = frozenset(
    re.findall(
        r"\w+",
        """AS AUTO_INCREMENT CHECK COLLATE COMMENT CONSTRAINT DEFAULT ENCODE GENERATED IDENTITY INVISIBLE KEY MASKED NOT
        NULL ON OPTIONS PERSISTENT PERSISTED PRIMARY REFERENCES STORED UNIQUE VIRTUAL VISIBLE WITH""",
    )
)


def created_table(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read CREATE TABLE with a list of columns; None when something else fills or shapes it, or may do so."""
    at = cursor.find("TABLE")
    if at is None or (cursor.dialect == "clickhouse" and cursor.find("ENGINE") is not None):
        return None
    is_temporary = any(word.upper in ("TEMP", "TEMPORARY", "VOLATILE") for word in cursor.words[:at])
    table = made_at(cursor, reading, "TABLE")
    listed = cursor.group() if table is not None else None
    if table is None or listed is None or any(w.upper in _FILLS for w in cursor.words[cursor.at :]):
        return None
    columns = _columns(Cursor(listed, cursor.dialect), reading)
    if columns is None:
        return None
    is_temporary = is_temporary or is_session_name(table, reading)
    return StatementLineage("CREATE_TABLE", (), (table,), columns=columns, is_temporary=is_temporary)


def _columns(cursor: Cursor, reading: Reading) -> tuple[Column, ...] | None:
    """Return the columns of a list; None when it takes some from another table."""
    columns: list[Column] = []
    item: list[Word] = []
    for _, word, level in cursor.levels():
        if word.text != "," or level:
            item.append(word)
            continue
        columns += _column(cursor, item, reading)
        item = []
    columns += _column(cursor, item, reading)
    has_other = any(word.upper == "LIKE" and not level for _, word, level in cursor.levels())
    return None if has_other else tuple(columns)


def _column(cursor: Cursor, item: list[Word], reading: Reading) -> list[Column]:
    """Return the column that an item of a list defines: one or none."""
    if not item or item[0].upper in _NO_COLUMN:
        return []
    ((name, quoted), *_) = Cursor(item[0].text, cursor.dialect).name() or [("", False)]
    if not name:
        return []
    end = next((word.start for word in item[1:] if word.upper in _ENDS_TYPE), item[-1].end)
    kind = cursor.text[item[0].end : end].strip()
    if "'" in kind or '"' in kind:  # ENUM('a'): the type without its literals
        kind = kind.split("(", 1)[0].strip()
    return [Column(reading.resolver.fold(name, quoted=quoted), kind or None)]


def altered_table(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read ALTER TABLE by its first action; None when that may bring rows."""
    if not cursor.take("ALTER", "TABLE"):
        return None
    cursor.take("IF", "EXISTS")
    cursor.take("ONLY")
    table = table_at(cursor, reading)
    if cursor.take("ON", "CLUSTER"):
        cursor.at += 1
    if table is None or cursor.find("LOCATION", "SELECT", "EXCHANGE", "ATTACH") is not None:
        return None
    if cursor.word(1).upper.startswith("ADD_FILES"):  # Trino: takes files in
        return None
    if cursor.take("SET", "SCHEMA"):
        schema = cursor.name()
        return _renamed(table, table._replace(schema=schema[-1][0])) if schema else None
    if cursor.sees("RENAME") and cursor.word(1).upper in ("TO", "AS"):
        cursor.at += 2
        return _renamed(table, table_at(cursor, reading))
    return _changed(cursor, table)


def _renamed(old: TableName, new: TableName | None) -> StatementLineage | None:
    return StatementLineage("RENAME_TABLE", (old,), (new,)) if new is not None else None


def _changed(cursor: Cursor, table: TableName) -> StatementLineage | None:
    """Return what is known of a table whose columns may be others from now on."""
    answer = StatementLineage("ALTER_TABLE", (), (table,))
    first = cursor.word().upper
    is_known = first in _SETS or cursor.sees("MOVE", "TABLESPACE") or cursor.sees("REPLACE", "PARTITION", "FIELD")
    is_change = first in _CHANGES
    if not is_known and not is_change:
        return None
    is_other = is_change and cursor.word(1).upper in _NO_COLUMN
    cursor.at += 1
    if (is_known or is_other) and cursor.find(*_CHANGES) is None:
        return answer
    note = Note("columns_changed", f"how the columns of {table} change was not understood")
    return answer._replace(notes=(note,), state=PARTLY)
