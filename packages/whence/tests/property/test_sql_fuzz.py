"""Whatever text comes in, the engine answers: no exception, no hang, and the pieces of a text joined give it again."""

from __future__ import annotations

import json
import random
import re
import time
from functools import lru_cache
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from sql_queries import SCHEMA, drawn, many

from whence.sql import StatementLineage, fingerprint, lineage, redact, script_lineage
from whence.sql.text import scan, split

CORPUS = Path("/work/shared/corpus/sql")
DIALECTS = [
    "",
    "duckdb",
    "postgres",
    "tsql",
    "snowflake",
    "bigquery",
    "mysql",
    "oracle",
    "clickhouse",
    "spark",
    "sqlite",
]
SECONDS = 20.0
"""CPU time that one text of a few kilobytes may take; the usual is a few milliseconds."""
SEPARATORS = re.compile(
    r"(?im)^[ \t]*(GO\b.*|DELIMITER\b.*|/[ \t\r]*|\\[a-z!].*)$|//|[;\0]"
)  # NUL counts as white space
COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/")

PIECES = [
    *"'\"`$;:,.()[]{}<>=+-*/\\|&%@#?!~^\n\t\0 é🜁",
    *[
        "$$",
        "$a$",
        "--",
        "/*",
        "*/",
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "\nGO\n",
        "%s",
        "%(x)s",
        ":x",
        "@x",
        "E'",
        "N'",
        "::",
        "||",
    ],
    *[
        "BEGIN",
        "END",
        "CASE",
        "DECLARE",
        "IF",
        "LOOP",
        "CREATE",
        "PROCEDURE",
        "FUNCTION",
        "AS",
        "TABLE",
        "VIEW",
        "DELIMITER //",
    ],
    *[
        "SELECT",
        "FROM",
        "WHERE",
        "WITH",
        "INSERT INTO",
        "UPDATE",
        "SET",
        "DELETE",
        "MERGE",
        "USING",
        "ON",
        "WHEN",
        "JOIN",
    ],
    *[
        "UNION ALL",
        "GROUP BY",
        "PIVOT",
        "COPY",
        "LOAD DATA",
        "UNLOAD",
        "EXECUTE",
        "LATERAL",
        "UNNEST",
        "OVER",
        "VALUES",
        "*",
    ],
    *["t", "u", "a", "b", "x1", "1", "1e9", "NULL", "TRUE", "DROP", "RENAME", "TO", "USE", "TRUNCATE", "ref('t')"],
]
words = st.lists(st.sampled_from(PIECES), max_size=30).flatmap(
    lambda pieces: st.sampled_from(["", " ", "\n"]).map(lambda space: space.join(pieces))
)


def check_gap(text, dialect):
    """Between statements stands nothing but what separates them: white space, comments, semicolons, client's lines."""
    lines = SEPARATORS.sub("", text)
    assert not [token for token in scan(lines, dialect) if token.kind not in {"space", "comment"}], text


def check_text(text, dialect):
    start = time.process_time()
    assert "".join(token.text for token in scan(text, dialect)) == text
    end = 0
    for piece in split(text, dialect):
        assert end <= piece.start < piece.end
        assert text[piece.start : piece.end] == piece.text
        check_gap(text[end : piece.start], dialect)
        end = piece.end
    check_gap(text[end:], dialect)
    answers = lineage(text, dialect, schema=SCHEMA)
    for answer in answers:
        assert isinstance(answer, StatementLineage)
        assert answer.state in {"PARSED", "PARTLY", "UNKNOWN"}
        assert answer.state == "PARSED" or answer.notes, "it does not say what it does not know"
        assert 0 <= answer.confidence <= 1
        assert 0 <= answer.start <= answer.end <= len(text)
    script_lineage(text, dialect)
    fingerprint(redact(text, dialect))
    assert time.process_time() - start < SECONDS, text


@lru_cache
def load():
    """Return (text, dialect) of all statements of the corpora, or of our own when those are not on this machine."""
    files = sorted(CORPUS.glob("*.jsonl")) if CORPUS.is_dir() else []
    cases = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [(case["sql"], case.get("dialect") or "") for case in cases] or [(text, "") for text in OWN]


OWN = [
    "INSERT INTO a.b (x, y) SELECT t.a, 'it''s; ' || u.b FROM t JOIN u USING (id) WHERE t.c > %(day)s -- so; be it",
    "CREATE PROCEDURE p() AS $$ BEGIN INSERT INTO x SELECT 1; IF y THEN DELETE FROM z; END IF; END $$ LANGUAGE sql;",
    "COPY INTO @stage/a/ FROM (SELECT a FROM t) FILE_FORMAT = (TYPE = 'PARQUET');\nGO\nSELECT * FROM [a b].c",
    "{% if is_incremental() %} SELECT * FROM {{ ref('orders') }} {% else %} SELECT 1 {% endif %}",
    "MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN UPDATE SET x = b.x WHEN NOT MATCHED THEN INSERT VALUES (b.i)",
]


def mutated(text, chance, others):
    """Cut, double, swap or put in pieces, one to four times."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randint(0, len(text))
        end = min(len(text), start + chance.choice([1, 1, 3, 10, 40]))
        kind = chance.randrange(5)
        if kind == 0:
            text = text[:start] + text[end:]
        elif kind == 1:
            text = text[:end] + text[start:]
        elif kind == 2:
            text = text[:start] + chance.choice(PIECES) + text[end:]
        elif kind == 3:
            text = text[:start] + chance.choice(PIECES) + text[start:]
        else:
            other = chance.choice(others)[0]
            text = text[:start] + other[chance.randint(0, len(other)) :]
    return text[:6000]


@given(words | st.text(max_size=60), st.sampled_from(DIALECTS))
@many(300)
def test_any_text_is_answered(text, dialect):
    check_text(text, dialect)


@given(st.integers(0, 2**32), st.sampled_from([None, None, None, *DIALECTS]))
@many(600)
def test_statements_with_pieces_cut_out_doubled_and_put_in_are_answered(seed, dialect):
    chance = random.Random(seed)
    statements = load()
    text, own = chance.choice(statements)
    check_text(mutated(text, chance, statements), own if dialect is None else dialect)


@given(st.data(), st.sampled_from([";", " ;\n", ";\n-- then; 'this\n", "\n;;\n", "; /* ' ; */ "]))
@many(60)
def test_statements_joined_by_semicolons_come_apart_again(data, separator):
    writers = [drawn(data.draw) for _ in range(data.draw(st.integers(1, 3)))]
    texts = [
        writer.statement(1).text() if writer.chance(50) else writer.query(1, top=True).text() for writer in writers
    ]
    for dialect in ("duckdb", "postgres", ""):
        # behind the last semicolon may come a piece of comments
        found = [COMMENTS.sub("", piece.text).strip() for piece in split(separator.join(texts) + separator, dialect)]
        assert [text for text in found if text] == texts
