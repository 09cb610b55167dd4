"""Statements that hold statements: routines, blocks, tasks, pipes, dynamic SQL, EXPLAIN.

A body is cut into units at semicolons and at the words of control flow; what a unit does goes back to the engine as
text. Control flow itself is not followed: a routine does what any of its branches does. Temporary tables end with the
routine. Source: the manuals of PL/pgSQL, PL/SQL, T-SQL, MySQL, Snowflake Scripting and BigQuery's procedural language.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whence.sql._combine import Origin, collapsed, combined, expanded
from whence.sql._result import PARTLY, FieldSource, Note, OutputField, StatementLineage
from whence.sql._servers import attached, linked_server
from whence.sql.movers._bodies import STARTERS, units
from whence.sql.movers._cursor import Cursor, literal_value
from whence.sql.movers._files import Place, carry, made_at, named, table_at, target_at
from whence.sql.movers._variables import declared, parameters
from whence.sql.statements._reading import CONTROL

if TYPE_CHECKING:
    from whence.sql._result import TableName
    from whence.sql._servers import Server
    from whence.sql.statements._reading import Reading

_MAX_DEPTH = 12
_SQL_LANGUAGES = frozenset(("", "SQL", "PLPGSQL", "PLSQL", "TSQL", "SQLPLUS"))
_STARTERS = STARTERS | {"BEGIN", "IF", "VALUES", "FROM", "TABLE"}
"""Words that a routine's body begins with."""
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
    reading.declare(declared(text, reading.dialect))
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
    if at is not None and cursor.words[at - 1].upper == "FOR":  # a cursor
        return combined("SELECT", reading.inner(cursor.text[cursor.words[at].start :]))
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
    reading.declare(parameters(cursor))
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
            if following.upper == "TABLE" and cursor.words[index + 2 : index + 3]:  # DuckDB's macros
                return cursor.text[cursor.words[index + 2].start :]
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
    target = made_at(cursor, reading, "STREAM")
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
        inner = Cursor(cursor.group() or "", cursor.dialect)
        return _executed(inner, reading, _link(cursor))
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


def _executed(cursor: Cursor, reading: Reading, server: Server | None = None) -> StatementLineage:
    """Read the literal that comes next; one that is glued to other parts is a text made at run time."""
    value = cursor.literal()
    if value is None or cursor.word().text in ("||", "+") or cursor.word().upper == "CONCAT":
        return _with_note("EXECUTE", _OPAQUE)
    if server is None:
        return combined("BLOCK", body(value, reading))
    return combined("BLOCK", reading.elsewhere(server, lambda there: body(value, there)))


def _link(cursor: Cursor) -> Server | None:
    """Read `AT link` and `AT DATA_SOURCE link` of SQL Server; None where the text runs here."""
    if not cursor.take("AT"):
        return None
    cursor.take("DATA_SOURCE")
    return linked_server(".".join(part for part, _ in cursor.name()))


def _with_note(kind: str, note: Note) -> StatementLineage:
    return StatementLineage(kind, notes=(note,), state=PARTLY, confidence=0.5)


def call(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read CALL: what the procedure does is not known, unless it hands a text to another server."""
    passed = _passed(cursor) if cursor.take("CALL") else None
    if passed is not None:
        server, text = passed
        return combined("BLOCK", reading.elsewhere(server, lambda there: body(text, there)))
    note = Note("procedure_call", "a procedure is called: what it reads and writes is not known", hides="tables")
    return _with_note("CALL", note)


def _passed(cursor: Cursor) -> tuple[Server, str] | None:
    """Read Trino's `cat.system.execute(query => '..')` and DuckDB's `postgres_execute('cat', '..')`."""
    *outer, name = [part.lower() for part, _ in cursor.name()] or [""]
    inner = Cursor(cursor.group() or "", cursor.dialect)
    if name in _EXECUTES and not outer:
        catalog, dialect = inner.literal(), _EXECUTES[name]
        inner.take(",")
    elif name == "execute" and outer[1:] == ["system"]:
        catalog, dialect = outer[0], ""
        inner.take("QUERY", "=", ">")
    else:
        return None
    text = inner.literal()
    if catalog is None or text is None or not inner.is_done:
        return None
    return attached(catalog, dialect), text


_EXECUTES = {"postgres_execute": "postgres", "mysql_execute": "mysql"}


def insert_executed(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read INSERT INTO t EXEC .. of SQL Server: the rows that the call gives."""
    cursor.take("INSERT")
    cursor.take("INTO")
    target = target_at(cursor, reading)
    if not target.names or not (cursor.sees("EXEC") or cursor.sees("EXECUTE")):
        return None
    return carry(reading, "INSERT", Place(query=cursor.rest()), target)


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
