"""Where a T-SQL statement ends although no semicolon says so: before the next word that can only begin one.

Parentheses hide everything, CASE hides ELSE and END, BEGIN..END blocks stay whole, `IF` and `WHILE` keep the statement
they govern, a routine keeps the rest of its batch. It must not know what statements mean.
Source: Transact-SQL reference, "Reserved keywords", "Control-of-flow", and the syntax of each statement named here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whence.sql.text._split import Mark

_STARTERS = frozenset(
    (
        *("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "CREATE", "ALTER", "DROP", "TRUNCATE", "DECLARE"),
        *("SET", "EXEC", "EXECUTE", "IF", "WHILE", "BEGIN", "PRINT", "RETURN", "USE", "GRANT", "REVOKE", "DENY"),
        *("COMMIT", "ROLLBACK", "SAVE", "THROW", "RAISERROR", "WAITFOR", "BULK", "BACKUP", "RESTORE", "DBCC", "OPEN"),
        *("FETCH", "CLOSE", "DEALLOCATE", "GOTO", "KILL", "CHECKPOINT", "RECONFIGURE", "BREAK", "CONTINUE", "COPY"),
    )
)
_SOFT = frozenset(("THROW", "COPY", "SAVE", "OPEN", "CLOSE", "KILL", "BULK", "CHECKPOINT", "BREAK", "CONTINUE", "USE"))
"""Words that may be names, too: they begin a statement only where a line begins."""
_GOES_ON = frozenset(
    (
        *("UNION", "ALL", "EXCEPT", "INTERSECT", "AS", "FOR", "THEN", "ON", "AFTER", "OF", "OR", "IN", "EXISTS", "BY"),
        *("ADD", "WITH", "NOT", "AND", "FROM", "INTO", "JOIN", "TO", "CALLER"),
    )
)
"""Words after which no statement begins."""
_SIGNS = frozenset(",.=<>+-*/%(&|^~!@")
_BODIES = frozenset(("SELECT", "WITH", "EXEC", "EXECUTE"))
_ROUTINES = frozenset(("PROC", "PROCEDURE", "FUNCTION", "TRIGGER"))
_CHANGES = frozenset(("INSERT", "UPDATE", "DELETE", "MERGE", "SELECT"))
_OBJECTS = frozenset(
    (
        *("TABLE", "VIEW", "INDEX", "SCHEMA", "DATABASE", "TRIGGER", "SEQUENCE", "SYNONYM", "TYPE", "USER", "ROLE"),
        *("COLUMN", "CONSTRAINT", *_ROUTINES),
    )
)


class Batch:
    """Follows the marks of one statement; `is_open` while a semicolon would not end it."""

    def __init__(self) -> None:
        self._first = ""  # the word that says what the statement is; after IF that of what it governs
        self._previous = ""
        self._parens = 0
        self._cases = 0
        self._blocks = 0
        self._whole_batch = False
        self._waits = False  # IF, ELSE, WHILE: the next statement word still belongs to this one
        self._has_body = False
        self._has_set = False
        self._has_cte = False
        self._after_block = False
        self._count = 0

    @property
    def is_open(self) -> bool:
        """Whether the statement stands in a block or routine."""
        return self._blocks > 0 or self._whole_batch

    def begins(self, mark: Mark, marks: list[Mark], index: int) -> bool:
        """Take one mark and say whether a new statement begins with it."""
        if mark.kind != "word":
            self._sign(mark)
            return False
        word = mark.text.upper()
        self._count += 1
        if self._whole_batch or self._parens:
            self._previous = word
            return False
        begins = self._word(word, marks, index)
        self._previous = word
        return begins

    def _sign(self, mark: Mark) -> None:
        if mark.text == "(":
            self._parens += 1
        elif mark.text == ")":
            self._parens = max(self._parens - 1, 0)
        elif mark.kind == "stop":
            self._parens = 0
        self._previous = mark.text if mark.kind in ("other", "stop") else "'"

    def _word(self, word: str, marks: list[Mark], index: int) -> bool:
        if word == "CASE":
            self._cases += 1
        elif word == "END":
            return self._end()
        elif self._blocks:
            self._blocks += word == "BEGIN" and not _is_transaction(marks, index)
        elif word == "ELSE" and not self._cases:
            self._waits = True
            self._after_block = False
        elif self._cases:
            return False
        else:
            return self._starter(word, marks, index)
        return False

    def _end(self) -> bool:
        if self._cases:
            self._cases -= 1
        elif self._blocks:
            self._blocks -= 1
            self._after_block = self._blocks == 0
        return False

    def _starter(self, word: str, marks: list[Mark], index: int) -> bool:
        following = _next(marks, index)
        if self._after_block:
            self._after_block = False
            if word in ("TRY", "CATCH"):
                self._after_block = True
                return False
            return True
        if word in _ROUTINES and self._first in ("CREATE", "ALTER") and self._count <= 4:  # noqa: PLR2004  CREATE OR ALTER PROC
            self._whole_batch = True
            return False
        self._has_cte = self._has_cte or (word == "WITH" and self._previous == "AS" and _is_cte(marks, index))
        self._has_body = self._has_body or word == "VALUES"
        if word not in _STARTERS or not self._is_start(word, marks, index, following):
            return False
        if self._first and not self._waits and not self._continues(word, following):
            return True
        self._take(word, marks, index)
        return False

    def _take(self, word: str, marks: list[Mark], index: int) -> None:
        if word == "BEGIN" and not _is_transaction(marks, index):
            self._blocks = 1
        if not self._first or self._waits:
            self._first = word
            self._has_body = self._has_set = False
            self._waits = word in ("IF", "WHILE")
            return
        self._has_set = self._has_set or word == "SET"
        if word in _CHANGES or word in _BODIES:
            self._has_body = self._has_body or word != "WITH"
            if self._first == "WITH":
                self._first, self._has_body = word, False

    def _is_start(self, word: str, marks: list[Mark], index: int, following: str) -> bool:
        """Whether the word can begin a statement where it stands."""
        if not self._count or not self._previous:
            return True
        if self._previous == "ON" and self._first == "SET":
            return True
        if self._previous in _GOES_ON or self._previous in _SIGNS or following in (".", ",", "="):
            return False
        if word == "WITH":
            return _is_cte(marks, index)
        if (word == "FETCH" and self._previous in ("ROW", "ROWS")) or (word, following) == ("MERGE", "JOIN"):
            return False
        return word not in _SOFT or _at_line_start(marks, index)

    def _continues(self, word: str, following: str) -> bool:
        """Whether the word belongs to the statement under way."""
        first = self._first
        if self._has_cte and word in _CHANGES:
            self._has_cte = False
            return True
        if word == "SET":
            is_clause = first in ("UPDATE", "ALTER") and not self._has_set
            return is_clause or (first == "MERGE" and self._previous == "UPDATE")
        if word == "IF":
            return self._previous in _OBJECTS and following in ("EXISTS", "NOT")
        return self._belongs(first, word, following)

    def _belongs(self, first: str, word: str, following: str) -> bool:
        """Whether a statement that begins with `first` goes on with this word."""
        if first in ("GRANT", "REVOKE", "DENY"):
            return word in _CHANGES and self._previous in (first, ",")
        if first == "INSERT":
            return word in _BODIES and not self._has_body
        if first == "ALTER":
            return word in ("ALTER", "DROP") and following in ("COLUMN", "CONSTRAINT", "PERIOD")
        return (first == "WITH" and word in _CHANGES) or (
            first == "BULK" and (word, self._previous) == ("INSERT", "BULK")
        )


def _is_transaction(marks: list[Mark], index: int) -> bool:
    return _next(marks, index) in ("TRAN", "TRANSACTION", "DISTRIBUTED", "DIALOG", "CONVERSATION", ";")


def _is_cte(marks: list[Mark], index: int) -> bool:
    """Whether `WITH name AS (` or `WITH name (columns) AS (` stands here, and no hint or option."""
    if index + 2 >= len(marks) or marks[index + 1].kind not in ("word", "text"):
        return False
    third = marks[index + 2]
    if third.text.upper() == "AS":
        return index + 3 < len(marks) and marks[index + 3].text == "("
    return third.text == "("


def _at_line_start(marks: list[Mark], index: int) -> bool:
    return marks[index].is_first


def _next(marks: list[Mark], index: int) -> str:
    for mark in marks[index + 1 : index + 6]:
        if mark.kind == "word":
            return mark.text.upper()
        if mark.kind != "comment":
            return mark.text if mark.kind in ("stop", "other") else "'"
    return ""
