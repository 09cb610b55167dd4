"""Scripts cut into statements: what separates them in each dialect, and what does not."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whence.sql.text import split

DIALECTS = ["", "postgres", "mysql", "sqlite", "tsql", "bigquery", "snowflake", "oracle", "clickhouse", "spark"]

# Each: dialect, script, number of statements.
CASES = [
    ("databricks", "-- Databricks notebook source\nselect 1\n\n-- COMMAND ----------\n\n-- MAGIC %md x\nselect 2", 2),
    ("postgres", "select 1\n-- COMMAND ----------\n, 2", 1),
    ("postgres", "select a from t \\crosstabview\nselect b from u", 2),
    ("oracle", "declare cursor c is select 1 from dual; begin null; end;\n/\nselect 2 from dual", 2),
    ("tsql", "select a from t full outer merge join u on t.i = u.i select 2", 2),
    ("postgres", "select 1; select ';';", 2),
    ("postgres", "-- only a comment", 1),
    ("postgres", " ;; ", 0),
    ("postgres", "/* a; /* b; */ c; */ select 1; select 2", 2),
    ("postgres", "select $$;$$, $x$ $$; $x$, E'\\';'; select 2", 2),
    ("postgres", "BEGIN; insert into a select 1; COMMIT", 3),
    ("postgres", "create function f() returns int as $$ begin; x; end $$ language plpgsql; select 1", 2),
    ("postgres", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 1", 2),
    ("postgres", "COPY t (a) FROM STDIN;\n1\tx;y\n2\tz'\n\\.\nselect 1;", 2),
    ("postgres", "\\set x 1\n\\connect db\nselect 1;\n\\copy t from 'x'\nselect 2 \\gexec\nselect 3", 6),
    ("postgres", "CREATE TABLE t (type int, event text) AS SELECT 1; BEGIN; SELECT 2; COMMIT", 4),
    ("postgres", "DECLARE c CURSOR FOR SELECT 1; FETCH ALL FROM c; SELECT 2", 3),
    ("postgres", "select case when a then b; select 2", 2),
    ("postgres", "select (1; select 2", 2),
    ("mysql", "INSERT INTO t SELECT 'a;b', \"c;\\\";\" FROM s; -- x; y\nINSERT INTO u SELECT `c;` # ;\n", 2),
    ("mysql", "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\nDELIMITER ;\nSELECT 1; SELECT 2", 3),
    ("mysql", ("CREATE PROCEDURE p() BEGIN IF x THEN SELECT CASE WHEN y THEN 1 END; END IF; WHILE y DO SELECT 2; "
     "END WHILE; END; SELECT 1"), 2),
    ("sqlite", ("CREATE TRIGGER g AFTER INSERT ON a BEGIN UPDATE b SET x = CASE WHEN 1 THEN 2 END; DELETE FROM c; END; "
     "SELECT 1"), 2),
    ("oracle", "DECLARE x NUMBER; y NUMBER; BEGIN INSERT INTO a SELECT 1 FROM dual; END;\n/\nSELECT 1 FROM b\n/\n", 2),
    ("oracle", "CREATE PROCEDURE p IS x NUMBER; BEGIN INSERT INTO a VALUES (x); END p;\n/\nSELECT 1 FROM b;", 2),
    ("oracle", "CREATE PACKAGE p AS PROCEDURE a; FUNCTION b RETURN NUMBER; END;\n/\nSELECT 1 FROM dual;", 2),
    ("oracle", "select q'[it's; x]', q'!;!' from dual; select 2 from dual", 2),
    ("bigquery", 'select """a;"b;""", r"x;\\";"; select 1', 2),
    ("bigquery", "BEGIN insert into a select 1; insert into b select 2; END; select 1", 2),
    ("bigquery", "BEGIN TRANSACTION; insert into a select 1; COMMIT TRANSACTION", 3),
    ("bigquery", "BEGIN select 1; select 2; select 3", 3),
    ("bigquery", "DECLARE x INT64; SET x = 1; SELECT x", 3),
    ("bigquery", "IF x > 1 THEN INSERT INTO a SELECT 1; ELSE SELECT 2; END IF; SELECT 3", 2),
    ("bigquery", "FOR r IN (SELECT 1) DO INSERT INTO a SELECT r.x; END FOR; SELECT 3", 2),
    ("bigquery", "LOOP SELECT 1; IF x THEN LEAVE; END IF; END LOOP; SELECT 3", 2),
    ("snowflake", "select a // x; y\n from t; select 1", 2),
    ("snowflake", "EXECUTE IMMEDIATE $$ begin; end; $$; select 1", 2),
    ("snowflake", "CREATE TASK t SCHEDULE='1 m' AS BEGIN INSERT INTO a SELECT 1; END; SELECT 2", 2),
    ("snowflake", "DECLARE x INT; BEGIN x := 1; RETURN x; END; SELECT 1", 2),
    ("tsql", "SET NOCOUNT ON\nINSERT INTO dbo.a (id) SELECT id FROM b\nINSERT INTO c (id) SELECT id FROM d\nGO\n", 3),
    ("tsql", "CREATE VIEW v AS WITH x AS (SELECT 1 a) SELECT * FROM x", 1),
    ("tsql", "CREATE VIEW v WITH SCHEMABINDING AS SELECT 1 a", 1),
    ("tsql", "WITH x AS (SELECT 1 a) INSERT INTO t SELECT * FROM x\nSELECT 2", 2),
    ("tsql", ("MERGE t USING s ON a=b WHEN MATCHED THEN UPDATE SET x=1 WHEN NOT MATCHED THEN INSERT (a) VALUES (1)\n"
     "DELETE FROM t"), 2),
    ("tsql", ("IF OBJECT_ID('x') IS NOT NULL DROP TABLE x\nSELECT a INTO x FROM y\nDROP TABLE IF EXISTS z\n"
     "IF 1=1 BEGIN SELECT 1 SELECT 2 END ELSE BEGIN SELECT 3 END\nSELECT 4"), 5),
    ("tsql", "BEGIN TRY INSERT INTO a SELECT 1 END TRY BEGIN CATCH THROW END CATCH SELECT 1", 3),
    ("tsql", "BEGIN TRAN INSERT INTO a SELECT 1 COMMIT TRAN", 3),
    ("tsql", "DECLARE @x INT = 1 SELECT @x UNION ALL SELECT 2 UPDATE t SET a=1 FROM t JOIN u ON t.a=u.a SET @x=2", 4),
    ("tsql", "CREATE PROCEDURE p AS INSERT INTO a SELECT 1; INSERT INTO b SELECT 2\nGO 3\nSELECT 1", 2),
    ("tsql", "SELECT a FROM t ORDER BY a OFFSET 0 ROWS FETCH NEXT 5 ROWS ONLY INSERT x DEFAULT VALUES SELECT b", 3),
    ("tsql", "SELECT [a;b] FROM t WITH (NOLOCK) WHERE a = 1 EXEC p 'a' EXEC q", 3),
    ("tsql", "ALTER TABLE t ALTER COLUMN a INT ALTER TABLE t DROP COLUMN b DROP TABLE t", 3),
    ("tsql", "GRANT SELECT, INSERT ON t TO u SELECT 1", 2),
    ("postgres", "{% set x = ';' %} select 1; select {{ a(';') }} {# ; #}", 2),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "script", "count"), CASES)
