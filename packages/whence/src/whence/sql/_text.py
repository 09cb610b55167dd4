"""SQL text before it is read: scanned once, split at semicolons, placeholders made harmless, literals taken out.

It must not import a parser: `redact` and `fingerprint` are what leaves the process when the statement itself must not,
and they have to work on text that no parser understands. When in doubt a piece of text counts as a literal and goes.
Source: the lexical sections of the PostgreSQL, MySQL, SQLite and BigQuery manuals; placeholders as in PEP 249.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_ALIASES = {
    "postgresql": "postgres",
    "cockroachdb": "postgres",
    "mariadb": "mysql",
    "mssql": "tsql",
    "awsathena": "athena",
    "redshift_connector": "redshift",
    "": "",
}
_DOUBLE_QUOTED_STRINGS = frozenset(
    ("mysql", "bigquery", "spark", "databricks", "hive", "singlestore", "doris", "starrocks")
)
_BACKSLASH = _DOUBLE_QUOTED_STRINGS | {"clickhouse", "snowflake"}
_DOLLAR_QUOTED = frozenset({"postgres", "snowflake", "redshift", "duckdb", ""})
# Statements whose literals say where data lies; they are read as they are. (Masking them would lose the file, the role,
# the table.)
_LITERALS_CARRY_LINEAGE = re.compile(
    r"\b(?:COPY|UNLOAD|EXPORT|LOAD|EXTERNAL|INFILE|OUTFILE|EXECUTE)\b|\b(?:LOCATION|IDENTIFIER|read_\w+|\w+_scan|s3|url|file)\s*[('=]",
    re.IGNORECASE,
)
_ROUTINE = re.compile(
    r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:\w+\s+)?(?:PROCEDURE|FUNCTION|TRIGGER|PACKAGE)\b", re.IGNORECASE
)
_VALUE_BEFORE = frozenset({"=", "<>", "!=", "<", ">", "<=", ">=", "LIKE", "GLOB", "IS", "NOT", "MATCH", "||"})
_ORDINAL_DIGITS = 2  # numbers up to 99 may be positions in ORDER BY 1


def dialect_name(name: str | None) -> str:
    """Return sqlglot's name of a dialect that SQLAlchemy or a person named; "" means no particular one."""
    lowered = (name or "").lower()
    return _ALIASES.get(lowered, lowered)


class Token(NamedTuple):
    """A piece of the text. `kind`: space, comment, string, quoted, bind, number, word, other."""

    kind: str
    text: str


def _scanner(dialect: str) -> re.Pattern[str]:
    plain = r"'(?:[^']|'')*(?:'|\Z)"
    escaped = r"'(?:[^'\\]|''|\\.)*(?:'|\Z)"
    double = r'"(?:[^"\\]|""|\\.)*(?:"|\Z)' if dialect in _DOUBLE_QUOTED_STRINGS else r'"(?:[^"]|"")*(?:"|\Z)'
    dollar = r"\$(?P<tag>[A-Za-z_]\w*)?\$.*?(?:(?(tag)\$(?P=tag)\$|\$\$)|\Z)"
    usual = escaped if dialect in _BACKSLASH else plain
    at_sign = "" if dialect == "mysql" else r"|(?<!@)@[A-Za-z_]\w*"  # in MySQL it is a variable
    parts = (
        ("space", r"\s+"),
        ("comment", r"--[^\n]*|/\*.*?(?:\*/|\Z)" + (r"|\#[^\n]*" if dialect in ("mysql", "bigquery") else "")),
        ("dollar", dollar if dialect in _DOLLAR_QUOTED else r"(?!)"),
        ("string", rf"(?:[eE]|[bB]?[rR][bB]?){escaped}|(?:[nNxXbB]|[uU]&)?{usual}"),
        ("double", double),
        ("quoted", r"`(?:[^`]|``)*(?:`|\Z)" + (r"|\[[^\]\n]*\]" if dialect == "tsql" else "")),
        ("cast", r"::"),
        ("bind", r"%\(\w+\)s|%s|(?<![\w:]):[A-Za-z_]\w*|\?(?![|&?])|\$\d+" + at_sign),
        ("number", r"(?<![\w$.])(?:0[xX][0-9a-fA-F]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w])"),
        ("word", r"@*[^\W\d][\w$]*|[\d][\w$]*"),
        ("other", r"%%|<=|>=|<>|!=|\|\||[^\w\s]"),
    )
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in parts), re.DOTALL)


_SCANNERS: dict[str, re.Pattern[str]] = {}


def scan(sql: str, dialect: str) -> Iterator[Token]:
    """Cut the text into tokens whose texts joined give the text again."""
    pattern = _SCANNERS.get(dialect)
    if pattern is None:
        pattern = _SCANNERS[dialect] = _scanner(dialect)
    double = "string" if dialect in _DOUBLE_QUOTED_STRINGS else "quoted"
    kinds = {"dollar": "string", "double": double, "cast": "other", "tag": "string"}
    for match in pattern.finditer(sql):
        kind = match.lastgroup or "other"
        yield Token(kinds.get(kind, kind), match.group())


