"""Faults of other engines in columns, each one with the answer that is right.

Source: facts on openlineage-sql 1.54, acryl-datahub 1.7, sqlglot 30 `lineage`, sqllineage 1.5 and polyglot-sql 0.13.
"""

from __future__ import annotations

import time

import pytest

from whence.sql import lineage

SHOP = {"orders": ["id", "cust_id", "amount"], "cust": ["id", "name"]}


def fields(sql, dialect="postgres", schema=None, **more):
    """Return the output columns in order, each with its sources as `table.field`."""
    (answer,) = lineage(sql, dialect, schema=schema, **more)
    return [(f.name, sorted({f"{s.table}.{s.field}" for s in f.sources})) for f in answer.fields or ()]


def test_openlineage_loses_tables_read_through_a_cte_when_a_schema_is_the_default():
    (answer,) = lineage("with t1 as (select * from t) select * from t1", "postgres", default_schema="s")
    assert [str(table) for table in answer.inputs] == ["s.t"]


def test_openlineage_loses_columns_behind_some_twenty_ctes_and_differs_from_run_to_run():
    links = ", ".join(f"c{i} as (select a, b from c{i - 1})" for i in range(1, 60))
    sql = f"with c0 as (select a, b from t), {links} select a, b from c59"
    answers = {str(fields(sql)) for _ in range(3)}
    assert answers == {"[('a', ['t.a']), ('b', ['t.b'])]"}


def test_openlineage_drops_unqualified_columns_of_a_join():
    sql = "select amount, name from orders join cust on cust_id = cust.id"
    assert fields(sql, schema=SHOP) == [("amount", ["orders.amount"]), ("name", ["cust.name"])]


def test_openlineage_and_datahub_ignore_the_columns_that_a_view_names():
    (answer,) = lineage("create view v (who, what) as select name, amount from cust, orders", "postgres", schema=SHOP)
    assert [(f"{f.table}.{f.name}", [s.field for s in f.sources]) for f in answer.fields or ()] == [
        ("v.who", ["name"]),
        ("v.what", ["amount"]),
    ]


def test_datahub_loses_the_input_of_a_table_written_from_itself():
    (answer,) = lineage("insert overwrite table foo select a from foo", "hive")
    assert [str(table) for table in answer.inputs] == ["foo"]
    assert [str(table) for table in answer.outputs] == ["foo"]


def test_sqlglot_loses_the_first_of_two_outputs_with_one_name():
    sql = "select o.id, c.id from orders o, cust c"
    assert fields(sql, schema=SHOP) == [("id", ["orders.id"]), ("id", ["cust.id"])]


@pytest.mark.parametrize(
    "sql",
    [
        "update orders set amount = c.name from cust c where c.id = cust_id",
        "merge into orders o using cust c on o.cust_id = c.id when matched then update set amount = c.name",
    ],
)
def test_sqlglot_has_no_columns_for_statements_that_change(sql):
    assert fields(sql, schema=SHOP) == [("amount", ["cust.name"])]


def test_sqllineage_needs_a_default_schema_to_know_unqualified_tables_and_has_no_columns_for_bare_queries():
    assert fields("select name from cust, orders", schema=SHOP) == [("name", ["cust.name"])]


def test_polyglot_hangs_in_a_diamond_of_ctes():
    links = ", ".join(f"d{i} as (select x.a, y.b from d{i - 1} x join d{i - 1} y on x.a = y.a)" for i in range(1, 24))
    started = time.process_time()
    found = fields(f"with d0 as (select a, b from t), {links} select * from d23")
    assert time.process_time() - started < 20  # without memory it would take years
    assert found == [("a", ["t.a"]), ("b", ["t.b"])]


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        # nobody or almost nobody gets these right
        ("postgres", "with recursive r (x, y) as (select a, b from t union all select y, x from r) select x from r",
         [("x", ["t.a", "t.b"])]),
        ("postgres", "select j.k from t, json_to_recordset(t.doc) as j (k int)", [("k", ["t.doc"])]),
        ("postgres", "select o from orders o", [("o", ["orders.amount", "orders.cust_id", "orders.id"])]),
        ("duckdb", "select id, name from cust union all by name select name, id from cust2",
         [("id", ["cust.id", "cust2.id"]), ("name", ["cust.name", "cust2.name"])]),
        ("snowflake", "select $2 from cust", [("_col0", ["CUST.name"])]),
        ("snowflake", "select Name, ID from Cust", [("NAME", ["CUST.name"]), ("ID", ["CUST.id"])]),
        ("postgres", "select id from orders join cust using (id)", [("id", ["cust.id", "orders.id"])]),
    ],
)  # fmt: skip
def test_hardly_anyone_follows(dialect, sql, expected):
    assert fields(sql, dialect, SHOP) == expected
