"""Statements that parsers reject or leave opaque, read from tokens: what carries data to files and back, and routines.

`read` is asked before the parser and answers only for statements that it knows by their first words; `fallback` is
asked when nothing else worked. The table of contents is at the end. Nothing here raises on bad text.
Source: the manuals of the databases named in `_files`, `_routines`, `_tables` and `_definitions`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whence.sql._result import UNKNOWN
from whence.sql.movers._cursor import Cursor
from whence.sql.movers._definitions import altered_table, created_table
from whence.sql.movers._files import (
    bulk_insert,
    copy,
    create_external,
    create_stage,
    export,
    import_table,
    insert_directory,
    load,
    select_outfile,
    table_at,
    unload,
)
from whence.sql.movers._guess import guess
from whence.sql.movers._repairs import output_table, repaired
from whence.sql.movers._routines import (
    block,
    call,
    create_routine,
    declare,
    do,
    execute,
    explain,
    insert_executed,
    scheduled,
    setting,
    stream,
)
from whence.sql.movers._rowless import carries_no_rows
from whence.sql.movers._tables import alter, apply_changes, dictionary, exchange_tables, rename_tables, replace_into
from whence.sql.statements._reading import CONTROL
from whence.sql.text import MYSQL, T_SQL

if TYPE_CHECKING:
    from collections.abc import Callable

    from whence.sql._result import Note, StatementLineage
    from whence.sql.statements._reading import Reading

_HEAD = re.compile(r"(?>\s++|--[^\n]*+|/\*.*?\*/|\()*+(?P<word>[A-Za-z]\w*)", re.DOTALL)
_MODIFIED = re.compile(
    r"(?:INSERT|REPLACE|UPDATE|DELETE)(?P<modifiers>(?:\s+(?:LOW_PRIORITY|HIGH_PRIORITY|DELAYED|QUICK|IGNORE)\b)++)",
    re.IGNORECASE,
)
_CREATE = re.compile(
    r"\s*(?:CREATE|ALTER)\s+(?:OR\s+(?:REPLACE|ALTER|REFRESH)\s+)?(?:DEFINER\s*=\s*\S+\s+)?"
    r"(?:(?:TEMP|TEMPORARY|SECURE|AGGREGATE|EDITIONABLE|NONEDITIONABLE|CONSTRAINT|TRANSIENT|GLOBAL|LIVE)\s+)*"
    r"(?P<what>PROCEDURE|PROC|FUNCTION|MACRO|DICTIONARY|TRIGGER|PACKAGE|TASK|PIPE|STREAM|ALERT|EVENT)\b(?!\s+VOLUME)",
    re.IGNORECASE,
)


def read(text: str, dialect: str, reading: Reading) -> StatementLineage | None:
    """Return what a statement does that is known by its first words; None when it is one for the parser.

    Cost: a look at the first word, and for a few of those one search through the text.
    """
    head = _HEAD.match(text)
    if head is None:
        return None
    word = head.group("word").upper()
    if carries_no_rows(word, text, head.start("word")):
        return CONTROL
    if dialect in MYSQL and (modified := _MODIFIED.match(text, head.start("word"))) is not None:
        begin, end = modified.span("modifiers")
        answers = reading.inner(text[:begin] + " " * (end - begin) + text[end:])
        return answers[0] if len(answers) == 1 else None
    handler = _BY_WORD.get(word)
    if handler is None and word in ("CREATE", "ALTER"):
        handler = _of_create(text, head.start("word"), word)
    if handler is None:
        handler = _of_search(text, word)
    return handler(Cursor(text, dialect), reading) if handler is not None else None


def fallback(text: str, dialect: str, reading: Reading, note: Note) -> StatementLineage:
    """Return the tables that can be seen in a text that could not be parsed; the note says why, and stays.

    UNKNOWN when none are seen. What is found is PARTLY and of low confidence.
    """
    maker = create_external if _EXTERNAL.match(text) else create_stage if _STAGE.match(text) else None
    answer = maker(Cursor(text, dialect), reading) if maker is not None else None
    if answer is not None:
        return answer
    answer = _defined(text, dialect, reading)
    if answer is None and dialect in T_SQL and _EXECUTED.match(text):
        answer = insert_executed(Cursor(text, dialect), reading)
    if answer is not None:
        return answer
    changed = repaired(text, dialect) if reading.depth < _MAX_REPAIRS else None
    answers = reading.inner(changed) if changed is not None else []
    if len(answers) == 1 and answers[0].state != UNKNOWN and answers[0].confidence == 1.0:
        return _with_output(answers[0], text, dialect, reading)
    return guess(Cursor(text, dialect), reading, note)


def _defined(text: str, dialect: str, reading: Reading) -> StatementLineage | None:
    """Return what CREATE TABLE or ALTER TABLE says in words that no parser takes."""
    head = _DEFINES.match(text)
    if head is None:
        return None
    reader = created_table if head.group("word").upper() == "CREATE" else altered_table
    return reader(Cursor(text[head.start("word") :], dialect), reading)


def _with_output(answer: StatementLineage, text: str, dialect: str, reading: Reading) -> StatementLineage:
    """Add the table that SQL Server's OUTPUT .. INTO fills."""
    name = output_table(text, dialect) if dialect in ("tsql", "fabric") else ""
    table = table_at(Cursor(name, dialect), reading) if name else None
    return answer if table is None else answer._replace(outputs=tuple(dict.fromkeys((*answer.outputs, table))))


