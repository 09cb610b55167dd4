"""Whether the literals of a masked text may differ: in some places they say where data lies or what it is called.

Asked once for each mask that a second text has, so it is loaded late. When in doubt they count. It must not know
answers.
"""

from __future__ import annotations

import re

from whence.sql.text._masks import MARK

_FIRST_WORDS = re.compile(
    r"[\s(\x01]*(?:SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|REPLACE|CREATE|VALUES|FROM)\b", re.IGNORECASE
)
_CARRIERS = frozenset(
    re.findall(
        r"\w+",
        """COPY UNLOAD EXPORT LOAD EXTERNAL INFILE OUTFILE DUMPFILE EXEC EXECUTE CALL PIVOT UNPIVOT OPENROWSET OPENQUERY
        OPENDATASOURCE OPENJSON JSON_TABLE XMLTABLE STAGE PIPE TASK LOCATION ENGINE IDENTIFIER DICTIONARY PROCEDURE
        FUNCTION TRIGGER DO PROC DIRECTORY BULK ALERT EVENT IMPORT CROSSTAB URI URIS LANGUAGE MATCH_RECOGNIZE
        TBLPROPERTIES ATTACH REGCLASS NEXTVAL CURRVAL SETVAL FORMAT PATH""",
    )
)
_CARRYING_CALL = re.compile(
    r"""TABLE|STREAM|GLOB|URL|FILE|HDFS|GCS|S3\w*|AZURE\w*|REMOTE\w*|CLUSTER\w*|MYSQL|POSTGRESQL|MONGODB|SQLITE|JDBC|ODBC
    |ICEBERG\w*|DELTA\w*|HUDI\w*|PARQUET\w*|READ_\w+|\w+_SCAN\w*|SCAN_\w+|DICT\w+|JOINGET\w*|QUERY\w*|SP_\w+|\w+_CHANGES
    |DBLINK\w*|\w+_QUERY|FLATTEN|INPUT|MERGE_TABLES|NUMBERS""",
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
