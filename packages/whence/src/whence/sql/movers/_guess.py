"""The last resort: tables seen in a text that could not be parsed, with low confidence.

A name behind FROM, JOIN, INTO, UPDATE, USING is taken for a table, unless it is a CTE, a function or a part of EXTRACT
(.. FROM ..). Columns are not looked for. What is found may be wrong or incomplete, and the answer says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whence.sql._result import PARTLY, PATH, Note, StatementLineage
from whence.sql.movers._files import path, table_at
from whence.sql.statements._reading import unknown

if TYPE_CHECKING:
    from whence.sql._result import TableName
    from whence.sql.movers._cursor import Cursor
    from whence.sql.statements._reading import Reading

_CONFIDENCE = 0.3
_FROM_IN = frozenset(("EXTRACT", "TRIM", "SUBSTRING", "SUBSTR", "OVERLAY", "POSITION", "BTRIM", "LTRIM", "RTRIM"))
_READS = frozenset(("FROM", "JOIN", "USING", "STRAIGHT_JOIN"))
_KINDS = {
    "SELECT": "SELECT",
    "WITH": "SELECT",
    "FROM": "SELECT",
    "INSERT": "INSERT",
    "REPLACE": "INSERT",
    "UPDATE": "UPDATE",
    "DELETE": "DELETE",
    "MERGE": "MERGE",
    "TRUNCATE": "TRUNCATE",
    "CREATE": "CREATE_TABLE",
}
_NO_NAMES = frozenset(
    (
        "SELECT",
        "LATERAL",
        "UNNEST",
        "VALUES",
        "TABLE",
        "ONLY",
        "SET",
        "WHERE",
        "ON",
        "STDIN",
        "THE",
        "A",
        "AN",
        "DUAL",
        "OF",
        "AS",
        "WITH",
        "AND",
        "OR",
        "NOT",
        "IN",
        "BY",
        "CURRENT_DATE",
        "CURRENT_TIMESTAMP",
        "NOW",
        "OUTFILE",
    )
)


def guess(cursor: Cursor, reading: Reading, note: Note) -> StatementLineage:
    """Return the tables that can be seen, UNKNOWN when there are none; the note stays in the answer."""
    first = next((word.upper for word in cursor.words if word.kind == "word"), "")
    if first not in _KINDS:
        return unknown(note.code, note.message)._replace(notes=(note._replace(hides="tables"),))
    ctes = _cte_names(cursor)
    seen = _Seen(cursor, reading, ctes)
    seen.walk()
    if not seen.inputs and not seen.outputs:
        return unknown(note.code, note.message)._replace(notes=(note._replace(hides="tables"),))
    kind = _KINDS[first]
    if kind == "SELECT" and seen.outputs:
        kind = "INSERT"
    if kind == "CREATE_TABLE":
        kind = _created(cursor, has_inputs=bool(seen.inputs))
    outputs = dict.fromkeys(seen.outputs) if kind != "SELECT" else {}
    guessed = Note(
        "guessed_tables", "the tables were found by their places in the text", note.start, note.end, hides="tables"
    )
    return StatementLineage(
        kind,
        tuple(dict.fromkeys(seen.inputs)),
        tuple(outputs),
        notes=(note._replace(hides="tables"), guessed),
        state=PARTLY,
        confidence=_CONFIDENCE,
    )


def _created(cursor: Cursor, *, has_inputs: bool) -> str:
    if any(word.upper == "VIEW" for word in cursor.words[:6]):
        return "CREATE_VIEW"
    return "CREATE_TABLE_AS" if has_inputs else "CREATE_TABLE"


_MATERIALIZED = ("MATERIALIZED", "NOT")


def _cte_names(cursor: Cursor) -> set[str]:
    """Return the names behind which `AS (` stands: those of CTEs (and of named windows, which are no tables either)."""
    found: set[str] = set()
    words = cursor.words
    for index, word in enumerate(words[:-1]):
        if word.upper != "AS" or words[index + 1].upper not in ("(", *_MATERIALIZED):
            continue
        back = index - 1
        if words[back].text == ")":  # a list of columns
            while back >= 0 and words[back].text != "(":
                back -= 1
            back -= 1
        if back > 0 and words[back - 1].upper in ("WITH", "RECURSIVE", ",", "WINDOW"):
            found.add(words[back].text.strip('"`[]').lower())
    return found


class _Seen:
    """The tables that a walk over the tokens sees."""

    def __init__(self, cursor: Cursor, reading: Reading, ctes: set[str]) -> None:
        self._cursor = cursor
        self._reading = reading
        self._ctes = ctes
        self._openers: list[str] = []
        self.inputs: list[TableName] = []
        self.outputs: list[TableName] = []

    def walk(self) -> None:
        """Go over all tokens once."""
        cursor = self._cursor
        while not cursor.is_done:
            word = cursor.word()
            before = cursor.word(-1).upper if cursor.at else ""
            cursor.at += 1
            if word.text == "(":
                self._openers.append(before)
            elif word.text == ")" and self._openers:
                self._openers.pop()
            elif word.upper in _READS:
                self._read(word.upper, before)
            elif word.upper in ("INTO", "UPDATE", "OVERWRITE", "TRUNCATE", "TABLE", "VIEW"):
                self._write(word.upper, before)

    def _read(self, word: str, before: str) -> None:
        inside = self._openers[-1] if self._openers else ""
        if word == "FROM" and (before in ("DISTINCT", "DELETE") or inside in _FROM_IN):
            if before == "DELETE":
                self._take(self.outputs)
            return
        if word == "USING" and self._cursor.word().text == "(":
            return
        while self._take(self.inputs):
            self._skip_alias()
            if not (word in ("FROM", "USING") and self._cursor.take(",")):
                return

    def _write(self, word: str, before: str) -> None:
        cursor = self._cursor
        if word == "UPDATE" and before in ("FOR", "DO", "KEY", "THEN", "ON"):
            return
        if word in ("TABLE", "VIEW"):
            if before in ("CREATE", "OR", "REPLACE", "TEMP", "TEMPORARY", "TRUNCATE", "MATERIALIZED", "EXTERNAL"):
                cursor.take("IF", "NOT", "EXISTS")
                self._take(self.outputs)
            return
        cursor.take("INTO")
        cursor.take("TABLE")
        if cursor.sees("IF") or (cursor.sees("FUNCTION") and cursor.word(2).text == "("):
            return
        self._take(self.outputs, is_target=True)

    def _skip_alias(self) -> None:
        cursor = self._cursor
        cursor.take("AS")
        if cursor.word(1).text == "," and cursor.word().kind in ("word", "quoted"):
            cursor.at += 1

    def _take(self, into: list[TableName], *, is_target: bool = False) -> bool:
        cursor = self._cursor
        cursor.take("ONLY")
        word = cursor.word()
        if word.kind == "string" and word.text[:1] == "'":
            text = cursor.literal() or ""
            if "/" in text or "." in text:
                into.append(path(text)._replace(form=PATH))
            return True
        if (word.kind not in ("word", "quoted") and word.text[:1] not in '"`[') or word.upper in _NO_NAMES:
            return False
        begin = cursor.at
        table = table_at(cursor, self._reading)
        if table is None:
            return False
        if cursor.word().text == "(" and not is_target and into is self.inputs:  # a function
            cursor.at = begin + 1
            return False
        if table.name.lower() in self._ctes and cursor.at - begin == 1:
            return True
        into.append(table)
        return True
