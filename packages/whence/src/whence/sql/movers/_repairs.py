"""Texts that no parser takes, made such that one does: what is cut out moves no rows and changes no columns.

Each repair is one construct of one family of dialects. What cannot be cut without a doubt is left alone. Source: the
manuals of Oracle (MERGE, CREATE TABLE), Teradata (UPDATE) and SQL Server (OUTPUT).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whence.sql.movers._cursor import Cursor

if TYPE_CHECKING:
    from collections.abc import Callable

_HINTS = "HIGH_PRIORITY|STRAIGHT_JOIN|SQL_(?:CALC_FOUND_ROWS|NO_CACHE|CACHE|SMALL_RESULT|BIG_RESULT|BUFFER_RESULT)"
_KINDS_OF_TABLES = (
    r"(?:NO\s+)?FORCE|(?:NON)?EDITIONABLE|EDITIONING|SECURE|LOCAL|GLOBAL|RECURSIVE|PRIVATE|HYBRID|LIVE|STREAMING|DYNAMIC"
    r"|ICEBERG|TRANSIENT|VOLATILE|MULTISET|SNAPSHOT|VIRTUAL|EVENT|COLUMN|ROW|SHARDED|IMMUTABLE|BLOCKCHAIN"
)
_MADE = r"(?:\s+(?:TEMP|TEMPORARY|MATERIALIZED))*\s+(?:TABLE|VIEW)\b"
_OUTPUT_COLUMN = r"(?:INSERTED|DELETED)\.[\w*\[\]]+(?:\s+AS\s+\w+)?"
_SIGN = "[-<>=~!@#%^&|?+*/]"
_OPERATORS = rf"(?!--|/\*|\*/|(?:[<>!]=|[-+*/%&^|]=|<>|\|\||->>?|#>>?|@>|<@|&&)(?!{_SIGN})){_SIGN}{{2,}}"
"""Operators of PostgreSQL's extensions; for lineage one is as good as another."""
_TO_BRACKET = r"(?:[^()]|\([^()]*\))*"
_QUERIES = ("SELECT", "WITH", "(", "TABLE", "VALUES", "FROM")
_BLANKS = re.compile(r"\s{50,}+")  # left by what was folded; a pattern may cost the square of a run's length
_COMMENTS = re.compile(r"(?>\s++|--[^\n]*+|/\*.*?\*/)*+", re.DOTALL)
_FIRST_WORD = re.compile(r"\w*")


def repaired(text: str, dialect: str) -> str | None:
    """Return the text as a parser may take it, None when nothing is known to be in its way."""
    bare = _BLANKS.sub(" ", text[len(_COMMENTS.match(text)[0]) :])  # type: ignore[index]  it matches any text
    changed = bare
    for pattern, replacement in _CUTS:
        changed = pattern.sub(replacement, changed)
    if changed != bare:
        return changed
    repair = _REPAIRS.get(_FIRST_WORD.match(bare)[0].upper())  # type: ignore[index]  it matches any text
    repaired_by_words = repair(Cursor(bare, dialect)) if repair is not None else None
    return repaired_by_words if repaired_by_words != bare else None


def _merge(cursor: Cursor) -> str | None:
    """Cut out Oracle's DELETE WHERE of a branch that updates: the rows it deletes are of the target."""
    delete = next(
        (
            i
            for i, word, level in cursor.levels()
            if level == 0 and word.upper == "DELETE" and _at(cursor, i + 1) == "WHERE"
        ),
        None,
    )
    if delete is None:
        return None
    begin = cursor.words[delete].start
    cursor.at = delete
    end = cursor.find("WHEN")
    return cursor.text[:begin] + (cursor.text[cursor.words[end].start :] if end is not None else "")


