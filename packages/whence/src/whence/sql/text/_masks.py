"""One text for statements that differ only in literals, so that what was learnt from one answers for the others.

`mask` is made to be fast: it looks at characters only. Whether the literals of a masked text may differ at all is
asked once, by `is_template`, because in some places they say where data lies or what a column is called. When in doubt
they count. It must not know answers. Cost of `mask`: about 20 ns a character.
"""

from __future__ import annotations

import re
from functools import lru_cache

from whence.sql.text._dialects import BACKSLASH, DOUBLE_QUOTED_STRINGS
from whence.sql.text._scan import JINJA, comment_pattern, dollar_pattern, double_pattern, name_pattern

MARK = "\x01"
"""Stands for a literal."""

_LONG_NUMBER = r"(?:\d{3,}+(?:\.\d*+)?|\d++\.\d*+)(?:[eE][+-]?\d++)?(?![\w.])"
_COMPARED = r"(?:(?<=[=<>])|(?<=[=<>][ ])|(?<=\bLIMIT[ ])|(?<=\blimit[ ]))\d++(?![\w.])"
_FIRST_WORDS = re.compile(
    r"[\s(\x01]*(?:SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|REPLACE|CREATE|VALUES|FROM)\b", re.IGNORECASE
)
_CARRIERS = re.compile(
    r"""\b(?:COPY|UNLOAD|EXPORT|LOAD|EXTERNAL|INFILE|OUTFILE|DUMPFILE|EXEC|EXECUTE|CALL|PIVOT|UNPIVOT|OPENROWSET|OPENQUERY
    |OPENDATASOURCE|OPENJSON|JSON_TABLE|XMLTABLE|STAGE|PIPE|TASK|LOCATION|ENGINE|IDENTIFIER|DICTIONARY|PROCEDURE|FUNCTION
    |TRIGGER|DO|PROC|DIRECTORY|BULK|ALERT|EVENT|IMPORT|CROSSTAB|URIS?|LANGUAGE
    |MATCH_RECOGNIZE|TBLPROPERTIES|ATTACH|DBLINK|REGCLASS|NEXTVAL|CURRVAL|SETVAL|FORMAT|PATH)\b
    |\b(?:TABLE|STREAM|GLOB|URL|FILE|HDFS|GCS|S3\w*|AZURE\w*|REMOTE\w*|CLUSTER\w*|MYSQL|POSTGRESQL|MONGODB|SQLITE|JDBC|ODBC
    |ICEBERG\w*|DELTA\w*|HUDI\w*|PARQUET\w*|READ_\w+|\w+_SCAN|SCAN_\w+|DICT\w+|JOINGET\w*|QUERY\w*|SP_\w+|\w+_CHANGES
    |EXTERNAL_QUERY|FLATTEN|INPUT|MERGE_TABLES|NUMBERS)\s*\(
    |\b(?:FROM|JOIN)\s+(?:LATERAL\s+)?[\w.]+\s*\(\s*[^()]*\x01
    |\bBY\b(?:(?!\b(?:LIMIT|OFFSET|FETCH|HAVING|WHERE|UNION|SELECT|ROWS|RANGE|CASE)\b)[^()\x01])*\x01""",
    re.IGNORECASE | re.VERBOSE,
)
_HARMLESS = re.compile(
    r"""(?:[=<(,+*/|%-]|(?<![->#=])>|\b(?:LIKE|ILIKE|RLIKE|REGEXP|SIMILAR\s+TO|IN|THEN|ELSE|WHEN|BETWEEN|AND|OR|NOT|INTERVAL|DATE|TIME
    |TIMESTAMP|DATETIME|TIMESTAMPTZ|VALUES|LIMIT|OFFSET|TOP|ESCAPE|SELECT|DISTINCT|WHERE|ON|SET|CASE|FETCH\s+FIRST|DIV|MOD
    |RETURN|DEFAULT|ZONE))\s*\x01""",
    re.IGNORECASE | re.VERBOSE,
)
_TOO_MANY = 30  # marks and placeholders from which lists and rows are folded
_LIST = re.compile(r"(\bIN\s*\(\s*)([^\s,()]++)(?:\s*,\s*\2)++(?=\s*\))", re.IGNORECASE)
_ROWS = re.compile(r"(\((?>[^()]++|\([^()]*+\))*+\))(?:\s*,\s*\1)++")