def _of_search(text: str, word: str) -> Callable[[Cursor, Reading], StatementLineage | None] | None:
    """Return what reads a statement that only a later phrase of it tells from others; its last word is cheap to see."""
    if word not in _BY_SEARCH:
        return None
    last_word, phrase, handler = _BY_SEARCH[word]
    return handler if last_word in text.upper() and phrase.search(text) else None


def _of_create(text: str, start: int, word: str) -> Callable[[Cursor, Reading], StatementLineage | None] | None:
    match = _CREATE.match(text, start)
    if match is not None:
        what = match.group("what").upper()
        if word == "ALTER":
            return create_routine if what in _ROUTINES else alter if what == "TASK" else None
        return create_routine if what in _ROUTINES else _CREATED[what]
    return alter if word == "ALTER" and _ALTERS.search(text) else None


_MAX_REPAIRS = 6  # depth of readings in which a text is still repaired; each repair takes two
_EXTERNAL = re.compile(r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:\w+\s+)?EXTERNAL\b", re.IGNORECASE)
_STAGE = re.compile(r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:TEMP(?:ORARY)?\s+)?STAGE\b", re.IGNORECASE)
_ROUTINES = frozenset(("PROCEDURE", "PROC", "FUNCTION", "TRIGGER", "PACKAGE", "MACRO"))
_CREATED: dict[str, Callable[[Cursor, Reading], StatementLineage | None]] = {
    "TASK": scheduled,
    "PIPE": scheduled,
    "ALERT": scheduled,
    "EVENT": scheduled,
    "STREAM": stream,
    "DICTIONARY": dictionary,
}
_DEFINES = re.compile(
    r"(?>\s++|--[^\n]*+|/\*.*?\*/)*+(?P<word>ALTER|CREATE)\s+(?:(?!(?:AS|FOR|ON|VIEW)\b)\w+\s+){0,5}?TABLE\b",
    re.IGNORECASE | re.DOTALL,
)
_ALTERS = re.compile(
    r"\b(?:EXCHANGE|ATTACH|SWITCH|REPLACE|MOVE|UPDATE|DELETE|VIEW|TASK|APPEND|TRANSFER)\b", re.IGNORECASE
)
_BY_WORD: dict[str, Callable[[Cursor, Reading], StatementLineage | None]] = {
    "COPY": copy,
    "UNLOAD": unload,
    "EXPORT": export,
    "IMPORT": import_table,
    "LOAD": load,
    "BULK": bulk_insert,
    "BEGIN": block,
    "IF": block,
    "WHILE": block,
    "FOR": block,
    "LOOP": block,
    "REPEAT": block,
    "CASE": block,
    "ELSE": block,
    "DECLARE": declare,
    "LET": declare,
    "SET": setting,
    "DO": do,
    "EXECUTE": execute,
    "EXEC": execute,
    "CALL": call,
    "EXPLAIN": explain,
    "REPLACE": replace_into,
    "RENAME": rename_tables,
    "EXCHANGE": exchange_tables,
    "APPLY": apply_changes,
}
_INTO_FILE = re.compile(r"\bINTO\s+(?:OUTFILE|DUMPFILE)\b", re.IGNORECASE)
_AUTO_CDC = re.compile(r"\bAUTO\s+CDC\s+(?:FROM\s+SNAPSHOT\s+)?INTO\b", re.IGNORECASE)
_TO_DIRECTORY = re.compile(r"\bOVERWRITE\s+(?:LOCAL\s+)?DIRECTORY\b", re.IGNORECASE)
_EXECUTED = re.compile(r"\s*INSERT\b(?:(?!\b(?:SELECT|VALUES)\b)[^'])*?[\s)\]]EXEC(?:UTE)?\b", re.IGNORECASE)
_BY_SEARCH: dict[str, tuple[str, re.Pattern[str], Callable[[Cursor, Reading], StatementLineage | None]]] = {
    "INSERT": ("DIRECTORY", _TO_DIRECTORY, insert_directory),
    "CREATE": ("CDC", _AUTO_CDC, apply_changes),
    "SELECT": ("FILE", _INTO_FILE, select_outfile),
    "WITH": ("FILE", _INTO_FILE, select_outfile),
}
