"""SQL text cut into tokens by one regular expression a dialect; nothing is lost, nothing is understood.

Linear in the text: every repetition is possessive. Text that no dialect would take (a quote never closed) runs to the
end as the token it began as. Source: the manuals named in `_dialects`; nested comments as in PostgreSQL 4.1.5.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from whence.sql.text._dialects import (
    BACKSLASH,
    BRACKETED_NAMES,
    DOLLAR_QUOTED,
    DOUBLE_QUOTED_STRINGS,
    HASH_COMMENTS,
    NO_NESTED_COMMENTS,
    SLASH_COMMENTS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

JINJA = r"\{\{.*?(?:\}\}|\Z)|\{%.*?(?:%\}|\Z)|\{\#.*?(?:\#\}|\Z)"
_NESTING = 6
_LONGEST = 300  # letters of a name in brackets; without a bound, brackets never closed would cost their square
_RAW_OF = {"[": "]", "(": ")", "{": "}", "<": ">"}


class Token(NamedTuple):
    """A piece of the text. `kind`: space, comment, string, quoted, bind, number, word, other."""

    kind: str
    text: str


def has_tags(sql: str) -> bool:
    """Whether a text holds Jinja tags or comments."""
    return "{%" in sql or "{#" in sql


def comment_pattern(dialect: str) -> str:
    """Return the expression of a dialect's comments."""
    block = r"/\*.*?(?:\*/|\Z)"
    if dialect not in NO_NESTED_COMMENTS:
        nested = r"(?!)"
        for _ in range(_NESTING):
            nested = rf"/\*(?>[^*/]++|\*(?!/)|/(?!\*)|{nested})*+\*/"
        block = rf"{nested}|/\*(?>[^*/]++|\*(?!/)|/(?!\*)|{nested})*+\Z|{block}"
    line = r"--[^\n]*+"
    if dialect in HASH_COMMENTS:
        line += r"|\#(?![{])[^\n]*+"
    if dialect in SLASH_COMMENTS:
        line += r"|//[^\n]*+"
    return f"{line}|{block}"


def string_pattern(dialect: str) -> str:
    """Return the expression of a dialect's single-quoted strings with all their prefixes, and of dollar quotes."""
    plain = r"'[^']*+(?:''[^']*+)*+(?:'|\Z)"
    escaped = r"'(?>[^'\\]++|''|\\.)*+(?:'|\\?\Z)"
    usual = escaped if dialect in BACKSLASH else plain
    kinds = [rf"(?:[nNxXbB]|_[a-z0-9]++|[uU]&)?{usual}"]
    if dialect == "bigquery":
        triple = "|".join(rf"{q}(?>[^{q[0]}\\]++|\\.|{q[0]}(?!{q[1:]}))*+(?:{q}|\\?\Z)" for q in ("'''", '"""'))
        kinds = [rf"(?:[bB][rR]?|[rR][bB]?)?(?:{triple})", rf"(?:[bB][rR]?|[rR][bB]?)?{usual}"]
    elif dialect in ("spark", "databricks"):
        kinds.insert(0, r"[rR]'[^']*+(?:'|\Z)")
    elif dialect not in ("tsql", "fabric", "sqlite", "oracle"):
        kinds.insert(0, rf"[eE]{escaped}")
    if dialect in ("oracle", ""):
        marks = "|".join(rf"{re.escape(a)}.*?(?:{re.escape(b)}'|\Z)" for a, b in _RAW_OF.items())
        kinds.insert(0, rf"[nN]?[qQ]'(?:{marks}|(?P<mark>[^\s\w]).*?(?:(?P=mark)'|\Z))")
    return "|".join(kinds)


def dollar_pattern(dialect: str) -> str:
    """Return the expression of dollar quotes; a dollar inside a name opens none."""
    if dialect not in DOLLAR_QUOTED:
        return r"(?!)"
    if dialect in ("snowflake", "databricks"):
        return r"(?<![\w$])\$\$.*?(?:\$\$|\Z)"
    return r"(?<![\w$])\$(?P<tag>[^\W\d]\w*+)?\$.*?(?:(?(tag)\$(?P=tag)\$|\$\$)|\Z)"


def double_pattern(dialect: str) -> str:
    """Return the expression of what stands in double quotes."""
    if dialect not in DOUBLE_QUOTED_STRINGS:
        return r'(?:[uU]&)?"[^"]*+(?:""[^"]*+)*+(?:"|\Z)'
    raw = r'[rR]"[^"]*+(?:"|\Z)|' if dialect in ("spark", "databricks") else ""
    prefix = r"(?:[bB][rR]?|[rR][bB]?)?" if dialect == "bigquery" else ""
    return raw + prefix + r'"(?>[^"\\]++|""|\\.)*+(?:"|\\?\Z)'


def name_pattern(dialect: str) -> str:
    """Return the expression of names in backticks or brackets."""
    brackets = rf"|\[[^\]\n]{{0,{_LONGEST}}}+(?:\]\][^\]\n]{{0,{_LONGEST}}}+)*+\]" if dialect in BRACKETED_NAMES else ""
    return r"`[^`]*+(?:``[^`]*+)*+(?:`|\Z)" + brackets


@lru_cache(maxsize=64)
def scanner(dialect: str) -> re.Pattern[str]:
    """Return the compiled expression whose matches follow one another without gaps; groups name the kinds."""
    at_sign = "" if dialect in ("mysql", "snowflake", "doris", "starrocks") else r"|(?<![@\w])@[^\W\d]\w*+"
    parts = (
        ("space", r"\s++"),
        ("comment", comment_pattern(dialect)),
        ("dollar", dollar_pattern(dialect)),
        ("string", string_pattern(dialect)),
        ("double", double_pattern(dialect)),
        ("quoted", name_pattern(dialect)),
        ("cast", r"::"),
        ("bind", r"%\(\w++\)s|%s|(?<![\w:]):[^\W\d]\w*+|\?(?![|&?])|(?<![\w$])\$\d++" + at_sign),
        ("number", r"(?<![\w$.])(?:0[xX][0-9a-fA-F]++|(?:\d[\d_]*+\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?)(?![\w])"),
        ("word", r"@*+[^\W\d][\w$]*+|\d[\w$]*+"),
        ("other", r"%%|<=|>=|<>|!=|\|\||[^\w\s]|\w"),
    )
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in parts), re.DOTALL)


def scan(sql: str, dialect: str) -> Iterator[Token]:
    """Cut the text into tokens whose texts joined give the text again."""
    double = "string" if dialect in DOUBLE_QUOTED_STRINGS else "quoted"
    kinds = {"dollar": "string", "double": double, "cast": "other", "tag": "string", "mark": "string"}
    for match in scanner(dialect).finditer(sql):
        kind = match.lastgroup or "other"
        yield Token(kinds.get(kind, kind), match.group())
