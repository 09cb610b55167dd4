"""Statements that carry rows between tables and files or stages: COPY, UNLOAD, EXPORT, LOAD, BULK INSERT, OUTFILE.

A file, a folder, a URL is a name of the form PATH, a stage of the form STAGE, both as they are written. It must not
read queries: those go back to the engine as texts. Source: the manuals of PostgreSQL, Redshift, Snowflake, Databricks,
DuckDB, BigQuery, MySQL, SQL Server, Hive, Spark and Athena on the statements named in the functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlglot import exp

from whence.sql._combine import combined
from whence.sql._result import PATH, STAGE, FieldSource, Note, OutputField, StatementLineage, TableName
from whence.sql.statements._reading import CONTROL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whence.sql.movers._cursor import Cursor
    from whence.sql.statements._reading import Reading

_STREAMS = ("STDIN", "STDOUT")
_QUERIES = ("SELECT", "WITH", "FROM", "VALUES", "TABLE", "MAP", "REDUCE")


class Place(NamedTuple):
    """One side of a statement that carries rows: a query's text, names, or the client itself (neither)."""

    names: tuple[TableName, ...] = ()
    columns: tuple[str, ...] = ()
    query: str = ""


# --- places


def table_at(cursor: Cursor, reading: Reading) -> TableName | None:
    """Read a table's name, defaults filled in; None when none comes next."""
    parts = cursor.name()
    if not parts or not any(part for part, _ in parts):
        return None
    return named(reading, parts)


def made_at(cursor: Cursor, reading: Reading, *kinds: str) -> TableName | None:
    """Move past the name of what CREATE makes, behind its kind and IF NOT EXISTS; None when there is none."""
    at = cursor.find(*kinds)
    if at is None:
        return None
    cursor.at = at + 1
    cursor.take("IF", "NOT", "EXISTS")
    return table_at(cursor, reading)


def named(reading: Reading, parts: Sequence[tuple[str, bool]]) -> TableName:
    """Return the full name of a table whose parts were read from text."""
    made = [exp.Identifier(this=part, quoted=quoted) if part else None for part, quoted in parts]
    name, schema, catalog, server = ([*reversed(made), None, None, None])[:4]
    if server is not None:  # as the parser has four parts
        name, schema, catalog = exp.Dot(this=schema or "", expression=name), catalog, server
    return reading.resolver.table_name(exp.Table(this=name, db=schema, catalog=catalog))


def path(text: str) -> TableName:
    """Return the name of a file or, with `@`, of a stage."""
    return TableName(text, form=STAGE if text.startswith("@") else PATH)


def _place(cursor: Cursor, reading: Reading) -> Place:
    """Read what stands on one side of COPY: a query, a table with columns, files, a stage, the client."""
    word = cursor.word()
    if word.text == "(":
        return Place(query=cursor.group() or "")
    if cursor.take_any((*_STREAMS, "PROGRAM")):
        cursor.literal()
        return Place()
    cursor.take("LOCAL")
    if word.text.startswith("@") or word.text == "@":
        return Place((path(cursor.bare()),))
    if word.kind == "string" or (word.kind == "quoted" and ("://" in word.text or word.text[1:2] in "@/")):
        return Place(tuple(path(text) for text in _literals(cursor)))
    return target_at(cursor, reading)


def target_at(cursor: Cursor, reading: Reading) -> Place:
    """Read a table's name and, in parentheses, its columns; an empty place when no name comes next."""
    table = table_at(cursor, reading)
    return Place() if table is None else Place((table,), _columns(cursor, reading))


def _literals(cursor: Cursor) -> list[str]:
    found: list[str] = []
    while cursor.word().kind in ("string", "quoted"):
        text = cursor.literal()
        if text is None:
            text = cursor.word().text[1:-1]
            cursor.at += 1
        found.append(text)
        if not cursor.take(","):
            break
    return found


def _columns(cursor: Cursor, reading: Reading) -> tuple[str, ...]:
    """Read a list of columns in parentheses."""
    if cursor.word().text != "(":
        return ()
    names: list[str] = []
    cursor.at += 1
    while not cursor.is_done and not cursor.take(")"):
        parts = cursor.name()
        if parts:
            name, quoted = parts[-1]
            names.append(reading.resolver.column_name(exp.Identifier(this=name, quoted=quoted)))
        else:
            cursor.at += 1
    return tuple(names)


