"""Statements about whole tables that parsers refuse: rows that change their table, tables that change their name.

Source: the manuals of MySQL and Oracle (RENAME, REPLACE), ClickHouse (EXCHANGE, mutations), SQL Server (SWITCH,
TRANSFER), Hive, PostgreSQL and Redshift (partitions, APPEND), Databricks (APPLY CHANGES, AUTO CDC).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whence.sql._result import PARTLY, Note, StatementLineage
from whence.sql.movers._cursor import Cursor
from whence.sql.movers._files import made_at, named, table_at
from whence.sql.movers._routines import scheduled
from whence.sql.statements._reading import CONTROL

if TYPE_CHECKING:
    from whence.sql._result import TableName
    from whence.sql.statements._reading import Reading


def replace_into(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read REPLACE INTO as the INSERT that it is."""
    cursor.at += 1
    if cursor.sees("VIEW") or cursor.sees("TABLE"):  # Teradata, Iceberg, Databricks
        return _only(reading.inner(f"CREATE OR REPLACE {cursor.rest()}"))
    cursor.take_any(("LOW_PRIORITY", "DELAYED"))
    cursor.take("INTO")
    if cursor.word().text == "(":
        return None
    return _only(reading.inner("INSERT INTO " + cursor.rest()))


def rename_tables(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read RENAME TABLE a TO b, c TO d; inputs and outputs pair by position."""
    cursor.at += 1
    if not cursor.take_any(("TABLE", "TABLES", "VIEW")):
        return CONTROL
    old_names: list[TableName] = []
    new_names: list[TableName] = []
    while True:
        old = table_at(cursor, reading)
        if old is None or not cursor.take("TO"):
            break
        new = table_at(cursor, reading)
        if new is None:
            break
        old_names.append(old)
        new_names.append(new)
        if not cursor.take(","):
            break
    return StatementLineage("RENAME_TABLE", tuple(old_names), tuple(new_names)) if new_names else None


def apply_changes(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read APPLY CHANGES INTO t FROM STREAM(s) and CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) of Databricks."""
    into = cursor.find("INTO")
    if into is None:
        return None
    cursor.at = into + 1
    target = table_at(cursor, reading)
    source = cursor.find("FROM")
    if target is None or source is None:
        return None
    cursor.at = source + 1
    if cursor.take_any(("STREAM", "SNAPSHOT")) or cursor.word().text == "(":
        cursor = Cursor(cursor.group() or cursor.rest(), cursor.dialect)
    given = table_at(cursor, reading)
    if given is None:
        return None
    note = Note("applied_changes", f"which columns of {given} go into {target} was not worked out")
    return StatementLineage("MERGE", (given,), (target,), notes=(note,), state=PARTLY)


def dictionary(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read CREATE DICTIONARY of ClickHouse: a table that is filled from its SOURCE again and again."""
    target = made_at(cursor, reading, "DICTIONARY")
    source = cursor.find("SOURCE")
    if target is None or source is None:
        return None
    cursor.at = source + 1
    given = Cursor(cursor.group() or "", cursor.dialect)
    if given.take("CLICKHOUSE"):
        options = _options(Cursor(given.group() or "", cursor.dialect))
        if "QUERY" in options:
            answers = reading.inner(options["QUERY"])
            return _only([each._replace(kind="CREATE_TABLE_AS", outputs=(target,), fields=None) for each in answers])
        if "TABLE" in options:
            name = named(reading, [(options[key], True) for key in ("DB", "TABLE") if options.get(key)])
            return StatementLineage("CREATE_TABLE_AS", (name,), (target,))
    note = Note("dictionary_source", f"what {target} is filled from was not understood", hides="tables")
    return StatementLineage("CREATE_TABLE_AS", (), (target,), notes=(note,), state=PARTLY, confidence=0.5)


def _options(cursor: Cursor) -> dict[str, str]:
    """Return the words of a list of options with the texts behind them: `DB 'd' TABLE 't'`."""
    found: dict[str, str] = {}
    while not cursor.is_done:
        word = cursor.word().upper
        cursor.at += 1
        value = cursor.literal()
        if value is not None:
            found[word] = value
    return found


def exchange_tables(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read EXCHANGE TABLES a AND b of ClickHouse."""
    cursor.at += 1
    if not cursor.take_any(("TABLES", "TABLE")):
        return None
    first = table_at(cursor, reading)
    second = table_at(cursor, reading) if cursor.take("AND") else None
    if first is None or second is None:
        return None
    return StatementLineage("SWAP_TABLES", (first, second), (first, second))


def alter(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read ALTER VIEW and ALTER TASK, which define anew, and ALTER TABLE where it moves rows."""
    cursor.at += 1
    if cursor.sees("VIEW") or cursor.sees("MATERIALIZED", "VIEW"):
        text = f"CREATE {cursor.rest()}"
        if cursor.find("AS") is not None:
            return _only(reading.inner(text))
        return _renamed_view(cursor, reading) if cursor.find("RENAME") is not None else CONTROL
    if cursor.sees("TASK"):
        return scheduled(cursor, reading) if cursor.find("MODIFY") is not None else CONTROL
    if cursor.take("SCHEMA"):
        return _transfer(cursor, reading)
    return _alter_table(cursor, reading) if cursor.take("TABLE") else None


def _renamed_view(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read ALTER VIEW v RENAME TO w."""
    cursor.take("MATERIALIZED")
    cursor.take("VIEW")
    cursor.take("IF", "EXISTS")
    old = table_at(cursor, reading)
    if old is None or not cursor.take("RENAME", "TO"):
        return CONTROL
    new = table_at(cursor, reading)
    if new is None:
        return None
    is_bare = old.schema is not None and new.schema == reading.default_schema
    return StatementLineage("RENAME_TABLE", (old,), (new._replace(schema=old.schema) if is_bare else new,))


def _transfer(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read SQL Server's ALTER SCHEMA s TRANSFER t, which gives t another schema."""
    schema = cursor.name()
    if not schema or not cursor.take("TRANSFER"):
        return None
    cursor.take("OBJECT", "::")
    table = table_at(cursor, reading)
    if table is None:
        return None
    return StatementLineage("RENAME_TABLE", (table,), (table._replace(schema=schema[-1][0]),))


def _only(answers: list[StatementLineage]) -> StatementLineage | None:
    return answers[0] if len(answers) == 1 else None


def _alter_table(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read partitions taken from or given to another table, and ClickHouse's UPDATE."""
    cursor.take("IF", "EXISTS")
    cursor.take("ONLY")
    table = table_at(cursor, reading)
    if table is None:
        return None
    if cursor.sees("UPDATE") or cursor.sees("DELETE"):
        return _mutation(cursor, reading)
    if cursor.take("APPEND", "FROM"):  # Redshift: the rows leave the other table
        other = table_at(cursor, reading)
        return StatementLineage("ALTER_TABLE", (other,), (table,)) if other is not None else None
    first = cursor.take_any(("EXCHANGE", "ATTACH", "SWITCH", "REPLACE", "MOVE"))
    if not first:
        return None
    return _partition(cursor, reading, first, table)


def _mutation(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read ClickHouse's ALTER TABLE t UPDATE a = b WHERE .. and DELETE WHERE .. ."""
    begin = cursor.words[2].start
    name = cursor.text[begin : cursor.word().start]
    if cursor.take("UPDATE"):
        return _only(reading.inner(f"UPDATE {name} SET {cursor.rest()}"))  # noqa: S608  read, never run
    return _only(reading.inner(" ".join(("DELETE FROM", name, cursor.text[cursor.word().end :]))))


def _partition(cursor: Cursor, reading: Reading, first: str, table: TableName) -> StatementLineage | None:
    """Read which table the rows of a partition come from and which one they go to."""
    if not cursor.take_any(("PARTITION", "SUBPARTITION", "TO")):
        return None
    other = _other_table(cursor, reading, first)
    if other is None:
        return StatementLineage("ALTER_TABLE", (), (table,)) if first == "ATTACH" else None
    if first in ("MOVE", "SWITCH"):
        return StatementLineage("ALTER_TABLE", (table,), (other,))
    if first == "EXCHANGE" and cursor.dialect not in ("hive", "spark", "databricks", ""):
        return StatementLineage("SWAP_TABLES", (table, other), (table, other))
    return StatementLineage("ALTER_TABLE", (other,), (table,))


def _other_table(cursor: Cursor, reading: Reading, first: str) -> TableName | None:
    """Find the table that a partition is taken from or given to, behind the word that stands before it."""
    if first == "SWITCH" and cursor.word(-1).upper == "TO":
        return table_at(cursor, reading)
    if first == "ATTACH" and cursor.dialect in ("postgres", "redshift"):
        return table_at(cursor, reading)
    at = cursor.find(*{"EXCHANGE": ("TABLE",), "MOVE": ("TABLE",), "SWITCH": ("TO",)}.get(first, ("FROM",)))
    if at is None:
        return None
    cursor.at = at + 1
    return table_at(cursor, reading)
