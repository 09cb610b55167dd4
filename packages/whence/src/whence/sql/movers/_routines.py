"""Statements that hold statements: routines, blocks, tasks, pipes, dynamic SQL; and small ones that parsers refuse.

A body is cut into units at semicolons and at the words of control flow; what a unit does goes back to the engine as
text. Control flow itself is not followed: a routine does what any of its branches does. Temporary tables end with the
routine. Source: the manuals of PL/pgSQL, PL/SQL, T-SQL, MySQL, Snowflake Scripting and BigQuery's procedural language.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whence.sql._combine import Origin, collapsed, combined, expanded
from whence.sql._result import PARTLY, FieldSource, Note, OutputField, StatementLineage
from whence.sql.movers._bodies import units
from whence.sql.movers._cursor import Cursor, literal_value
from whence.sql.movers._files import Place, carry, named, table_at
from whence.sql.statements._reading import CONTROL

if TYPE_CHECKING:
    from whence.sql._result import TableName
    from whence.sql.statements._reading import Reading

_MAX_DEPTH = 12
_SQL_LANGUAGES = frozenset(("", "SQL", "PLPGSQL", "PLSQL", "TSQL", "SQLPLUS"))
_STARTERS = frozenset(
    (
        "INSERT",
        "UPDATE",
        "DELETE",
        "MERGE",
        "SELECT",
        "WITH",
        "CREATE",
        "COPY",
        "CALL",
        "BEGIN",
        "TRUNCATE",
        "DROP",
        "EXECUTE",
        "REPLACE",
        "ALTER",
        "DECLARE",
        "UNLOAD",
        "SET",
        "IF",
        "RETURN",
        "EXEC",
        "VALUES",
        "FROM",
        "TABLE",
    )
)
_OPAQUE = Note(
    "dynamic_sql", "a text made at run time is executed: what it reads and writes is not known", hides="tables"
)


# --- bodies


def body(text: str, reading: Reading) -> list[StatementLineage]:
    """Return what the statements of a body do, without the tables that live only in it."""
    if reading.depth > _MAX_DEPTH:
        return [
            StatementLineage("CONTROL", notes=(Note("too_deep", "bodies in bodies were not read", hides="tables"),))
        ]
    answers: list[StatementLineage] = []
    for unit in units(text, reading.dialect):
        answers += reading.inner(unit)
    return [answer for answer in collapsed(answers) if answer != CONTROL]


def _running(kind: str, text: str, reading: Reading) -> StatementLineage:
    answer = combined(kind, body(text, reading))
    return answer._replace(
        fields=tuple(f for f in answer.fields if f.table is not None) if answer.fields else answer.fields
    )


def block(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read an anonymous block; a BEGIN that only opens a transaction moves nothing."""
    if cursor.sees("BEGIN") and (
        len(cursor.words) == 1
        or cursor.word(1).upper
        in ("TRANSACTION", "TRAN", "WORK", "DEFERRED", "IMMEDIATE", "EXCLUSIVE", ";", "ISOLATION")
        or cursor.word(1).upper in ("READ", "CONCURRENT")
    ):
        return CONTROL
    return _running("BLOCK", cursor.text, reading)