def _create(cursor: Cursor) -> str | None:
    """Cut out options between the name of a table or a view and its query."""
    kind = cursor.find("TABLE", "VIEW")
    if kind is None:
        return None
    cursor.at = kind + 1
    cursor.take("IF", "NOT", "EXISTS")
    if not cursor.name():
        return None
    if cursor.word().text == "(":
        cursor.group()
    head = cursor.text[: cursor.word(-1).end]
    start = next(
        (
            i
            for i, word, level in cursor.levels()
            if level == 0 and word.upper == "AS" and _at(cursor, i + 1) in _QUERIES
        ),
        None,
    )
    if start is None:
        return None
    end = len(cursor.text)
    tail = [word.upper for word in cursor.words[-3:]]
    if tail[-1] == "DATA" and "WITH" in tail:
        end = cursor.words[-len(tail) + tail.index("WITH")].start
    return f"{head} {cursor.text[cursor.words[start].start : end]}"


def _update(cursor: Cursor) -> str | None:
    """Give the table of Teradata's `UPDATE t FROM s SET ..` an alias, which its parser would take SET for.

    In other dialects FROM goes behind SET, where they have it.
    """
    start, assigned = cursor.find("FROM"), cursor.find("SET")
    if start is None or assigned is None or start > assigned:
        return _without_output(cursor)
    if cursor.dialect == "teradata":
        at = cursor.words[assigned].start
        return f"{cursor.text[:at]}AS {cursor.words[assigned - 1].text} {cursor.text[at:]}"
    where = cursor.find("WHERE")
    end = cursor.words[where].start if where is not None else len(cursor.text)
    text, from_at, set_at = cursor.text, cursor.words[start].start, cursor.words[assigned].start
    return f"{text[:from_at]}{text[set_at:end]} {text[from_at:set_at]}{text[end:]}"


def _without_output(cursor: Cursor) -> str | None:
    """Cut out SQL Server's OUTPUT .. INTO t (columns): the table that it fills is added by who knows of it."""
    output = cursor.find("OUTPUT")
    if output is None:
        return None
    cursor.at = output
    into = cursor.find("INTO")
    if into is None:
        return None
    cursor.at = into + 1
    cursor.name()
    cursor.group()
    return f"{cursor.text[: cursor.words[output].start]} {cursor.rest()}"


def _delete(cursor: Cursor) -> str | None:
    """Cut OUTPUT out as above; else put in the FROM that BigQuery and SQL Server need not have, or cut one of two."""
    changed = _without_output(cursor)
    if changed is not None:
        return changed
    cursor.at = 1
    is_from = cursor.take("FROM")
    begin = cursor.word().start
    cursor.name()
    if not is_from:
        return None if cursor.sees("FROM") or cursor.sees(",") else f"DELETE FROM {cursor.text[begin:]}"  # noqa: S608  read, never run
    return f"DELETE {cursor.text[begin:]}" if cursor.sees("FROM") else None


def output_table(text: str, dialect: str) -> str:
    """Return the name behind SQL Server's OUTPUT .. INTO, as it is written; nothing when there is none."""
    cursor = Cursor(text, dialect)
    cursor.at = cursor.find("OUTPUT") or len(cursor.words)
    into = cursor.find("INTO")
    if into is None:
        return ""
    begin = cursor.words[into].end
    cursor.at = into + 1
    cursor.name()
    return cursor.text[begin : cursor.word(-1).end].strip()


def _at(cursor: Cursor, index: int) -> str:
    return cursor.words[index].upper if index < len(cursor.words) else ""


