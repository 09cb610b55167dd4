"""Variables and parameters of scripts and routines are no columns, unless a table is known to have such a column."""

from __future__ import annotations

import pytest

from whence.sql import lineage
from whence.sql.movers._cursor import Cursor
from whence.sql.movers._variables import declared, parameters


def told(sql, dialect, schema=None):
    """Return field -> columns, and the columns behind filters, of all statements that move data."""
    answers = [answer for answer in lineage(sql, dialect, schema=schema) if answer.fields]
    fields = {
        field.name.lower(): sorted(source.field.lower() for source in field.sources)
        for answer in answers
        for field in answer.fields
    }
    return fields, sorted({source.field.lower() for answer in answers for source in answer.indirect})


INSERT = "insert into t (a, b) select a, v from o where day > d"


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("bigquery", f"DECLARE d, e DATE DEFAULT CURRENT_DATE(); DECLARE v INT64; {INSERT};"),
        ("bigquery", f"BEGIN DECLARE d DATE; DECLARE v INT64 DEFAULT 1; {INSERT}; END"),
        ("bigquery", f"CREATE OR REPLACE PROCEDURE x.p(IN v INT64, OUT w STRING) BEGIN DECLARE d DATE; {INSERT}; END"),
        (
            "postgres",
            f"create procedure p(in v int, numeric) language plpgsql as $$ declare d int; begin {INSERT}; end $$",
        ),
        ("postgres", f"do $$ declare d constant date := now(); v text; begin {INSERT}; end $$"),
        ("oracle", f"create or replace procedure p(v in number) as d date; n t.a%type; begin {INSERT}; end;"),
        ("oracle", f"declare d date; v number := 1; begin {INSERT}; end;"),
        (
            "oracle",
            f"create package body k as c number; procedure p(v number := 1) is d date; begin {INSERT}; end p; end k;",
        ),
        ("mysql", f"CREATE PROCEDURE p(IN v INT, INOUT w INT) BEGIN DECLARE d, e INT DEFAULT 0; {INSERT}; END"),
        ("snowflake", f"create procedure p(v int) returns int language sql as $$ begin let d := 1; {INSERT}; end $$"),
        ("snowflake", f"execute immediate $$ declare d date; v int; begin {INSERT}; end $$"),
        ("databricks", f"DECLARE OR REPLACE VARIABLE d DATE; DECLARE VARIABLE v INT; {INSERT};"),
    ],
)
def test_a_variable_is_no_column(dialect, sql):
    assert told(sql, dialect) == ({"a": ["a"], "b": []}, ["day"])


def test_without_it_a_name_is_a_column():
    assert told(INSERT, "bigquery") == ({"a": ["a"], "b": ["v"]}, ["d", "day"])
    assert told(f"{INSERT}; DECLARE d DATE; DECLARE v INT64;", "bigquery") == ({"a": ["a"], "b": ["v"]}, ["d", "day"])


def test_a_column_that_is_known_comes_first():
    schema = {"o": {"a": "int", "v": "int", "day": "date"}}
    sql = f"DECLARE d DATE; DECLARE v INT64; {INSERT};"
    assert told(sql, "bigquery", schema) == ({"a": ["a"], "b": ["v"]}, ["day"])


def test_names_that_a_query_makes_come_first():
    sql = "DECLARE d DATE; insert into t (a) select x.d from (select day as d from o) x order by d"
    assert told(sql, "bigquery")[0] == {"a": ["day"]}
    assert told(sql.replace("x.d", "d"), "bigquery")[0] == {"a": ["day"]}


def test_a_variable_of_one_text_is_none_of_another():
    lineage("DECLARE v INT64;", "bigquery")
    assert told(INSERT, "bigquery")[0]["b"] == ["v"]
    assert told(f"DECLARE v INT64; {INSERT}", "bigquery")[0]["b"] == []
    assert told(INSERT, "bigquery")[0]["b"] == ["v"]


@pytest.mark.parametrize(
    ("text", "dialect", "names"),
    [
        ("declare a int; b text := 'x;y'; c cursor for select 1; begin null; end", "postgres", {"a", "b", "c"}),
        ("declare `a`, b int default 0; insert into t values (a)", "mysql", {"a", "b"}),
        ("declare continue handler for not found set done = 1; select 1", "mysql", set()),
        ("declare @a int, @b int", "tsql", set()),
        ("for r in select x from y loop insert into t values (r); end loop", "postgres", {"r"}),
        ("begin insert into t select a from b; end", "oracle", set()),
        ("select letter, format from declared", "postgres", set()),
    ],
)
def test_what_is_declared(text, dialect, names):
    assert declared(text, dialect) == names


def test_parameters_without_a_name_are_none():
    assert parameters(
        Cursor("create function f(date, in a int, out b numeric(3, 2), text) returns int", "postgres")
    ) == {
        "a",
        "b",
    }
    assert parameters(Cursor("create table t (a int)", "postgres")) == frozenset()
