"""Bodies of routines cut into the statements in them, without the words of control flow around those.

A body is flattened: what stands in a branch or a loop stands beside what stands before it. Conditions, loops over
queries, cursors and returned queries become statements of their own. It must not know a parser.
Source: the block structure of PL/pgSQL, PL/SQL, T-SQL, MySQL, Snowflake Scripting and BigQuery's procedural language.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whence.sql.movers._cursor import Cursor

if TYPE_CHECKING:
    from collections.abc import Iterator

STARTERS = frozenset(
    re.findall(
        r"\w+",
        """INSERT UPDATE DELETE MERGE SELECT WITH CREATE COPY CALL TRUNCATE DROP EXECUTE EXEC REPLACE ALTER DECLARE
        UNLOAD SET RETURN PRINT RAISERROR THROW BULK GOTO""",
    )
)
"""Words that a statement of a body begins with, wherever they stand in it."""
_MANY = ("INSERT", "UPDATE", "DELETE", "MERGE", "EXECUTE")
_HARMLESS = re.compile(
    r"(?:NULL|RAISE|EXIT|CONTINUE|COMMIT|ROLLBACK|RAISE_APPLICATION_ERROR|DBMS_(?:OUTPUT|LOCK|SESSION|STATS|UTILITY|RANDOM"
    r"|APPLICATION_INFO)\b.*|\w+\.(?:DELETE|EXTEND|TRIM))\b",
    re.IGNORECASE,
)
"""Calls of PL/SQL that read and write no tables."""
_CONDITIONS = ("IF", "ELSIF", "ELSEIF", "WHILE", "UNTIL", "WHEN", "CASE")
_ENDERS = ("THEN", "DO", "LOOP")
_AFTER_END = ("IF", "LOOP", "WHILE", "CASE", "REPEAT", "FOR", "TRY", "CATCH")
_OPENERS = ("BEGIN", "ELSE", "LOOP", "REPEAT", "THEN", "DO", "TRY", "CATCH", "ATOMIC", "EXCEPTION", "NOT", "END")
_TRANSACTIONS = ("TRAN", "TRANSACTION", "WORK")


def units(text: str, dialect: str) -> Iterator[str]:
    """Yield the statements of a body as texts."""
    cursor = Cursor(text, dialect)
    for begin, end in _spans(cursor):
        yield from _statement(Cursor(text[begin:end], dialect))


def _spans(cursor: Cursor) -> Iterator[tuple[int, int]]:
    """Yield where units stand: between semicolons, and at the BEGIN and END of blocks."""
    start: int | None = None
    cases = 0
    skip = -1
    words = cursor.words
    for index, word, level in cursor.levels():
        if index <= skip:
            continue
        upper = word.upper
        following = words[index + 1].upper if index + 1 < len(words) else ""
        is_block = upper == "BEGIN" and following not in _TRANSACTIONS and level <= 0
        if upper == "CASE" and start is not None:
            cases += 1
        is_end = upper == "END" and level <= 0 and cases == 0
        if upper == "END" and cases:
            cases -= 1
        if not (word.text == ";" and level <= 0) and not is_block and not is_end:
            start = word.start if start is None else start
            continue
        if start is not None:
            yield start, word.start
        start, cases = None, 0
        ends = words[index + 2].text if index + 2 < len(words) else ";"
        if is_end and ends == ";" and index + 1 < len(words) and words[index + 1].kind in ("word", "quoted"):
            skip = index + 1  # the name of what ends
        if is_end and following in (_AFTER_END if cursor.dialect != "tsql" else ("TRY", "CATCH")):
            skip = index + 1
    if start is not None:
        yield start, len(cursor.text)


def _statement(cursor: Cursor) -> Iterator[str]:
    """Yield what a unit does, its words of control flow taken off its head."""
    while not cursor.is_done:
        word = cursor.word()
        if word.text == "<" or (cursor.word(1).text == ":" and word.kind == "word" and cursor.word(2).text != "="):
            _skip_label(cursor)
        elif word.upper in _CONDITIONS:
            yield from _condition(cursor)
        elif word.upper == "FOR":
            yield from _loop(cursor)
        elif word.upper == "FORALL":  # PL/SQL: one statement for many rows
            at = cursor.find(*_MANY)
            cursor.at = at if at is not None else len(cursor.words)
        elif word.upper in ("PROCEDURE", "FUNCTION"):  # in a package
            at = cursor.find("IS", "AS")
            cursor.at = at + 1 if at is not None else len(cursor.words)
        elif cursor.word(1).upper in ("AS", "IS") and cursor.word(2).upper in ("PROCEDURE", "FUNCTION"):
            cursor.at += 2
        elif word.upper in _OPENERS:
            cursor.at += 1
        else:
            yield from _plain(cursor)
            return


def _skip_label(cursor: Cursor) -> None:
    if cursor.word().text != "<":
        cursor.at += 2
        return
    while not cursor.is_done and cursor.word().text != ">":
        cursor.at += 1
    while cursor.word().text == ">":
        cursor.at += 1


def _condition(cursor: Cursor) -> Iterator[str]:
    """Move past `IF .. THEN`, `WHILE .. DO` or T-SQL's `IF ..`; a condition that queries is a statement."""
    cursor.at += 1
    begin = cursor.word().start
    cases = 0
    end = len(cursor.words)
    for index, word, level in cursor.levels():
        cases += (word.upper == "CASE") - (word.upper == "END" and cases > 0)
        if level or cases:
            continue
        if word.upper in _ENDERS or (
            index > cursor.at and word.upper in STARTERS and cursor.dialect in ("tsql", "fabric")
        ):
            end = index
            break
    condition = cursor.text[begin : cursor.words[end].start if end < len(cursor.words) else len(cursor.text)]
    if _queries(Cursor(condition, cursor.dialect)):
        yield f"SELECT 1 WHERE {condition}"
    cursor.at = end + (end < len(cursor.words) and cursor.words[end].upper in _ENDERS)