def test_split(dialect, script, count):
    pieces = split(script, dialect)
    assert len(pieces) == count, [piece.text for piece in pieces]
    assert all(script[piece.start : piece.end] == piece.text for piece in pieces)


def test_one_bad_statement_costs_only_itself():
    texts = [
        piece.text for piece in split("insert into a select 1; frobnicate (the 'x'; insert into b select ';'", "mysql")
    ]
    assert texts[0] == "insert into a select 1"


@given(
    st.lists(
        st.sampled_from(["select 1", "select ';'", "delete from t -- ;\n", "select $$;$$", "update t set a = 1"]),
        min_size=1,
        max_size=5,
    )
)
def test_splitting_finds_each_statement(statements):
    assert len(split(";\n".join(statements), "postgres")) == len(statements)


WORDS = [
    "BEGIN",
    "END",
    "DECLARE",
    "CASE",
    "IF",
    "SELECT",
    "INSERT",
    "GO",
    "DELIMITER //",
    "//",
    ";",
    "'",
    '"',
    "$$",
    "/*",
    "*/",
    "--",
    "\n",
    "{{",
    "}}",
    "{%",
    "%}",
    "(",
    ")",
    "/",
    "\\g",
    "CREATE PROCEDURE p AS",
    "LOOP",
    "x",
    "[",
]


@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), st.sampled_from(DIALECTS))
def test_pieces_and_separators_give_the_text_again(text, dialect):
    pieces = split(text, dialect)
    at = 0
    for piece in pieces:
        assert piece.start >= at
        assert text[piece.start : piece.end] == piece.text != ""
        at = piece.end
    assert at <= len(text)


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("postgres", "insert into a select b from c;\n" * 10_000),
        ("tsql", "insert into a select b from c\n" * 5_000),
        ("", "DECLARE a; " * 5_000),
        ("bigquery", "BEGIN x; " * 10_000),
        ("postgres", "/*" * 50_000),
        ("postgres", "select 1;" + "$a$" * 30_000),
        ("oracle", "q'[" * 30_000),
        ("", "\\x\n" * 10_000),
        ("mysql", "DELIMITER //\n" * 10_000),
        ("sqlite", "[" * 50_000 + ";;x"),
    ],
)
def test_splitting_is_linear(dialect, text):
    start = time.process_time()
    split(text, dialect)
    assert time.process_time() - start < 10  # 0.25 at most on a quiet machine; squares take minutes


def test_a_script_keeps_its_places():
    script = json.loads('"select a\\n;\\n\\n  -- c\\nselect b ;"')
    assert [(piece.text, piece.start) for piece in split(script, "")] == [("select a", 0), ("-- c\nselect b", 14)]
