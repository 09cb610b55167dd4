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

_LONG_NUMBER = r"(?:[0-9]{3,}+(?:\.[0-9]*+)?|[0-9]++\.[0-9]*+)(?:[eE][+-]?[0-9]++)?(?![\w.])"
_COMPARED = r"(?:(?<=[=<>])|(?<=[=<>][ ])|(?<=\bLIMIT[ ])|(?<=\blimit[ ]))[0-9]++(?![\w.])"
_FIRST_WORDS = re.compile(
    r"[\s(\x01]*(?:SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|REPLACE|CREATE|VALUES|FROM)\b", re.IGNORECASE
)
_CARRIERS = frozenset(
    re.findall(
        r"\w+",
        """COPY UNLOAD EXPORT LOAD EXTERNAL INFILE OUTFILE DUMPFILE EXEC EXECUTE CALL PIVOT UNPIVOT OPENROWSET OPENQUERY
        OPENDATASOURCE OPENJSON JSON_TABLE XMLTABLE STAGE PIPE TASK LOCATION ENGINE IDENTIFIER DICTIONARY PROCEDURE
        FUNCTION TRIGGER DO PROC DIRECTORY BULK ALERT EVENT IMPORT CROSSTAB URI URIS LANGUAGE MATCH_RECOGNIZE
        TBLPROPERTIES ATTACH DBLINK REGCLASS NEXTVAL CURRVAL SETVAL FORMAT PATH""",
    )
)
_CARRYING_CALL = re.compile(
    r"""TABLE|STREAM|GLOB|URL|FILE|HDFS|GCS|S3\w*|AZURE\w*|REMOTE\w*|CLUSTER\w*|MYSQL|POSTGRESQL|MONGODB|SQLITE|JDBC|ODBC
    |ICEBERG\w*|DELTA\w*|HUDI\w*|PARQUET\w*|READ_\w+|\w+_SCAN|SCAN_\w+|DICT\w+|JOINGET\w*|QUERY\w*|SP_\w+|\w+_CHANGES
    |EXTERNAL_QUERY|FLATTEN|INPUT|MERGE_TABLES|NUMBERS""",
    re.VERBOSE,
)
_WORD = re.compile(r"(\w++)(?:\s*+(\())?")
_CARRYING_PLACE = (
    re.compile(r"(?:FROM|JOIN)\s+(?:LATERAL\s+)?[\w.]+\s*\(\s*[^()]*\x01"),
    re.compile(
        r"BY\b(?:(?!\b(?:LIMIT|OFFSET|FETCH|HAVING|WHERE|UNION|SELECT|ROWS|RANGE|CASE)\b)[^()\x01])*\x01",
    ),
)
_HARMLESS = re.compile(
    r"""(?:[=<(,+*/|%-]|(?<![->#=])>|\b(?:LIKE|ILIKE|RLIKE|REGEXP|SIMILAR\s+TO|IN|THEN|ELSE|WHEN|BETWEEN|AND|OR|NOT|INTERVAL|DATE|TIME
    |TIMESTAMP|DATETIME|TIMESTAMPTZ|VALUES|LIMIT|OFFSET|TOP|ESCAPE|SELECT|DISTINCT|WHERE|ON|SET|CASE|FETCH\s+FIRST|DIV|MOD
    |RETURN|DEFAULT|ZONE))\Z""",
    re.VERBOSE,
)
_TAIL = 24  # letters that tell what stands before a literal
_TOO_MANY = 30  # marks and placeholders from which lists and rows are folded
_LIST = re.compile(r"([iI][nN](?<!\w..)\s*\(\s*)([^\s,()]++)(?:\s*,\s*\2)++(?=\s*\))")
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
    kept = rf"{JINJA}|{dollar_pattern(dialect)}|{name_pattern(dialect)}|[0-9][0-9.]*+|[-/\#{{$\[]"
    if dialect not in DOUBLE_QUOTED_STRINGS:
        kept = rf"(?<![\w&]){double}|{kept}"
    run = r"(?:[^'\"`\-/\#{$\[0-9]++|(?<=\w)[0-9]++)"  # [0-9] takes half the time of \d
    ends = rf"(?P<masked>{masked})|(?P<kept>{kept})|(?P<odd>['\"])"
    return re.compile(rf"(?P<plain>{run}++|(?=['\"`\-/\#{{$\[0-9]))(?:{ends})?+", re.DOTALL)


def mask(sql: str, dialect: str) -> str | None:
    """Return the text with marks for literals, without comments, equal rows and long lists folded.

    None: it holds something that this quick look cannot tell, so no other text is like it.
    """
    pieces: list[str] = []
    marks = 0
    for plain, masked, kept, *_, odd in _finder(dialect).findall(sql):
        pieces.append(plain)
        if masked:
            is_literal = masked[0] not in "-/#"
            pieces.append(MARK if is_literal else " ")
            marks += is_literal
        elif kept:
            pieces.append(kept)
        elif odd:
            return None
    text = "".join(pieces)
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
    literals = [masked for _, masked, *_ in _finder(dialect).findall(sql) if masked and masked[0] not in "-/#"]
    return set(re.findall(r"\w+", " ".join(literals).lower()))


def is_template(masked: str) -> bool:
    """Whether literals may differ in a masked text without a difference in lineage: all stand for plain values."""
    if MARK not in masked:
        return True
    if not _FIRST_WORDS.match(masked):
        return False
    text = masked.upper()
    for word, opening in set(_WORD.findall(text)):
        if word in _CARRIERS or (opening and _CARRYING_CALL.fullmatch(word)):
            return False
    if any(place.search(text) for place in _CARRYING_PLACE):
        return False
    return all(_HARMLESS.search(before.rstrip()[-_TAIL:]) for before in text.split(MARK)[:-1])