def split(sql: str, dialect: str) -> list[str]:
    """Cut a script into statements, so that one that cannot be read costs no other. A routine stays in one piece."""
    if ";" not in sql.rstrip().rstrip(";") or _ROUTINE.match(sql):
        whole = sql.strip().rstrip(";").strip()
        return [whole] if whole else []
    statements: list[str] = []
    current: list[str] = []
    significant = False
    for token in scan(sql, dialect):
        if token.text == ";":
            if significant:
                statements.append("".join(current).strip())
            current, significant = [], False
            continue
        significant = significant or token.kind not in ("space", "comment")
        current.append(token.text)
    if significant:
        statements.append("".join(current).strip())
    return statements


def redact(sql: str, dialect: str | None = None, *, max_chars: int = 10_000) -> str:
    """Return the statement without literals and comments: each is `?`, as placeholders are; equal rows are folded."""
    name = dialect_name(dialect)
    pieces: list[str] = []
    for token, is_literal in _literals(sql, name):
        if token.kind in ("space", "comment"):
            pieces.append(" ")
        elif is_literal or token.kind in ("bind", "number"):
            pieces.append("?")
        else:
            pieces.append("%" if token.text == "%%" else token.text)
    text = _fold(" ".join("".join(pieces).split()))
    return text if len(text) <= max_chars else text[:max_chars] + " ..."


def fingerprint(redacted: str) -> str:
    """Return a short stable name of a redacted statement: 16 bytes of BLAKE2b as hex, blind to letter case."""
    return blake2b(redacted.lower().encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def template(sql: str, dialect: str) -> str:
    """Return the statement as the parser shall see it, one text for many: without literals and comments.

    Statements whose literals carry lineage (COPY, LOCATION, read_parquet) keep them.
    """
    if _LITERALS_CARRY_LINEAGE.search(sql):
        return neutralise(sql, dialect)
    pieces: list[str] = []
    in_values = False
    is_ddl = bool(re.match(r"\s*(?:CREATE|ALTER)\b", sql, re.IGNORECASE))
    for token, is_literal in _literals(sql, dialect):
        if token.kind == "word":
            in_values = token.text.upper() in ("VALUES", "NULL", "DEFAULT") and (
                in_values or token.text.upper() == "VALUES"
            )
            pieces.append(token.text)
        elif token.kind == "comment":
            pieces.append(" ")
        elif is_literal:
            pieces.append("''")
        elif token.kind == "number":
            pieces.append(token.text if is_ddl or (len(token.text) <= _ORDINAL_DIGITS and not in_values) else "0")
        else:
            pieces.append(_plain(token, sql, dialect))
    return _fold(_BEFORE_HOLE.sub(" ", "".join(pieces)).strip())


def neutralise(sql: str, dialect: str) -> str:
    """Return the statement with one form of placeholder that every parser takes, and `%%` as `%`.

    sqlglot refuses `%s` and `%(x)s` in most dialects, and reads `?::` as an operator in all of them.
    """
    return "".join(_plain(token, sql, dialect) for token in scan(sql, dialect))


def _plain(token: Token, sql: str, dialect: str) -> str:
    if token.kind == "bind" and token.text[0] in "%?:$":
        return " $1" if dialect == "duckdb" else " :w"
    if token.text == "%%" and ("%s" in sql or "%(" in sql):
        return "%"
    return token.text


def _literals(sql: str, dialect: str) -> Iterator[tuple[Token, bool]]:
    """Yield each token and whether it is a literal."""
    if dialect != "sqlite" or '"' not in sql:
        for token in scan(sql, dialect):
            yield token, token.kind == "string"
        return
    yield from _sqlite_literals(list(scan(sql, dialect)))


def _sqlite_literals(tokens: list[Token]) -> Iterator[tuple[Token, bool]]:
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


_BEFORE_HOLE = re.compile(r"\s+(?=(?::w|\$1)\b)")
_HOLE = r"(?:\?|:w|\$1)(?:::\w+)?"
_COMMA = re.compile(r"(?<=[\w?')])\s*,\s*(?=[?'0(:$])")
_ROW = re.compile(rf"(\((?:{_HOLE}|''|NULL|DEFAULT|TRUE|FALSE|-?0|[\s,])*\))(?:\s*,\s*\1)+", re.IGNORECASE)
_LIST = re.compile(rf"(\bIN\s*\(\s*)({_HOLE}|''|0)(?:\s*,\s*\2)+(\s*\))", re.IGNORECASE)


def _fold(text: str) -> str:
    """Fold equal rows of VALUES and long IN lists into one."""
    return _LIST.sub(r"\1\2\3", _ROW.sub(r"\1", _COMMA.sub(", ", text)))