def uris(cursor: Cursor) -> list[TableName]:
    """Find the files that options name: `uris = ['..', '..']`, `uri = '..'`, LOCATION '..', `path '..'`."""
    found: dict[TableName, None] = {}
    for index, word in enumerate(cursor.words):
        if word.upper not in ("URIS", "URI", "LOCATION", "EXTERNAL_LOCATION", "URL", "PATH"):
            continue
        cursor.at = index + 1
        while cursor.word().text in ("=", "[", "=>", "("):
            cursor.at += 1
        if cursor.word().text.startswith("@"):
            found[path(cursor.bare())] = None
        else:
            found.update((path(text), None) for text in _literals(cursor))
    cursor.at = 0
    return list(found)


# --- carrying


def carry(reading: Reading, kind: str, source: Place, target: Place) -> StatementLineage:
    """Return the answer of a statement that carries rows from one place to the other."""
    into = target.names[0] if target.names else None
    if source.query:
        answers = reading.inner(source.query)
        answer = combined(kind, answers, outputs=target.names, into=into)
        return _positional(answer, target) if target.columns else answer
    fields: list[OutputField] | None = None
    if len(source.names) == 1 and source.names[0].form not in (PATH, STAGE):
        table = source.names[0]
        names = source.columns or reading.resolver.known_columns(table) or ()
        fields = [OutputField(name, (FieldSource(table, name),), into) for name in names]
        fields = fields or [OutputField("*", (FieldSource(table, "*"),), into, is_whole=False)]
    return StatementLineage(kind, source.names, target.names, tuple(fields) if fields is not None else None)


def _positional(answer: StatementLineage, target: Place) -> StatementLineage:
    """Name the fields of a query by the columns that the target lists."""
    fields = answer.fields or ()
    if answer.fields is None or any(field.name == "*" for field in fields):
        return answer
    return answer._replace(
        fields=tuple(field._replace(name=name) for name, field in zip(target.columns, fields, strict=False))
    )


