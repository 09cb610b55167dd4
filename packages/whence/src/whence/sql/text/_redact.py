"""Statements without their literals: what may leave the process when the statement itself must not.

It works on text that no parser understands. When in doubt a piece of text counts as a literal and goes: text in double
quotes where it may be a string, whatever follows a quote that two dialects would close at different places, the rows
after COPY FROM STDIN and the data of ClickHouse's INSERT .. FORMAT. Comments go, too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whence.sql.text._dialects import KNOWN, MAYBE_STRINGS, PSQL, dialect_name
from whence.sql.text._scan import Token, scan

if TYPE_CHECKING:
    from collections.abc import Iterator

_VALUE_BEFORE = frozenset({"=", "<>", "!=", "<", ">", "<=", ">=", "LIKE", "GLOB", "IS", "NOT", "MATCH", "||"})
_COPY_ROWS = re.compile(
    r"(\bFROM\s+STDIN\b[^;]*;)[^\n]*\n.*?(?:^\\\.[ \t\r]*$|\Z)", re.IGNORECASE | re.DOTALL | re.MULTILINE
)
_INLINE_DATA = re.compile(r"(\bINSERT\b(?:(?!;).)*?\bFORMAT\s+)(?!Values\b)(\w+)\s.*\Z", re.IGNORECASE | re.DOTALL)
_PASSWORD = re.compile(r"(?i)\b(IDENTIFIED\s+BY(?:\s+VALUES)?\s+)(?!['\"])\S+")


def redact(sql: str, dialect: str | None = None, *, max_chars: int = 10_000) -> str:
    """Return the statement without literals and comments: each is `?`, as placeholders are; equal rows are folded."""
    name = dialect_name(dialect)
    name = name if name in KNOWN else ""
    pieces: list[str] = []
    for token, is_literal in _literals(_without_data(sql, name), name):
        if token.kind in ("space", "comment"):
            pieces.append(" ")
        elif is_literal or token.kind in ("bind", "number"):
            pieces.append("?")
        else:
            pieces.append("%" if token.text == "%%" else token.text)
    text = fold(" ".join("".join(pieces).split()))
    return text if len(text) <= max_chars else text[:max_chars] + " ..."


def fingerprint(redacted: str) -> str:
    """Return a short stable name of a redacted statement: 16 bytes of BLAKE2b as hex, blind to letter case."""
    from hashlib import blake2b  # noqa: PLC0415  loads OpenSSL: 3 ms that reading does not need

    return blake2b(redacted.lower().encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _without_data(sql: str, dialect: str) -> str:
    """Take out rows that stand in the text without quotes."""
    if dialect in PSQL and "STDIN" in sql.upper():
        sql = _COPY_ROWS.sub(r"\1 ? ", sql)
    if dialect in ("clickhouse", "") and "FORMAT" in sql.upper():
        sql = _INLINE_DATA.sub(r"\1\2 ?", sql)
    return _PASSWORD.sub(r"\1? ", sql) if "IDENTIFIED" in sql.upper() else sql


def _literals(sql: str, dialect: str) -> Iterator[tuple[Token, bool]]:
    """Yield each token and whether it is a literal."""
    if not dialect and ("\\'" in sql or '\\"' in sql):
        yield from _in_doubt(sql)
    elif dialect in MAYBE_STRINGS and '"' in sql:
        yield from _maybe_strings(list(scan(sql, dialect)))
    else:
        for token in scan(sql, dialect):
            yield token, token.kind == "string"


def _in_doubt(sql: str) -> Iterator[tuple[Token, bool]]:
    """Read a text of no known dialect in two ways; where they part, the rest counts as one literal."""
    ways = [_maybe_strings(list(scan(sql, "")))], list(scan(sql, "mysql"))
    for (token, is_literal), other in zip(ways[0][0], ways[1], strict=False):
        if token.text != other.text:
            yield Token("string", ""), True
            return
        yield token, is_literal or other.kind == "string"


def _maybe_strings(tokens: list[Token]) -> Iterator[tuple[Token, bool]]:
    """SQLite reads "text" as a string where no column has that name: so it is one wherever a value stands."""
    before, listed = "", False
    for index, token in enumerate(tokens):
        literal = token.kind == "string"
        if token.kind == "quoted" and token.text[0] == '"':
            following = tokens[index + 1].text if index + 1 < len(tokens) else ""
            plain_name = token.text[1:-1].replace("_", "a").replace(" ", "a").isalnum()
            literal = "." not in (before, following) and (listed or before in _VALUE_BEFORE or not plain_name)
        yield token, literal
        if token.kind == "word" and token.text.upper() not in ("NULL", "DEFAULT", "TRUE", "FALSE"):
            listed = token.text.upper() in ("VALUES", "IN")
        if token.kind not in ("space", "comment"):
            before = token.text.upper()


_HOLE = r"(?:\?|:w|\$1)(?:::\w+)?"
_COMMA = re.compile(r"(?<=[\w?')])\s*,\s*(?=[?'0(:$])")
_ROW = re.compile(rf"(\((?>{_HOLE}|''|NULL|DEFAULT|TRUE|FALSE|-?0|[\s,])*+\))(?:\s*,\s*\1)++", re.IGNORECASE)
_LIST = re.compile(rf"(\bIN\s*\(\s*)({_HOLE}|''|0)(?:\s*,\s*\2)+(\s*\))", re.IGNORECASE)


def fold(text: str) -> str:
    """Fold equal rows of VALUES and long IN lists into one."""
    return _LIST.sub(r"\1\2\3", _ROW.sub(r"\1", _COMMA.sub(", ", text)))
