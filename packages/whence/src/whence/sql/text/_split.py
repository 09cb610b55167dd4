"""A script cut into statements, so that one that cannot be read costs only itself.

Cuts at semicolons outside strings, comments, templates and blocks; at `GO`, `/` and `DELIMITER` lines; between cells
of notebooks; before statement words where T-SQL needs no semicolon. A routine, a `DECLARE` or `BEGIN..END` block stays
in one piece. Linear in the text. It must not know what statements mean. Sources: psql, sqlcmd, mysql and SQL*Plus
manuals on separators.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from whence.sql.text._blocks import Blocks
from whence.sql.text._dialects import MYSQL, NOTEBOOKS, PSQL, T_SQL
from whence.sql.text._scan import (
    JINJA,
    comment_pattern,
    dollar_pattern,
    double_pattern,
    name_pattern,
    string_pattern,
)
from whence.sql.text._tsql import Batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Piece(NamedTuple):
    """One statement of a script: its text, and where it stands in the script."""

    text: str
    start: int
    end: int


class Mark(NamedTuple):
    """What a splitter needs to see of a token. `kind`: word, text (strings, names), comment, stop, line, other."""

    kind: str
    text: str
    start: int
    end: int
    is_first: bool = False
    """Whether it is the first of its line."""


_COPY_DATA = re.compile(r"\s*COPY\b.*\bFROM\s+STDIN\b", re.IGNORECASE | re.DOTALL)
_END_OF_DATA = re.compile(r"^\\\.[ \t\r]*$", re.MULTILINE)
_DELIMITER = re.compile(r"[ \t]*DELIMITER[ \t]+(\S+)", re.IGNORECASE)
_HAS_GO = re.compile(r"^[ \t]*GO\b", re.IGNORECASE | re.MULTILINE)
_GO = r"\\(?:g(?:exec|set|desc|x)?+|crosstabview|watch)\b"
_SLASH_LINE = re.compile(r"^[ \t]*/[ \t\r]*$", re.MULTILINE)
_PSQL_LINE = re.compile(rf"^[ \t]*\\[a-zA-Z!]|{_GO}[^\n]*$", re.MULTILINE)
_DELIMITER_LINE = re.compile(r"^[ \t]*DELIMITER\b", re.IGNORECASE | re.MULTILINE)
_SLASHED, _DELIMITED = frozenset(("", "oracle")), MYSQL | {""}
_CELL = "-- COMMAND ----------"
_PREFIXED = re.compile(r"[A-Za-z&]['\"]")
_BLOCK_WORD = re.compile(
    r"\b(?:BEGIN|DECLARE|PROCEDURE|FUNCTION|TRIGGER|PACKAGE|EVENT|TASK|LOOP|WHILE|REPEAT|END\s+(?:IF|FOR|CASE))\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=64)
def _marker(dialect: str) -> re.Pattern[str]:
    """Return the expression that finds what matters to a splitter and skips the rest."""
    lines = [r"(?i:GO)(?:[ \t]++\d++)?[ \t]*+;?+[ \t]*+(?:--[^\n]*+)?(?=\r?\n|\Z)"] if dialect in ("", *T_SQL) else []
    if dialect in _SLASHED:
        lines.append(r"/[ \t]*+(?=\r?\n|\Z)")
    if dialect in PSQL:
        lines.append(r"\\[a-zA-Z!][^\n]*+")
    if dialect in _DELIMITED:
        lines.append(r"(?i:DELIMITER)[ \t]++\S++[^\n]*+")
    if dialect in NOTEBOOKS:
        lines.append(r"--[ ]COMMAND[ ]-{10}[^\n]*+")
    line = "|".join(lines) or r"(?!)"
    parts = (
        ("plain", r"(?!(?i:GO|DELIMITER)\b)[^\W\d]\w*+(?![\w$#@'\"&])"),
        ("line", rf"(?<![^\n])[ \t]*+(?:{line})"),
        ("jinja", JINJA),
        ("comment", comment_pattern(dialect)),
        ("text", "|".join((dollar_pattern(dialect), string_pattern(dialect), double_pattern(dialect)))),
        ("name", name_pattern(dialect)),
        ("go", rf"{_GO}[^\n]*+" if dialect in PSQL else r"(?!)"),
        ("stop", r";(?!\s*+')" if dialect in T_SQL else ";"),  # OPENROWSET('..', 'server'; 'user'; 'password', ..)
        ("word", r"[@#]*+[^\W\d][\w$#@]*+"),
        ("number", r"\d[\w.]*+"),
        ("other", r"[^\s\w]"),
    )
    either = "|".join(f"(?P<{name}>{pattern})" for name, pattern in parts)
    return re.compile(rf"[ \t\r\f\v]*+(?:{either})|\n", re.DOTALL)


_KINDS = {"plain": "word", "jinja": "text", "name": "text", "tag": "text", "mark": "text", "number": "text"}


def _marks(sql: str, dialect: str) -> Iterator[Mark]:
    is_first = True
    for match in _marker(dialect).finditer(sql):
        kind = match.lastgroup
        if kind is None:
            is_first = True
            continue
        start, end = match.span(kind)
        yield Mark(_KINDS.get(kind, kind), match.group(kind), start, end, is_first)
        is_first = False


def split(sql: str, dialect: str) -> list[Piece]:
    """Cut a script into statements with their places; what lies between them separates and means nothing.

    A text of comments alone is one piece. Cost: about 1 us for one statement, 0.3 us a word for a script.
    """
    if _is_single(sql, dialect):
        return _trimmed(sql, [(0, len(sql))])
    if _is_plain(sql, dialect):
        return _trimmed(sql, (match.span() for match in _statement(dialect).finditer(sql)))
    if dialect in _DELIMITED and _DELIMITER.search(sql):
        spans = list(_delimited(sql, dialect))
    else:
        spans = list(_spans(sql, dialect, 0, len(sql)))
    return _trimmed(sql, spans)


def _is_single(sql: str, dialect: str) -> bool:
    if dialect in T_SQL:
        return False
    if dialect in NOTEBOOKS and _CELL in sql:
        return False
    first = sql.find(";")
    if first >= 0 and sql[first:].strip("; \t\r\n"):
        return False
    return not _has_line(sql, dialect) and (dialect != "" or not _HAS_GO.search(sql))


def _has_line(sql: str, dialect: str) -> bool:
    """Whether a line of the text may separate statements or be a command, in a dialect that has such lines."""
    return bool(
        (dialect in _SLASHED and "/" in sql and _SLASH_LINE.search(sql))
        or (dialect in PSQL and "\\" in sql and _PSQL_LINE.search(sql))
        or (dialect in _DELIMITED and _DELIMITER_LINE.search(sql))
    )


def _is_plain(sql: str, dialect: str) -> bool:
    """Whether only semicolons outside quotes and comments matter: no blocks, lines, prefixed strings or rows."""
    if dialect in T_SQL or _BLOCK_WORD.search(sql) or _PREFIXED.search(sql):
        return False
    if dialect in NOTEBOOKS and _CELL in sql:
        return False
    if (dialect in PSQL and "\\" in sql) or _has_line(sql, dialect):
        return False
    return "STDIN" not in sql.upper() and (dialect != "" or not _HAS_GO.search(sql))


@lru_cache(maxsize=64)
def _statement(dialect: str) -> re.Pattern[str]:
    """Return the expression of everything up to a semicolon."""
    opaque = (JINJA, comment_pattern(dialect), dollar_pattern(dialect), string_pattern(dialect))
    either = "|".join((*opaque, double_pattern(dialect), name_pattern(dialect)))
    return re.compile(rf"(?>[^;'\"`\-/{{$\#\[\\]++|{either}|[^;])++", re.DOTALL)


def _trimmed(sql: str, spans: Iterable[tuple[int, int]]) -> list[Piece]:
    pieces: list[Piece] = []
    for start, end in spans:
        text = sql[start:end]
        bare = text.rstrip("; \t\r\n\f\v\ufeff\x00")
        inner = bare.lstrip("; \t\r\n\f\v\ufeff\x00")
        if inner:
            at = start + len(bare) - len(inner)
            pieces.append(Piece(inner, at, at + len(inner)))
    return pieces


def _delimited(sql: str, dialect: str) -> Iterator[tuple[int, int]]:
    """Cut at the delimiters that DELIMITER lines set; where it is the semicolon, as usual."""
    at = 0
    delimiter = ";"
    for mark in [*_marks(sql, dialect), Mark("line", "DELIMITER ;", len(sql), len(sql))]:
        found = _DELIMITER.match(mark.text) if mark.kind == "line" else None
        if found is None:
            continue
        if delimiter == ";":
            yield from _spans(sql, dialect, at, mark.start)
        else:
            yield from _by_text(sql, dialect, (at, mark.start), delimiter)
        delimiter, at = found.group(1), mark.end


def _by_text(sql: str, dialect: str, span: tuple[int, int], delimiter: str) -> Iterator[tuple[int, int]]:
    """Cut at a delimiter of any letters where it does not stand in a string or comment."""
    start, end = span
    opaque = "|".join((comment_pattern(dialect), string_pattern(dialect), double_pattern(dialect)))
    pattern = re.compile(rf"(?P<stop>{re.escape(delimiter)})|{opaque}", re.DOTALL)
    for match in pattern.finditer(sql, start, end):
        if match.group("stop"):
            yield start, match.start()
            start = match.end()
    yield start, end


def _spans(sql: str, dialect: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the statements between two places of the text."""
    marks = list(_marks(sql[start:end] if start or end < len(sql) else sql, dialect))
    if start:
        marks = [mark._replace(start=mark.start + start, end=mark.end + start) for mark in marks]
    cuts = _Cuts(sql, dialect, marks)
    yield from cuts.spans(start, end)


