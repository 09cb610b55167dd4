"""CREATE, ALTER, DROP, TRUNCATE, as data; and what rivals get wrong at the level of statements."""

from __future__ import annotations

import pytest

from whence.sql import lineage

SCHEMA = {"s": ["x", "y"]}

CASES = [
    # (dialect, text, kind, inputs, outputs, names of the columns that the statement gives)
    ("postgres", "create table t as select x from s", "CREATE_TABLE_AS", {"s"}, {"t"}, ["x"]),
    ("postgres", "create table t (n) as select x from s", "CREATE_TABLE_AS", {"s"}, {"t"}, ["n"]),
    ("clickhouse", "create table t as s", "CREATE_TABLE_AS", {"s"}, {"t"}, ["x", "y"]),
    ("trino", "create table t with (format = 'ORC') as select x, x as z from s", "CREATE_TABLE_AS", {"s"}, {"t"},
     ["x", "z"]),
    ("snowflake", "create or replace transient table t cluster by (x) as select x from s", "CREATE_TABLE_AS", {"S"},
     {"T"}, ["X"]),
    ("snowflake", "create table t clone s", "CREATE_TABLE_AS", {"S"}, {"T"}, ["x", "y"]),
    ("bigquery", "create table d.t copy s", "CREATE_TABLE_AS", {"s"}, {"d.t"}, ["x", "y"]),
    ("postgres", "select x into t from s", "CREATE_TABLE_AS", {"s"}, {"t"}, ["x"]),
    ("spark", "cache table t as select x from s", "CACHE_TABLE", {"s"}, {"t"}, ["x"]),
    ("postgres", "create view v as select x, y from s", "CREATE_VIEW", {"s"}, {"v"}, ["x", "y"]),
    ("postgres", "create materialized view v as select x from s with no data", "CREATE_VIEW", {"s"}, {"v"}, ["x"]),
    ("clickhouse", "create materialized view v to t as select x from s", "CREATE_VIEW", {"s"}, {"t"}, ["x"]),
    ("clickhouse", "create materialized view v to t (x Int8) as select x from s", "CREATE_VIEW", {"s"}, {"t"}, ["x"]),
    ("snowflake", "create dynamic table t target_lag = '1 minute' warehouse = w as select x from s",
     "CREATE_TABLE_AS", {"S"}, {"T"}, ["X"]),
    ("postgres", "create table t (x int, y text)", "CREATE_TABLE", set(), {"t"}, []),
    ("mysql", "create table t like s", "CREATE_TABLE", {"s"}, {"t"}, []),
    ("postgres", "create table t (like s including all)", "CREATE_TABLE", set(), {"t"}, []),
    ("postgres", "truncate a, b", "TRUNCATE", set(), {"a", "b"}, []),
    ("postgres", "drop table a, b", "DROP_TABLE", set(), {"a", "b"}, []),
    ("postgres", "alter table s rename to t", "RENAME_TABLE", {"s"}, {"t"}, []),
    ("postgres", "alter table a.s rename to t", "RENAME_TABLE", {"a.s"}, {"a.t"}, []),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}: {case[1][:60]}")
def test_definition(case):
    dialect, text, kind, inputs, outputs, names = case
    (answer,) = lineage(text, dialect, schema=SCHEMA)
    assert answer.kind == kind
    assert {str(table) for table in answer.inputs} == inputs
    assert {str(table) for table in answer.outputs} == outputs
    assert [field.name for field in answer.fields or ()] == names
    assert answer.state == "PARSED"


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("postgres", "create temp table t as select 1 as a"),
        ("tsql", "select 1 as a into #t"),
        ("spark", "cache table t select 1 as a"),
    ],
)
def test_temporary(dialect, text):
    (answer,) = lineage(text, dialect)
    assert answer.is_temporary


# --- what rivals get wrong (facts, section 5)


def test_a_views_own_columns_rename_those_of_its_query():
    for dialect in ("postgres", "snowflake", "tsql", "bigquery", "oracle", "spark", "mysql", "trino"):
        (answer,) = lineage("create view v (one, two) as select x, y from s", dialect, schema=SCHEMA)
        found = {
            field.name.lower(): [source.field.lower() for source in field.sources] for field in answer.fields or ()
        }
        assert found == {"one": ["x"], "two": ["y"]}


def test_a_table_read_through_a_cte_stays_an_input_with_a_default_schema():
    (answer,) = lineage("with c as (select * from t) select * from c", "postgres", default_schema="d")
    assert [str(table) for table in answer.inputs] == ["d.t"]


def test_a_table_overwritten_from_itself_is_an_input():
    (answer,) = lineage("insert overwrite table foo select a from foo", "hive")
    assert [str(table) for table in answer.inputs] == ["foo"]


def test_a_created_function_is_no_output():
    (answer,) = lineage("create function f(a int64) as (a + 1)", "bigquery")
    assert (answer.inputs, answer.outputs, answer.state) == ((), (), "PARSED")


def test_one_bad_statement_costs_no_other():
    answers = lineage(
        "failing statement; insert into t select x from s; insert also failing", "postgres", schema=SCHEMA
    )
    assert [answer.kind for answer in answers] == ["UNKNOWN", "INSERT", "UNKNOWN"]
    assert [answer.confidence for answer in answers] == [0.0, 1.0, 0.0]


def test_a_schema_applies_to_names_without_a_default_schema():
    (answer,) = lineage("insert into t select x from s, u", "postgres", schema={"s": ["x"], "u": ["z"]})
    assert [str(source.table) for field in answer.fields or () for source in field.sources] == ["s"]


def test_a_statement_that_is_opaque_to_the_parser_is_never_silent():
    (answer,) = lineage("frobnicate table a with b", "snowflake")
    assert (answer.kind, answer.state) == ("UNKNOWN", "UNKNOWN")
    assert [note.hides for note in answer.notes] == ["tables"]