def declare(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read DECLARE: a block, a cursor over a query, or variables."""
    if any(word.upper in ("BEGIN", "SELECT") for word in cursor.words):
        return _running("BLOCK", cursor.text, reading)
    return CONTROL


def setting(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read SET: a variable may be filled by a query."""
    at = next((i for i, word in enumerate(cursor.words) if word.upper in ("SELECT", "WITH")), None)
    if at is None or cursor.words[at - 1].text != "(":
        return CONTROL
    cursor.at = at - 1
    return combined("SELECT", reading.inner(cursor.group() or ""))


def do(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read DO $$ block $$ of PostgreSQL."""
    text = next((value for word in cursor.words if (value := literal_value(word, cursor.dialect)) is not None), None)
    if text is None:
        return CONTROL
    language = _after(cursor, "LANGUAGE")
    if language not in _SQL_LANGUAGES:
        return StatementLineage("BLOCK", notes=(_foreign(language),), state=PARTLY, confidence=0.0)
    return _running("BLOCK", text, reading)


# --- routines and what runs on a schedule


def create_routine(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read CREATE PROCEDURE, FUNCTION, TRIGGER, PACKAGE: what the body does when it runs."""
    language = _after(cursor, "LANGUAGE")
    if language not in _SQL_LANGUAGES:
        return StatementLineage("CREATE_ROUTINE", notes=(_foreign(language),), state=PARTLY, confidence=0.5)
    text = _routine_body(cursor)
    if not text:
        return StatementLineage("CREATE_ROUTINE")
    answer = _running("CREATE_ROUTINE", text, reading)
    cursor.at = 0
    on = cursor.find("ON") if cursor.find("TRIGGER") is not None else None
    if on is None or cursor.dialect not in ("tsql", "fabric"):
        return answer
    cursor.at = on + 1
    return _of_trigger(answer, table_at(cursor, reading))


def _of_trigger(answer: StatementLineage, table: TableName | None) -> StatementLineage:
    """Put the table of a trigger in the place of T-SQL's `inserted` and `deleted`, its rows before and after."""
    if table is None:
        return answer
    origin = Origin((table,), (OutputField("*", (FieldSource(table, "*"),), is_whole=False),))
    rows = [given for given in answer.inputs if given.name.lower() in ("inserted", "deleted")]
    return expanded(answer, dict.fromkeys(rows, origin))


def _routine_body(cursor: Cursor) -> str:
    """Return the text of a routine's body: a string, a block, a query behind RETURN or AS, an expression with one."""
    cursor.at = 0
    for index, word, level in cursor.levels():
        if level:
            continue
        value = literal_value(word, cursor.dialect)
        before = cursor.words[index - 1].upper if index else ""
        if value is not None and before in ("AS", "IS"):
            return value
        following = cursor.words[index + 1] if index + 1 < len(cursor.words) else None
        if word.upper in ("AS", "IS") and following is not None:
            if following.text == "(":
                return "RETURN " + cursor.text[following.start :]
            if following.upper in _STARTERS or word.upper == "IS" or _has_begin(cursor, index):
                return cursor.text[word.end :] if literal_value(following, cursor.dialect) is None else ""
        if word.upper in ("BEGIN", "RETURN") or (word.upper in _STARTERS and before in ("ROW", ")", "STATEMENT")):
            return cursor.text[word.start :]
    return ""


def _has_begin(cursor: Cursor, index: int) -> bool:
    """Whether declarations follow, and then a block (Oracle); EXECUTE AS OWNER is no body."""
    return (
        cursor.words[index - 1].upper not in ("EXECUTE", "INVOKER")
        and any(word.upper == "BEGIN" for word in cursor.words[index:])
        and not any(
            literal_value(word, cursor.dialect) is not None and word.text[:1] == "$" for word in cursor.words[index:]
        )
    )


def _after(cursor: Cursor, wanted: str) -> str:
    """Return the word behind another one, in capitals; nothing when it does not occur outside parentheses."""
    cursor.at = 0
    at = cursor.find(wanted)
    return cursor.words[at + 1].upper.strip("'\"`") if at is not None and at + 1 < len(cursor.words) else ""


def _foreign(language: str) -> Note:
    return Note("routine_language", f"a routine in {language.lower()} was not read", hides="tables")


def scheduled(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read CREATE TASK, PIPE, ALERT, EVENT: the statement behind AS, THEN or DO."""
    for index, word, level in cursor.levels():
        following = cursor.words[index + 1] if index + 1 < len(cursor.words) else None
        if level or following is None or word.upper not in ("AS", "DO", "THEN"):
            continue
        value = literal_value(following, cursor.dialect)
        if value is not None or following.upper in _STARTERS:
            condition = _condition(cursor)
            return _running(
                "CREATE_TASK", condition + (value if value is not None else cursor.text[following.start :]), reading
            )
    return StatementLineage("CREATE_TASK")


def _condition(cursor: Cursor) -> str:
    """Return the query that an alert looks at, as a statement."""
    cursor.at = 0
    at = cursor.find("EXISTS", depth=1)
    if at is None:
        return ""
    cursor.at = at + 1
    return f"{cursor.group()};"


def stream(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read CREATE STREAM s ON TABLE t of Snowflake: the changes of a table under another name."""
    at = cursor.find("STREAM")
    if at is None:
        return None
    cursor.at = at + 1
    cursor.take("IF", "NOT", "EXISTS")
    target = table_at(cursor, reading)
    on = cursor.find("ON")
    if target is None or on is None:
        return None
    cursor.at = on + 1
    cursor.take("EXTERNAL")
    if not cursor.take_any(("TABLE", "VIEW", "STAGE", "DYNAMIC")):
        return None
    cursor.take("TABLE")
    source = table_at(cursor, reading)
    return carry(reading, "CREATE_STREAM", Place((source,)) if source else Place(), Place((target,)))


# --- dynamic SQL and calls


def execute(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read EXECUTE of a literal; a procedure's call and a text made at run time cannot be read."""
    cursor.at += 1
    cursor.take("IMMEDIATE")
    if cursor.take("TASK"):
        return CONTROL
    if cursor.word().text == "(":
        return _executed(Cursor(cursor.group() or "", cursor.dialect), reading)
    if cursor.word().upper == "SP_RENAME":
        return _sp_rename(cursor, reading)
    if cursor.word().upper == "SP_EXECUTESQL":
        cursor.at += 1
        if cursor.take_any(("@STMT", "@STATEMENT")):
            cursor.take("=")
        return _executed(cursor, reading)
    if cursor.word().kind in ("word", "quoted") and cursor.words[0].upper in ("EXEC", "EXECUTE"):
        immediate = cursor.at > 1
        return _with_note("EXECUTE", _OPAQUE) if immediate else call(cursor, reading)
    return _executed(cursor, reading)


def _executed(cursor: Cursor, reading: Reading) -> StatementLineage:
    """Read the literal that comes next; one that is glued to other parts is a text made at run time."""
    value = cursor.literal()
    if value is None or cursor.word().text in ("||", "+") or cursor.word().upper == "CONCAT":
        return _with_note("EXECUTE", _OPAQUE)
    return combined("BLOCK", body(value, reading))


def _with_note(kind: str, note: Note) -> StatementLineage:
    return StatementLineage(kind, notes=(note,), state=PARTLY, confidence=0.5)


def call(cursor: Cursor, reading: Reading) -> StatementLineage | None:  # noqa: ARG001  a handler's form
    """Read CALL: what the procedure does is not known."""
    note = Note("procedure_call", "a procedure is called: what it reads and writes is not known", hides="tables")
    return _with_note("CALL", note)


def _sp_rename(cursor: Cursor, reading: Reading) -> StatementLineage:
    cursor.at += 1
    old = cursor.literal()
    cursor.take(",")
    new = cursor.literal()
    kind = cursor.literal() if cursor.take(",") else None
    if old is None or new is None or (kind or "").upper() in ("COLUMN", "INDEX"):
        return CONTROL
    source = named(reading, Cursor(old, cursor.dialect).name())
    target = named(reading, [(new, True)])._replace(schema=source.schema, catalog=source.catalog)
    return StatementLineage("RENAME_TABLE", (source,), (target,))


def explain(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read EXPLAIN ANALYZE, which executes the statement; without ANALYZE nothing moves."""
    cursor.at += 1
    options = cursor.group()
    runs = options is not None and re.search(r"\bANALY[SZ]E\b", options, re.IGNORECASE) is not None
    while cursor.take_any(("ANALYZE", "ANALYSE", "VERBOSE", "PLAN", "EXTENDED")):
        runs = runs or cursor.word(-1).upper in ("ANALYZE", "ANALYSE")
    if not runs:
        return CONTROL
    if options is None:
        cursor.group() if cursor.word().text == "(" and cursor.word(1).upper not in _STARTERS else None
    answers = reading.inner(cursor.rest())
    return answers[0] if len(answers) == 1 else combined("BLOCK", answers)


# --- small statements


def replace_into(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read REPLACE INTO as the INSERT that it is."""
    cursor.at += 1
    if cursor.sees("VIEW") or cursor.sees("TABLE"):  # Teradata, Iceberg, Databricks
        return _only(reading.inner(f"CREATE OR REPLACE {cursor.rest()}"))
    cursor.take_any(("LOW_PRIORITY", "DELAYED"))
    cursor.take("INTO")
    if cursor.word().text == "(":
        return None
    answers = reading.inner("INSERT INTO " + cursor.rest())
    return answers[0] if len(answers) == 1 else None


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