class _Cuts:
    """Finds where the statements of one list of marks begin and end."""

    def __init__(self, sql: str, dialect: str, marks: list[Mark]) -> None:
        self._sql = sql
        self._dialect = dialect
        self._marks = marks
        self._blocks_allowed = bool(_BLOCK_WORD.search(sql))

    def spans(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield each statement's span, in order."""
        index = 0
        at = start
        while index < len(self._marks):
            index, stop, following = self._one(index, end)
            yield at, stop
            at = following
            while index < len(self._marks) and self._marks[index].start < at:
                index += 1
        if at < end:
            yield at, end

    def _one(self, index: int, end: int) -> tuple[int, int, int]:
        """Return, for the statement that begins at a mark: the next mark, its end, where the next one begins."""
        first = index
        follower = Batch() if self._dialect in T_SQL else Blocks(self._dialect, allowed=self._blocks_allowed)
        seen_words = False
        while index < len(self._marks):
            mark = self._marks[index]
            if mark.kind == "comment":
                index += 1
                continue
            cut = self._separator(mark, first, is_open=follower.is_open, is_empty=not seen_words)
            if cut is not None:
                return index + 1, cut[0], cut[1]
            if follower.begins(mark, self._marks, index) and seen_words:
                return index, mark.start, mark.start
            seen_words = seen_words or mark.kind != "stop"
            index += 1
        if follower.is_open and self._blocks_allowed and isinstance(follower, Blocks):
            self._blocks_allowed = False  # a block that never ends is none: what follows is cut at every semicolon
            return self._one(first, end)
        return index, end, end

    def _separator(self, mark: Mark, first: int, *, is_open: bool, is_empty: bool) -> tuple[int, int] | None:
        """Return where a statement ends and the next begins, when this mark separates them."""
        if mark.kind == "stop":
            return None if is_open else self._after_stop(mark, first)
        if mark.kind == "go":
            return mark.start, mark.end
        if mark.kind != "line":
            return None
        if not mark.text.lstrip().startswith("\\"):
            return mark.start, mark.end
        if is_empty:  # a command of psql is a statement of its own, ended by its line
            return mark.end, mark.end
        return None

    def _after_stop(self, mark: Mark, first: int) -> tuple[int, int]:
        """Skip the rows that follow COPY FROM STDIN in a dump."""
        if self._dialect in PSQL and self._marks[first].text.upper() == "COPY":
            statement = self._sql[self._marks[first].start : mark.start]
            if len(statement) < 10_000 and _COPY_DATA.match(statement):  # noqa: PLR2004  no COPY of a dump is longer
                found = _END_OF_DATA.search(self._sql, mark.end)
                return mark.start, found.end() if found else len(self._sql)
        return mark.start, mark.end
