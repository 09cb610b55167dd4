"""Which semicolons belong to a routine or block, and so end no statement.

Follows words only: BEGIN, CASE and their END, control words that end with `END IF`, declarations before a BEGIN. It
must not know T-SQL, whose batches have their own rules. Sources: SQL/PSM (ISO 9075-4), PL/SQL, PL/pgSQL, MySQL 15.6,
BigQuery procedural language, Snowflake Scripting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whence.sql.text._split import Mark

_OBJECTS = frozenset(("PROCEDURE", "FUNCTION", "TRIGGER", "PACKAGE", "EVENT", "TASK", "ALERT", "TYPE"))
_FILLERS = frozenset(
    (
        *(
            "OR",
            "REPLACE",
            "ALTER",
            "EDITIONABLE",
            "NONEDITIONABLE",
            "DEFINER",
            "SECURE",
            "TEMP",
            "TEMPORARY",
            "AGGREGATE",
        ),
        *(
            "IF",
            "NOT",
            "EXISTS",
            "CONSTRAINT",
            "USER",
            "CURRENT_USER",
            "SQL",
            "SECURITY",
            "INVOKER",
            "ROOT",
            "LOCALHOST",
        ),
    )
)
_TRANSACTION = frozenset(
    (
        *("TRANSACTION", "TRAN", "WORK", "ISOLATION", "READ", "DEFERRED", "IMMEDIATE", "EXCLUSIVE", "DEFERRABLE"),
        *("DISTRIBUTED", "CONCURRENT"),
    )
)
_CONTROL = frozenset(("IF", "LOOP", "WHILE", "REPEAT", "FOR"))
_STATEMENT_BEFORE = frozenset(("THEN", "ELSE", "DO", "LOOP", "BEGIN", "REPEAT"))
_NOT_DECLARATIONS = frozenset(
    (
        *(
            "BEGIN",
            "LANGUAGE",
            "EXTERNAL",
            "SELECT",
            "WITH",
            "INSERT",
            "UPDATE",
            "DELETE",
            "MERGE",
            "RETURN",
            "RETURNS",
        ),
        *("CALL", "EXECUTE", "TABLE", "OBJECT", "ENUM", "RANGE", "VALUES", "NULL", "COPY", "TRUNCATE", "IDENTITY"),
    )
)
_HEAD = 12  # words of CREATE ... that may stand before what is created
_LOOK_AHEAD = 400  # marks to look through for the BEGIN of a DECLARE


class Blocks:
    """Follows the marks of one statement; `is_open` while a semicolon would not end it."""

    def __init__(self, dialect: str, *, allowed: bool) -> None:
        self._dialect = dialect
        self._allowed = allowed
        self._words = 0
        self._first = ""
        self._previous = ""
        self._is_routine = False
        self._head_open = True
        self._waits_for_begin = False
        self._depth = 0
        self._control = 0
        self._after_end = False

    @property
    def is_open(self) -> bool:
        """Whether the statement stands in a block."""
        return self._depth > 0 or self._control > 0 or self._waits_for_begin

    def begins(self, mark: Mark, marks: list[Mark], index: int) -> bool:
        """Take one mark; it never begins a new statement here, because only separators end one."""
        if not self._allowed:
            return False
        if mark.kind == "word":
            self._word(mark.text.upper(), marks, index)
        elif mark.kind != "comment":
            self._after_end = False
            self._previous = mark.text if mark.kind in ("stop", "other") else "'"
        return False

    def _word(self, word: str, marks: list[Mark], index: int) -> None:
        self._words += 1
        if self._words == 1:
            self._first = word
        elif self._first == "CREATE" and self._head_open:
            self._is_routine = word in _OBJECTS
            is_table_function = word == "TABLE" and _next(marks, index) == "FUNCTION"
            self._head_open = word in _FILLERS or is_table_function
        after_end, self._after_end = self._after_end, False
        if after_end and word in _CONTROL:
            self._control = max(self._control - 1, 0)
        elif after_end and word == "CASE":
            pass
        else:
            self._follow(word, marks, index)
        self._previous = word

    def _follow(self, word: str, marks: list[Mark], index: int) -> None:
        if word == "BEGIN":
            self._begin(_next(marks, index))
        elif word == "END":
            self._end(_next(marks, index))
        elif word == "CASE" and (self._depth or self._control):
            self._depth += 1
        elif word == "DECLARE" and self._words == 1:
            self._waits_for_begin = self._declares(marks, index)
        elif word in ("IS", "AS") and self._is_routine and not self._depth:
            self._body(_next(marks, index), marks, index)
        elif word in _CONTROL and not self._depth:
            self._open_control(word, _next(marks, index))

    def _begin(self, following: str) -> None:
        is_start = self._words == 1
        if following in ("", ";") or following in _TRANSACTION:
            return
        if following == "NOT" and self._dialect not in ("", "postgres", "redshift"):
            return
        if is_start or self._depth or self._control or self._is_routine or self._waits_for_begin:
            self._depth += 1
            self._waits_for_begin = False

    def _end(self, following: str) -> None:
        self._after_end = True
        if following not in _CONTROL:
            self._depth = max(self._depth - 1, 0)

    def _declares(self, marks: list[Mark], index: int) -> bool:
        """Whether DECLARE opens a block: a BEGIN follows a later semicolon, and this is no single declaration."""
        if self._dialect in ("bigquery", "mysql", "databricks", "spark", "teradata"):
            return False
        if _next(marks, index) == "BEGIN" or self._dialect in ("oracle", "snowflake"):
            return True
        ended = False
        for mark in marks[index + 1 : index + _LOOK_AHEAD]:
            if mark.kind == "stop":
                ended = True
            elif mark.kind == "word" and ended and mark.text.upper() in _ENDS_DECLARATIONS:
                return mark.text.upper() == "BEGIN"
            elif mark.kind == "line":
                return False
        return False

    def _body(self, following: str, marks: list[Mark], index: int) -> None:
        if self._previous == "LANGUAGE" or following in ("", "'", "$", "(") or following in _NOT_DECLARATIONS:
            return
        if self._dialect not in ("oracle", "", "snowflake"):
            return
        if any(mark.text.upper() == "PACKAGE" for mark in marks[max(index - _HEAD, 0) : index]):
            self._depth += 1
        elif following == "DECLARE" or self._dialect != "snowflake":
            self._waits_for_begin = True

    def _open_control(self, word: str, following: str) -> None:
        """Open a control statement of a script: it ends with END and the same word."""
        at_start = self._words == 1 or self._previous in (";", *_STATEMENT_BEFORE)
        if not at_start or (not self._control and self._words > 1):
            return
        if word == "REPEAT" and following == "(":
            return
        if word == "IF" and following == "EXISTS" and self._words > 1:
            return
        self._control += 1


_ENDS_DECLARATIONS = frozenset(("BEGIN", "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE", "DROP", "FETCH"))


def _next(marks: list[Mark], index: int) -> str:
    """Return what follows a mark: a word in capitals, a sign, `'` for a string, "" at the end."""
    for mark in marks[index + 1 : index + 6]:
        if mark.kind == "word":
            return mark.text.upper()
        if mark.kind != "comment":
            return mark.text if mark.kind in ("stop", "other") else "'"
    return ""