def copy(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read COPY in all its forms: `COPY t FROM f`, `COPY t TO f`, `COPY (q) TO f`, `COPY INTO t FROM f`."""
    cursor.at += 1
    cursor.take("INTO")
    cursor.take("BINARY")
    first = _place(cursor, reading)
    if cursor.take("TO"):
        target = _place(cursor, reading)
        return carry(reading, "COPY" if target.names else "SELECT", first, target)
    loads = cursor.take("FROM")
    while not loads and not cursor.is_done:  # options between the table and FROM
        cursor.at += 1
        loads = cursor.take("FROM")
    if not loads:
        own = tuple(TableName(f"@%{name.name}", form=STAGE) for name in first.names)  # the stage of the table itself
        return carry(reading, "COPY", Place(own), first) if own and cursor.dialect == "snowflake" else None
    source = _place(cursor, reading)
    if cursor.take(",") and source.names:  # several files
        more = _place(cursor, reading)
        source = source._replace(names=source.names + more.names)
    return carry(reading, "COPY", source, first)


def unload(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read UNLOAD ('query') TO 'path' of Redshift and UNLOAD (query) TO 'path' of Athena."""
    cursor.at += 1
    inner = cursor.group()
    if inner is None or not cursor.take("TO"):
        return None
    quoted = type(cursor)(inner, cursor.dialect)
    text = quoted.literal()
    if text is None and inner.strip()[:1] in "'$":
        text = inner.strip().strip("'")
    return carry(reading, "COPY", Place(query=text if text is not None else inner), _place(cursor, reading))


def export(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read EXPORT DATA OPTIONS (uri = '..') AS query of BigQuery and EXPORT TABLE t TO '..' of Hive."""
    cursor.at += 1
    if cursor.take("TABLE"):
        source = _place(cursor, reading)
        at = cursor.find("TO")
        cursor.at = at + 1 if at is not None else len(cursor.words)
        return carry(reading, "COPY", source, _place(cursor, reading))
    if not cursor.take("DATA"):
        return None
    places = uris(cursor)
    at = cursor.find("AS")
    if at is None:
        return None
    cursor.at = at + 1
    return carry(reading, "COPY", Place(query=cursor.rest()), Place(tuple(places)))


def import_table(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read IMPORT TABLE t FROM '..' of Hive."""
    cursor.at += 1
    cursor.take("EXTERNAL")
    if not cursor.take("TABLE"):
        return None
    target = _place(cursor, reading)
    at = cursor.find("FROM")
    if at is None:
        return None
    cursor.at = at + 1
    return carry(reading, "COPY", _place(cursor, reading), target)


def load(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read LOAD DATA INFILE / INPATH '..' INTO TABLE t (MySQL, Hive) and LOAD DATA INTO t FROM FILES (BigQuery)."""
    cursor.at += 1
    if not cursor.take_any(("DATA", "XML")):
        return CONTROL
    at = cursor.find("INFILE", "INPATH")
    if at is not None:
        cursor.at = at + 1
        source = Place(tuple(path(text) for text in _literals(cursor)))
        into = cursor.find("TABLE")
        cursor.at = into + 1 if into is not None else len(cursor.words)
        return carry(reading, "COPY", source, _place(cursor, reading))
    if not cursor.take_any(("INTO", "OVERWRITE")):
        return None
    cursor.take("TEMP")
    cursor.take("TABLE")
    target = table_at(cursor, reading)
    places = uris(cursor)
    return carry(reading, "COPY", Place(tuple(places)), Place((target,) if target is not None else ()))


def bulk_insert(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read BULK INSERT t FROM '..' of SQL Server."""
    if not cursor.take("BULK", "INSERT"):
        return None
    target = _place(cursor, reading)
    if not cursor.take("FROM"):
        return None
    return carry(reading, "COPY", _place(cursor, reading), target)


def insert_directory(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read INSERT OVERWRITE [LOCAL] DIRECTORY '..' query of Hive and Spark."""
    at = cursor.find("DIRECTORY")
    if at is None:
        return None
    cursor.at = at + 1
    named_path = _literals(cursor)
    places = [path(text) for text in named_path] or uris(cursor)
    cursor.at = max(cursor.at, at + 1)
    start = next(
        (
            index
            for index, word, level in cursor.levels()
            if level == 0
            and word.upper in _QUERIES
            and cursor.words[min(index + 1, len(cursor.words) - 1)].upper not in ("SERDEPROPERTIES", "DBPROPERTIES")
        ),
        None,
    )
    if start is None:
        return None
    cursor.at = start
    return carry(reading, "COPY", Place(query=cursor.rest()), Place(tuple(places)))


def select_outfile(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read SELECT .. INTO OUTFILE '..' of MySQL and ClickHouse; the clause may stand before FROM or at the end."""
    at = next(
        (
            i
            for i, word in enumerate(cursor.words[:-1])
            if word.upper == "INTO" and cursor.words[i + 1].upper in ("OUTFILE", "DUMPFILE")
        ),
        None,
    )
    if at is None:
        return None
    begin = cursor.words[at].start
    cursor.at = at + 2
    target = tuple(path(text) for text in _literals(cursor))
    tail = cursor.find("FROM")
    end = cursor.words[tail].start if tail is not None else len(cursor.text)
    return carry(reading, "COPY", Place(query=cursor.text[:begin] + " " + cursor.text[end:]), Place(target))


def create_external(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read a CREATE EXTERNAL TABLE that no parser took: the files it is laid over are its inputs."""
    at = cursor.find("TABLE", "VIEW")
    if at is None or cursor.words[at].upper == "VIEW" or not any(w.upper == "EXTERNAL" for w in cursor.words[:at]):
        return None
    if any(word.upper == "SELECT" for word in cursor.words[at:]):
        return None
    target = made_at(cursor, reading, "TABLE")
    if target is None:
        return None
    places = uris(cursor) if reading.profile.ddl != "all" else []
    note = () if places or reading.profile.ddl == "all" else (_NO_PLACE,)
    return StatementLineage("CREATE_TABLE", tuple(places), (target,), notes=note)


def create_stage(cursor: Cursor, reading: Reading) -> StatementLineage | None:
    """Read a CREATE STAGE of Snowflake that no parser took: the place that it names is its input."""
    target = made_at(cursor, reading, "STAGE")
    if target is None:
        return None
    url = cursor.find("URL")
    cursor.at = url + 1 if url is not None else len(cursor.words)
    cursor.take("=")
    place = cursor.literal()
    return StatementLineage("CREATE_STAGE", (path(place),) if place else (), (target,))


_NO_PLACE = Note("external_location", "where the files of an external table lie was not told", hides="")