@lru_cache(maxsize=64)
def _finder(dialect: str) -> re.Pattern[str]:
    """Return the expression of a run of plain text and what ends it: masked, kept as it is, or odd."""
    escaped = r"'(?>[^'\\]++|''|\\.)*+'"
    strings = escaped if dialect in BACKSLASH else r"'[^']*+(?:''[^']*+)*+'"
    double = double_pattern(dialect)
    comments = comment_pattern(dialect)
    masked = rf"(?<![\w&])(?:{strings})|{comments}|(?<![\w$.@])(?:{_LONG_NUMBER}|{_COMPARED})"
    if dialect in DOUBLE_QUOTED_STRINGS:
        masked += r'|(?<![\w&])"(?!"")(?>[^"\\]++|""|\\.)*+"(?!")'
    kept = rf"{JINJA}|{dollar_pattern(dialect)}|{name_pattern(dialect)}|\d[\d.]*+|[-/\#{{$\[]"
    if dialect not in DOUBLE_QUOTED_STRINGS:
        kept = rf"(?<![\w&]){double}|{kept}"
    run = r"(?:[^'\"`\-/\#{$\[\d]++|(?<=\w)\d++)"
    ends = rf"(?P<masked>{masked})|(?P<kept>{kept})|(?P<odd>['\"])"
    return re.compile(rf"(?P<plain>{run}++|(?=['\"`\-/\#{{$\[\d]))(?:{ends})?+", re.DOTALL)


def mask(sql: str, dialect: str) -> str | None:
    """Return the text with marks for literals, without comments, equal rows and long lists folded.

    None: it holds something that this quick look cannot tell, so no other text is like it.
    """
    pieces: list[str] = []
    marks = 0
    for match in _finder(dialect).finditer(sql):
        plain, masked, kept, odd = match.group("plain", "masked", "kept", "odd")
        pieces.append(plain)
        if masked is not None:
            is_literal = masked[0] not in "-/#"
            if masked.startswith("/*") and not masked.endswith("*/"):
                return None
            pieces.append(MARK if is_literal else " ")
            marks += is_literal
        elif kept is not None:
            pieces.append(kept)
        elif odd is not None:
            return None
    text = "".join(pieces)
    if not text.strip():  # comments alone, be they whole or not
        return None
    if marks + sum(map(text.count, "?%:$")) > _TOO_MANY:
        text = _LIST.sub(r"\1\2", text)
        if "VALUES" in text or "values" in text or "Values" in text:
            text = _ROWS.sub(r"\1", text)
    return text


def masked_spans(sql: str, dialect: str) -> list[tuple[int, int]]:
    """Return where the literals and comments stand that `mask` takes out."""
    return [match.span("masked") for match in _finder(dialect).finditer(sql) if match.group("masked") is not None]


def literal_words(sql: str, dialect: str) -> set[str]:
    """Return the words of the literals that `mask` takes out, in small letters."""
    return {
        word
        for match in _finder(dialect).finditer(sql)
        if match.group("masked") is not None and match.group("masked")[0] not in "-/#"
        for word in re.findall(r"\w+", match.group("masked").lower())
    }


def is_template(masked: str) -> bool:
    """Whether literals may differ in a masked text without a difference in lineage: all stand for plain values."""
    if MARK not in masked:
        return True
    if not _FIRST_WORDS.match(masked) or _CARRIERS.search(masked):
        return False
    return len(_HARMLESS.findall(masked)) == masked.count(MARK)
