"""Names in procedural texts that stand where columns do: variables and parameters.

Only their names are told; what a variable holds is not followed. Names that begin with `@`, `:` or `$` need no telling.
Source: the manuals of PL/pgSQL, PL/SQL, MySQL, Snowflake Scripting, BigQuery's and Spark's procedural language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whence.sql.movers._bodies import STARTERS
from whence.sql.movers._cursor import Cursor

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODES = ("IN", "OUT", "INOUT", "VARIADIC")
_NO_VARIABLES = frozenset(
    ("BEGIN", "CURSOR", "CONTINUE", "EXIT", "UNDO", "PROCEDURE", "FUNCTION", "TYPE", "SUBTYPE", "PRAGMA", "END")
)
_SINGLE = frozenset(("mysql", "bigquery", "spark", "databricks", "doris", "starrocks", "singlestore", "teradata"))
"""Dialects in which DECLARE is a statement, not the head of a section that ends with BEGIN."""
_ROUTINES = ("PROCEDURE", "FUNCTION", "PROC")


def declared(text: str, dialect: str) -> frozenset[str]:
    """Return the names, in small letters, that a statement, a block or a routine's body declares, loops included.

    A body of PL/SQL may begin with its declarations. Cost: 1 us a word, only where a word says that there is something.
    """
    upper = text.upper()
    if "DECLARE" not in upper and "LET" not in upper and "FOR" not in upper and dialect != "oracle":
        return frozenset()
    return frozenset(_declared(Cursor(text, dialect)))


def parameters(cursor: Cursor) -> frozenset[str]:
    """Return the names, in small letters, of the parameters of the routine that a statement creates."""
    cursor.at = 0
    at = cursor.find(*_ROUTINES)
    if at is None:
        return frozenset()
    cursor.at = at + 1
    cursor.take("IF", "NOT", "EXISTS")
    cursor.name()
    return frozenset(_parameters(cursor))


def _parameters(cursor: Cursor) -> Iterator[str]:
    """Yield the names in `(a int, IN b text)`; an entry of one word is a type without a name."""
    inner = Cursor(cursor.group() or "", cursor.dialect)
    while not inner.is_done:
        inner.take_any(_MODES)
        following = inner.word(1)
        if following.text not in ("", ",", "("):
            yield from _name(inner)
        at = inner.find(",")
        inner.at = at + 1 if at is not None else len(inner.words)


def _declared(cursor: Cursor) -> Iterator[str]:
    if cursor.dialect == "oracle" and cursor.word().upper not in STARTERS:
        yield from _section(cursor)
    while not cursor.is_done:
        if cursor.take("DECLARE"):
            yield from _section(cursor)
        elif cursor.take_any(("LET", "FOR")):
            yield from _name(cursor)
        elif cursor.dialect == "oracle" and cursor.take_any(_ROUTINES):  # in a package, or among the declarations
            cursor.name()
            yield from _parameters(cursor)
            at = cursor.find("IS", "AS")
            cursor.at = at + 1 if at is not None else len(cursor.words)
            yield from _section(cursor)
        else:
            cursor.at += 1


def _section(cursor: Cursor) -> Iterator[str]:
    """Yield what `a, b int default 0; c text; begin` declares, and stop at what is no declaration."""
    while not cursor.is_done:
        cursor.take("OR", "REPLACE")
        cursor.take("VARIABLE")
        if cursor.word().upper in _NO_VARIABLES and cursor.word(1).upper not in ("CURSOR", "TEXT", "VARCHAR"):
            if cursor.word().upper in ("BEGIN", "END", *_ROUTINES):
                return
        else:
            yield from _name(cursor)
            while cursor.take(","):
                yield from _name(cursor)
        at = cursor.find(";")
        cursor.at = at + 1 if at is not None else len(cursor.words)
        if cursor.dialect in _SINGLE:
            return


def _name(cursor: Cursor) -> Iterator[str]:
    """Move past a name and yield it."""
    word = cursor.word()
    if word.kind in ("word", "quoted"):
        cursor.at += 1
        yield word.text.strip('"`[]').lower()
