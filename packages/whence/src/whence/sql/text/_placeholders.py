"""What a driver or a template will fill in, made harmless for the parser with equal length: positions stay true.

Where a name stands, letters of Unicode's private use stand in its place: every tokeniser reads them as part of an
ordinary name, and `Holes` puts the true text back into answers. Where a value stands, a literal does. Strings and
comments are left alone. It must not know what a statement means, only what stands before and after a hole.
Source: PEP 249 (paramstyle), the manuals of psql, SQL*Plus, ClickHouse, MyBatis; dbt on ref, source, this, config.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from whence.sql._names import fold_table
from whence.sql._result import TEMPLATE, Note, TableName
from whence.sql.text._dialects import DOUBLE_QUOTED_STRINGS, PSQL
from whence.sql.text._scan import comment_pattern, dollar_pattern, double_pattern, name_pattern, string_pattern

_FIRST_LETTER, _LAST_LETTER = 0xE000, 0xF8FF
_RUN = re.compile("([\ue000-\uf8ff])\\1*")
_MAYBE = re.compile(r"%[sbt]\b|%\(|%%|\?|(?<![:\w]):[\w'\"]|\$[\w{(]|\#\{|\{[\w{]|&&?\w")
_COLON = re.compile(r":(?<![\w:]:)[\w'\"]")
_NAME_AFTER = frozenset(
    (
        *(
            "FROM",
            "JOIN",
            "INTO",
            "UPDATE",
            "TABLE",
            "VIEW",
            "OVERWRITE",
            "AS",
            "TRUNCATE",
            "USE",
            "SCHEMA",
            "DATABASE",
        ),
        *("ONLY", "REFERENCES", "CALL", "STRAIGHT_JOIN", "DESCRIBE", "MERGE", "CATALOG", "APPLY", "EXISTS."),
    )
)
_TYPED = ("%b", "%t")
"""Placeholders of psycopg 3 that also say the format; behind an operand they are a remainder of b or t."""
_NUMBER_AFTER = frozenset(
    ("LIMIT", "OFFSET", "TOP", "FETCH", "FIRST", "NEXT", "LAST", "ROWS", "RANGE", "SKIP", "PRECEDING")
)
_CLAUSES = frozenset(
    (
        *(
            "SELECT",
            "FROM",
            "JOIN",
            "WHERE",
            "ON",
            "GROUP",
            "ORDER",
            "HAVING",
            "QUALIFY",
            "SET",
            "VALUES",
            "LIMIT",
            "INTO",
        ),
        *("USING", "WHEN", "THEN", "IN", "RETURNING", "WINDOW", "UNION", "WITH", "UPDATE", "TABLE"),
    )
)
_OPERAND_MAY_FOLLOW = _CLAUSES | frozenset(
    (
        *(
            "AND",
            "OR",
            "NOT",
            "LIKE",
            "ILIKE",
            "RLIKE",
            "REGEXP",
            "BETWEEN",
            "IS",
            "BY",
            "ELSE",
            "CASE",
            "OFFSET",
            "TOP",
        ),
        *(
            "ALL",
            "DISTINCT",
            "INTERVAL",
            "DATE",
            "TIMESTAMP",
            "AS",
            "FETCH",
            "FIRST",
            "NEXT",
            "RETURN",
            "DEFAULT",
            "ANY",
        ),
        *("ESCAPE", "OF", "FOR", "TO", "ROWS", "RANGE", "TIME", "DAY", "EXISTS", "SOME", "END", "TABLESAMPLE", "CALL"),
        *("VIEW", "OVERWRITE", "USE", "TRUNCATE", "SCHEMA", "DATABASE", "ONLY", "MERGE", "EXCEPT", "INTERSECT"),
    )
)
_COMPARES = frozenset(
    ("=", "<", ">", "<=", ">=", "<>", "!=", "LIKE", "ILIKE", "BETWEEN", "LIMIT", "OFFSET", "TOP", "'")
)
_REF = re.compile(
    r"""\b(ref|source)\s*\(\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*(?:,\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*)?"""
    r"""(?:,\s*(?:v|version)\s*=\s*['"]?(\w+)['"]?\s*)?\)"""
)
_VARIABLE = re.compile(r"\{\{[-+]?\s*(\w+)\s*[-+]?\}\}\Z")
_SILENT = re.compile(r"\{\{[-+]?\s*(?:config|log|print|set_sql_header|do)\s*\(", re.IGNORECASE)
_QUOTED_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")


class Hole(NamedTuple):
    """What a run of one private letter stands for: its text, and the table when the text says which."""

    text: str
    table: TableName | None


class Prepared(NamedTuple):
    """A statement as the parser shall see it: as long as it was.

    `holes` are keyed by their letter; `inputs` are tables that templates name where no table can stand.
    """

    text: str
    holes: dict[str, Hole]
    inputs: tuple[TableName, ...]
    notes: tuple[Note, ...]


@lru_cache(maxsize=64)
def _finder(dialect: str) -> re.Pattern[str]:
    forms = [
        r"\{\{.*?(?:\}\}|\Z)",
        r"%\(\w++\)[sdfbt]|%[sbt](?!\w)|%%",
        r"\$\{[^{}]*+\}|\$\(\w++\)|\#\{[^{}]*+\}",
        r"\{[A-Za-z_][\w.]*+(?:\[[^\]{}]*+\])?(?:![rsa])?\}|\{\d*+\}",
        r"(?<![\w:\])\"'`}\[]):(?!(?:new|old|NEW|OLD)\b)\w++",
        r"\?\d*+(?![|&?])",
    ]
    if dialect != "snowflake":
        forms.append(r"(?<![\w$])\$\d++(?![\w$])")
    if dialect == "clickhouse":
        forms.append(r"\{\w++\s*+:\s*+[^{}]++\}")
    if dialect == "oracle":
        forms.append(r"&&?\w++(?:\.(?=[\w.]))?")
    if dialect in PSQL:
        forms.append(r"(?<![\w:\])\"'`}\[]):(?:'\w++'|\"\w++\")")
    is_string = dialect in DOUBLE_QUOTED_STRINGS
    double = double_pattern(dialect)
    parts = (
        ("word", r"(?<![\w%:$&{?])[^\W\d]\w*+(?!['\"&])"),
        ("skip", comment_pattern(dialect)),
        ("hole", "|".join(forms)),
        ("string", "|".join((dollar_pattern(dialect), string_pattern(dialect), *([double] if is_string else [])))),
        ("name", "|".join((name_pattern(dialect), *([] if is_string else [double])))),
        ("other", r"[^\W\d]\w*+"),
        ("number", r"\d[\w.]*+"),
        ("sign", r"<=|>=|<>|!=|[^\s\w]"),
    )
    either = "|".join(f"(?P<{name}>{pattern})" for name, pattern in parts)
    return re.compile(rf"\s*+(?:{either})", re.DOTALL)


_IN_NAME = re.compile(r"\{\{.*?\}\}|\$\{[^{}]*\}|\#\{[^{}]*\}|\{[A-Za-z_][\w.]*\}|\$\(\w+\)", re.DOTALL)


def prepare(sql: str, dialect: str, variables: dict[str, str] | None = None) -> Prepared:
    """Return the statement with names and literals in place of placeholders and template expressions.

    Cost: 2 us when there is none, else about 0.4 us a word.
    """
    if not _may_hold_holes(sql):
        return Prepared(sql, {}, (), ())
    return _Preparer(sql, dialect, variables or {}).run()


def _may_hold_holes(sql: str) -> bool:
    for sign in "%?{$&":
        if sign in sql:
            return _MAYBE.search(sql) is not None
    return ":" in sql and _COLON.search(sql) is not None


class _Preparer:
    """One walk over a statement, which knows what stands before each hole."""

    def __init__(self, sql: str, dialect: str, variables: dict[str, str]) -> None:
        self._sql = sql
        self._dialect = dialect
        self._variables = variables
        self._letters: dict[str, str] = {}
        self._holes: dict[str, Hole] = {}
        self._free = (chr(code) for code in range(_FIRST_LETTER, _LAST_LETTER + 1) if chr(code) not in sql)
        self._inputs: dict[TableName, None] = {}
        self._notes: list[Note] = []
        self._before = ""
        self._clauses = [""]
        self._has_percent = any(sign in sql for sign in ("%s", "%(", *_TYPED))

    def run(self) -> Prepared:
        """Return the prepared statement."""
        pieces: list[str] = []
        at = 0
        before = ""
        for match in _finder(self._dialect).finditer(self._sql):
            kind = match.lastgroup or "sign"
            text = match.group(kind)
            if kind == "word":
                self._before = word = text.upper()
                if word in _CLAUSES and (word != "FROM" or not self._clauses[-1].endswith("(") or before == "("):
                    self._clauses[-1] = word
                before = word
                continue
            before = text
            if kind == "hole":
                made = self._hole(match, text)
            elif kind == "name":
                made = _IN_NAME.sub(self._in_name, text) if "{" in text or "$(" in text else text
                self._before = "name"
            else:
                self._follow(kind, text)
                continue
            if made != text:
                pieces.append(self._sql[at : match.start(kind)])
                pieces.append(made)
                at = match.end()
        pieces.append(self._sql[at:])
        return Prepared("".join(pieces), self._holes, tuple(self._inputs), tuple(self._notes))

    def _follow(self, kind: str, text: str) -> None:
        if kind == "skip":
            return
        self._before = "'" if kind in ("string", "number") else text
        if text == "(":
            clause = self._clauses[-1]
            self._clauses.append(clause + "(" if clause and not clause.endswith("((") else clause)
        elif text == ")" and len(self._clauses) > 1:
            self._clauses.pop()
        elif text == ";":
            self._clauses = [""]

    def _in_name(self, match: re.Match[str]) -> str:
        return self._named(match.group(), None)

    def _hole(self, match: re.Match[str], text: str) -> str:
        if text == "%%":
            self._before = "%"
            return "% " if self._has_percent else text
        if (text[0] == "?" and self._is_operator(match)) or (text in _TYPED and self._follows_operand()):
            self._before = text
            return text
        if _SILENT.match(text):
            return _blank(text)
        is_code = (text[0] in "{&" and ":" not in text) or text[:2] in ("${", "$(", "{{")
        if self._stands_for_name(match, text):
            made = self._named(text, match)
            self._before = "name"
            return made
        if is_code and self._stands_for_clause():
            return self._clause(text, match)
        return self._value(text, match, is_code=is_code)

    def _is_operator(self, match: re.Match[str]) -> bool:
        """Whether `?` asks for a key of a JSON value (PostgreSQL) and is no placeholder."""
        if self._dialect not in ("", "postgres"):
            return False
        return self._follows_operand() and bool(
            re.match(r"\s*(?:'|\?|\$|:|%|ARRAY|\()", self._sql[match.end() : match.end() + 20])
        )

    def _follows_operand(self) -> bool:
        return self._before in ("name", "'", ")", "]") or (
            self._before.isidentifier() and self._before not in _OPERAND_MAY_FOLLOW
        )

    def _stands_for_name(self, match: re.Match[str], text: str) -> bool:
        before = self._sql[match.start("hole") - 1 : match.start("hole")]
        after = self._sql[match.end() : match.end() + 2]
        is_code = text[0] in "{$&#"
        if _is_glued(before, after, is_code=is_code):
            return True
        if is_code and after[:1] == "(" and text[0] != "$":  # the name of a function
            return self._before in _OPERAND_MAY_FOLLOW
        if self._before == "AS":
            return is_code and self._clauses[-1] not in ("", "TABLE", "INTO")
        clause = self._clauses[-1]
        if self._before in _NAME_AFTER:
            return self._before != "FROM" or clause == "FROM"  # no FROM of a call: EXTRACT(x FROM ?)
        if self._before in (",", "("):
            return clause in ("FROM", "FROM(", "JOIN", "JOIN(", "INTO(") or (is_code and clause == "TABLE(")
        return self._before == "USING" and self._clauses[0] not in ("FROM", "JOIN")

    def _stands_for_clause(self) -> bool:
        """Whether a template expression stands where neither a name nor a value can: for a clause or a statement."""
        return self._before in ("", ";") or self._follows_operand()

    def _clause(self, text: str, match: re.Match[str]) -> str:
        self._gather(text)
        self._notes.append(
            Note("template_text", "a template expression that stands for a part of the statement was left out",
                 match.start("hole"), match.end(), "tables")
        )  # fmt: skip
        return _blank(text)

    def _value(self, text: str, match: re.Match[str], *, is_code: bool) -> str:
        if is_code and (self._before not in _COMPARES and self._clauses[-1] not in ("IN(", "VALUES(")):
            self._gather(text)
            hides = "columns" if self._clauses[-1].startswith(("SELECT", "SET", "RETURNING", "THEN", "WHEN")) else ""
            message = "a template expression was read as a value: columns that it may name are missing"
            self._notes.append(Note("template_value", message, match.start("hole"), match.end(), hides))
        is_number = self._before in _NUMBER_AFTER or (self._before == "(" and self._clauses[-1].startswith("TOP"))
        self._before = "'"
        if len(text) == 1 or is_number:
            return "0" * len(text)
        return f"'{'x' * (len(text) - 2)}'"

    def _named(self, text: str, match: re.Match[str] | None) -> str:
        letter = self._letters.get(text)
        if letter is None:
            letter = next(self._free, None)
            if letter is None:
                return text
            self._letters[text] = letter
            table = self._table(text)
            if table is None:
                self._gather(text)
                if match is not None and self._inputs:
                    message = "a template expression stands for a table: its columns are not known"
                    self._notes.append(Note("template_value", message, match.start("hole"), match.end(), "columns"))
            self._holes[letter] = Hole(text, table)
        return letter * len(text)

    def _table(self, text: str) -> TableName | None:
        """Return the table that `ref`, `source` or a variable with a known text names."""
        if not text.startswith("{{"):
            return None
        found = _REF.search(text)
        if found and not text[2 : found.start()].strip(" \t\r\n-+") and _is_all(text[found.end() : -2]):
            return _referred(found)
        variable = _VARIABLE.match(text)
        value = self._variables.get(variable.group(1)) if variable else None
        if value and re.fullmatch(r"[\w$]+(?:\.[\w$]+){0,2}", value):
            parts = [None, None, *value.split(".")][-3:]
            return TableName(str(parts[2]), parts[1], parts[0])
        return None

    def _gather(self, text: str) -> None:
        """Remember the tables that a template expression refers to among other things."""
        for found in _REF.finditer(text):
            self._inputs[_referred(found)] = None


def _is_glued(before: str, after: str, *, is_code: bool) -> bool:
    """Whether what stands right before or behind a hole makes it a part of a name."""
    if before == "." or (after[:1] == "." and not after[1:2].isdigit()):
        return True
    if not is_code:
        return False
    return before.isalnum() or before == "_" or after[:1].isalnum() or after[:1] in ("_", "{")


def _is_all(rest: str) -> bool:
    return re.fullmatch(r"\s*(?:\|\s*\w+\s*)*[-+]?", rest) is not None


def _referred(found: re.Match[str]) -> TableName:
    first = found.group(2) if found.group(2) is not None else found.group(3)
    second = found.group(4) if found.group(4) is not None else found.group(5)
    if found.group(1) == "source":
        return TableName(second or first, first if second else None)
    name = second or first
    return TableName(f"{name}_v{found.group(6)}" if found.group(6) else name)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


class Holes:
    """Puts the text of holes back into names, and tables in the place of what `ref` and `source` stood for."""

    def __init__(
        self,
        holes: dict[str, Hole],
        dialect: str = "",
        default_db: str | None = None,
        default_schema: str | None = None,
    ) -> None:
        self._holes = holes
        self._dialect = dialect
        self._db = default_db
        self._schema = default_schema

    def text(self, text: str, *, without_literals: bool = False) -> str:
        """Return a text with what its holes stand for."""
        if text.isascii():
            return text

        def put(match: re.Match[str]) -> str:
            hole = self._holes.get(match.group(1))
            if hole is None:
                return match.group()
            shown = _QUOTED_TEXT.sub("?", hole.text) if without_literals else hole.text
            return shown * max(len(match.group()) // len(hole.text), 1)

        return _RUN.sub(put, text)

    def full(self, table: TableName) -> TableName:
        """Return the name of a table that a template refers to, letters folded and defaults filled in."""
        parts = [part and fold_table(part, self._dialect, quoted=False) for part in table[:3]]
        return TableName(parts[0] or "", parts[1] or self._schema, parts[2] or self._db)

    def table(self, table: TableName) -> TableName:
        """Return what a table's name stands for."""
        if table.name.isascii() and (table.schema or "").isascii() and (table.catalog or "").isascii():
            return table
        hole = self._holes.get(table.name[:1])
        is_whole = hole is not None and table.name == table.name[:1] * len(hole.text)
        if hole is not None and is_whole and hole.table is not None:
            known = self.full(hole.table)
            return known if hole.table.schema else known._replace(schema=table.schema, catalog=table.catalog)
        given = [part for part in (table.catalog, table.schema, table.name) if part]
        parts = [self.text(part) for part in given]
        if parts == given:
            return table
        if is_whole and (table.catalog, table.schema) == (self._db, self._schema):
            parts = parts[-1:]  # defaults were filled in, and the template may hold more than the last part
        return TableName(".".join(parts), form=TEMPLATE)