def _loop(cursor: Cursor) -> Iterator[str]:
    """Move past `FOR x IN (query) LOOP`; the query is a statement."""
    at = cursor.find("IN", "FOR") if cursor.take("FOR") else None
    end = cursor.find("LOOP", "DO")
    if end is None:
        cursor.at = len(cursor.words)
        return
    if at is not None and at < end:
        text = cursor.text[cursor.words[at].end : cursor.words[end].start].strip()
        if _queries(Cursor(text, cursor.dialect)):
            yield text[1:-1] if text.startswith("(") and text.endswith(")") else text
    cursor.at = end + 1


def _plain(cursor: Cursor) -> Iterator[str]:
    """Yield a statement; what assigns, returns, opens or declares is the query in it."""
    first = cursor.word().upper
    if first == "PERFORM":  # SELECT, its rows thrown away
        yield f"SELECT {cursor.text[cursor.word().end :]}"
        return
    if first in ("RETURN", "LET", "OPEN", "CURSOR", "TYPE", "RES", "DECLARE") or _assigns(cursor):
        query = _query_in(cursor)
        if query:
            yield query
        return
    if first in ("SELECT", "WITH") and cursor.dialect not in ("tsql", "fabric"):
        yield _without_into(cursor)
        return
    if cursor.dialect == "oracle" and _calls(cursor):
        if not _HARMLESS.match(cursor.rest()):
            yield f"CALL {cursor.rest()}"
        return
    yield cursor.rest()


def _calls(cursor: Cursor) -> bool:
    """Whether the unit is nothing but a name, or a name with arguments: in PL/SQL that calls a procedure."""
    before = cursor.at
    is_name = cursor.word().kind in ("word", "quoted") and cursor.word().upper not in STARTERS and bool(cursor.name())
    cursor.group()
    is_call = is_name and cursor.is_done
    cursor.at = before
    return is_call


def _assigns(cursor: Cursor) -> bool:
    """Whether the unit is `x := ..`, `x(i).y := ..`, or declares a variable before a block."""
    second = cursor.word(1)
    if cursor.word().upper not in STARTERS and any(
        word.text == ":" and not level and cursor.words[index + 1 : index + 2] and cursor.words[index + 1].text == "="
        for index, word, level in cursor.levels()
    ):
        return True
    return (
        second.text in (":", ":=")
        or cursor.word(2).text == ":="
        or second.upper == "CURSOR"
        or (
            cursor.word().kind == "word"
            and cursor.word().upper not in STARTERS
            and second.kind == "word"
            and not any(word.upper in STARTERS for word in cursor.words[cursor.at :])
        )
    )


def _query_in(cursor: Cursor) -> str:
    """Return the query in an assignment, a cursor, a RETURN; nothing when there is none."""
    start = next((i for i in range(cursor.at, len(cursor.words)) if cursor.words[i].upper in ("SELECT", "WITH")), None)
    if start is None:
        execute = next((i for i in range(cursor.at, len(cursor.words)) if cursor.words[i].upper == "EXECUTE"), None)
        return cursor.text[cursor.words[execute].start :] if execute is not None else ""
    if start and cursor.words[start - 1].text == "(":
        rest = cursor.text[cursor.words[cursor.at].end :]
        before = cursor.words[start - 2].upper if start > 1 else ""
        if before in ("AS", "IN", "FOR", "IS", "=", ":=", "RETURN", "DEFAULT", "QUERY"):
            cursor.at = start - 1
            return cursor.group() or ""
        expression = rest.strip()
        return f"SELECT {expression.removeprefix(':=').strip()}"
    return cursor.text[cursor.words[start].start :]


def _without_into(cursor: Cursor) -> str:
    """Return a query without the variables that take its row: SELECT a INTO x FROM t."""
    at = cursor.find("INTO")
    if at is None:
        return cursor.rest()
    begin = cursor.words[at].start
    cursor_at, cursor.at = cursor.at, at + 1
    end = cursor.find("FROM", "WHERE", "ORDER", "GROUP", "LIMIT", "UNION", "HAVING")
    cursor.at = cursor_at
    tail = cursor.text[cursor.words[end].start :] if end is not None else ""
    return cursor.text[cursor.word().start : begin] + tail


def _queries(cursor: Cursor) -> bool:
    return any(word.upper == "SELECT" for word in cursor.words)