_CUTS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), replacement)
    for pattern, replacement in (
        (r"\A\s*DEFINE\b", "CREATE OR REPLACE"),
        (r"\A\s*USING\s+(?:EXTERNAL\s+FUNCTION\b.*?\b(?:LAMBDA|SAGEMAKER)\s+'[^']*'\s*,?\s*)+", ""),
        # what is made: words before its name that mean nothing for lineage, and other words for the same
        (r"\A(\s*)REPLACE\s+(TABLE|VIEW)\b", r"\1CREATE OR REPLACE \2"),
        (r"\A(\s*CREATE)\s+OR\s+REFRESH\b", r"\1 OR REPLACE"),
        (
            rf"\A(\s*CREATE(?:\s+OR\s+REPLACE)?)(?:\s+(?:{_KINDS_OF_TABLES}))+(?={_MADE})",
            r"\1",
        ),
        (r"\A(\s*CREATE\b[^(]*?)\s+(?:RECURSIVE|LIVE)(?=\s+(?:TABLE|VIEW)\b)", r"\1"),
        (rf"\A(\s*(?:DROP|ALTER))\s+(?:EXTERNAL|FOREIGN|{_KINDS_OF_TABLES})(?=\s+TABLE\b)", r"\1"),
        (
            r"\A\s*CREATE(\s+OR\s+REPLACE)?\s+(?:(?:NON)?EDITIONABLE\s+)?(?:PUBLIC\s+)?SYNONYM\s+(\S+)\s+FOR\s+(\S+)\s*\Z",
            r"CREATE\1 VIEW \2 AS SELECT * FROM \3",
        ),
        (r"\bAS\s+REPLICA\s+OF\s+(\S+)\s*\Z", r"AS SELECT * FROM \1"),
        (r"\A\s*CREATE\s+FOREIGN\s+TABLE\b(.*\))\s*SERVER\s+\S+(?:\s+OPTIONS\s*\(.*\))?\s*\Z", r"CREATE TABLE\1"),
        (r"\b(?:SHALLOW|DEEP)\s+(?=CLONE\b)", ""),
        (r"(?<=\s)CLONE(\s+\S+)\s+(?:VERSION|TIMESTAMP|FOR\s+SYSTEM_TIME)\s+AS\s+OF\b.*\Z", r"CLONE\1"),
        (r"(\bCLONE\s+\S+)\s+(?:TBLPROPERTIES|LOCATION|COPY)\b.*\Z", r"\1"),
        (r"\s+WITH\s+(?:(?:(?:CASCADED|LOCAL)\s+)?CHECK\s+OPTION|READ\s+ONLY|(?:NO\s+)?ROW\s+MOVEMENT)\s*\Z", ""),
        (r"\s+DISTRIBUTED\s+(?:RANDOMLY|REPLICATED|BY\s*\([^()]*\))\s*\Z", ""),
        (
            r"\A(\s*TRUNCATE)\s+(?:TABLE\s+|IF\s+EXISTS\s+)*(?!(?:TABLES|ALL|DATABASE)\b)(\S+)(?:\s+ON\s+CLUSTER\s+\S+|\s+SYNC)*\s*\Z",
            r"\1 TABLE \2",
        ),
        # queries
        (r"\A(\s*(?:SELECT|WITH)\b.*?)\s+INTO\s+@\w+(?:\s*,\s*@\w+)*", r"\1"),
        (r"\b(FROM|JOIN)\s+ONLY\s*\(([^()]+)\)", r"\1 \2"),
        (rf"\bSELECT(?:\s+(?:{_HINTS}))+\b", "SELECT"),
        (r"\A\s*LOCK(?:ING)?\s+(?:ROW|TABLE\s+\S+|DATABASE\s+\S+)\s+FOR\s+\w+(?:\s+MODE)?\s+", ""),
        (r"\s*\(\s*(?:TITLE|FORMAT)\s+'[^']*'\s*\)", ""),
        (r"\s+FOR\s+(?:READ|FETCH)\s+ONLY(?=\s+WITH\b|\s*\Z)", ""),
        (r"\s+WITH\s+(?:UR|CS|RS|RR)(?:\s+USE\s+AND\s+KEEP\s+\w+\s+LOCKS)?\s*\Z", ""),
        (r"\bWITH\s*\(\s*INDEX\s*=\s*(?:[^()]|\([^()]*\))*\)", ""),
        (r"\s+OPTION\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*\Z", ""),
        (r"(\bJOIN\s+[\w.]+(?:\s+(?:AS\s+)?\w+)?\s+USING)\s+(?!\()(\w+(?:\s*,\s*\w+)*)", r"\1 (\2)"),
        (r"\b(LEFT|RIGHT|FULL)\s+(?:ASOF|ANY|ALL|SEMI|ANTI)\s+OUTER(?=\s+JOIN\b)", r"\1"),
        (rf"\bOPENROWSET\s*\(\s*BULK\s+N?('[^']*'){_TO_BRACKET}\)(?:\s*WITH\s*\({_TO_BRACKET}\))?", r"OPENROWSET(\1)"),
        (r"(\bOPENROWSET\s*\(\s*N?'[^']*'\s*,\s*N?'[^']*')(?:\s*;\s*N?'[^']*'){2}", r"\1"),
        (r"\s+RETURNING\s+\w+(?:\s*\([^()]*\))?(?:\s+CHARACTER\s+SET\s+\w+)?(?=\s*\))", ""),
        (r"\s*\b(?:NULL|ABSENT)\s+ON\s+NULL(?=\s*\))", ""),
        (r"\s+SETTINGS\s+\w+\s*=\s*[^\s,]+(?:\s*,\s*\w+\s*=\s*[^\s,]+)*\s*\Z", ""),
        (r"\bUSING\s+(?:OPERATOR\s*\([^()]*\)|[<>]=?)(?=\s*(?:,|\)|\Z|\bNULLS\b|\bLIMIT\b))", ""),
        (rf"(?<=[\s\w)'])(?:{_OPERATORS})(?=[\s\w('])", " || "),
        # statements that change rows
        (
            r"\A(\s*INSERT\s+INTO\s+(?:TABLE\s+)?FUNCTION\s+\w+\s*\((?:[^()']|'[^']*')*\))\s*\([^()']*\)(?=\s*(?:SELECT|WITH|VALUES)\b)",
            r"\1",
        ),
        (r"\A\s*MERGE\s+WITH\s+SCHEMA\s+EVOLUTION\b", "MERGE"),
        (r"\A\s*UPDATE\s+OR\s+(?:IGNORE|REPLACE|ABORT|FAIL|ROLLBACK)\b", "UPDATE"),
        (r"\A(\s*(?:INSERT|UPDATE|DELETE|MERGE))\s+TOP\s*\([^()]*\)(?:\s+PERCENT)?", r"\1"),
        (
            r"\A(\s*(?:INSERT|UPDATE|DELETE|MERGE)\b[^(]*?)\s+WITH\s*\(\s*(?:TABLOCK|TABLOCKX|HOLDLOCK|ROWLOCK|UPDLOCK)[^)]*\)",
            r"\1",
        ),
        (r"\bWHERE\s+CURRENT\s+OF\s+(?:GLOBAL\s+)?@?\w+", ""),
        (
            r"\bOUTPUT\s+(?:(?:INSERTED|DELETED)\.[\w*\[\]]+(?:\s+AS\s+\w+)?\s*,?\s*)+(?=\b(?:WHERE|FROM|VALUES|SELECT)\b|\Z)",
            "",
        ),
        (r"\bOVERRIDING\s+(?:SYSTEM|USER)\s+VALUE\b", ""),
        (r"\bWITH\s+LABEL\s+[\w`]+", ""),
        (r"\[(?:NO)?SHUFFLE\]", ""),
        (r"(\bINSERT\s+OVERWRITE\b[^;]*?)\bIF\s+NOT\s+EXISTS\b(?=\s*(?:SELECT|WITH|VALUES|FROM|\())", r"\1"),
        (r"\s+FOR\s+PORTION\s+OF\s+\w+\s+FROM\s+\S+\s+TO\s+\S+", ""),
        (r"\A(\s*DELETE)\s+HISTORY(\s+FROM\s+\S+).*\Z", r"\1\2"),
        (r"(?<=[\w\]])\s*[-+*/%&^|]=(?=\s)", " ="),
        (r"\s+LOG\s+ERRORS\b(?:\s+INTO\s+\S+)?(?:\s*\([^)]*\))?(?:\s+REJECT\s+LIMIT\s+\w+)?\s*\Z", ""),
        (r"\A(\s*(?:INSERT|UPDATE|DELETE|MERGE)\b.*?)\s+RETURN(?:ING)?\s(?:(?!\bSELECT\b).)*?\sINTO\s.*\Z", r"\1"),
    )
)
_REPAIRS: dict[str, Callable[[Cursor], str | None]] = {
    "MERGE": _merge,
    "CREATE": _create,
    "UPDATE": _update,
    "DELETE": _delete,
    "INSERT": _without_output,
}
