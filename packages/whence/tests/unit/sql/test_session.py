"""Scripts as sessions: defaults, temporary tables, renames, drops, views."""

from __future__ import annotations

import pytest

from whence.sql import lineage, script_lineage


def _tables(names):
    return {str(name) for name in names}


def _flows(answer):
    return {f"{f.table}.{f.name}": {f"{s.table}.{s.field} {s.subtype}" for s in f.sources} for f in answer.fields}


SCRIPTS = [
    # each: name, dialect, text, inputs, outputs
    ("use", "mysql", "use d; insert into t select x from s", {"d.s"}, {"d.t"}),
    ("use again", "mysql", "use d; delete from t; use e; delete from t", set(), {"d.t", "e.t"}),
    ("use of a catalogue", "databricks", "use catalog c; use schema d; select x from s", {"c.d.s"}, set()),
    ("use with two parts", "snowflake", "use a.b; select x from s", {"A.B.S"}, set()),
    ("use of quoted names", "trino", 'use "Lake"."Raw"; select x from s', {"lake.raw.s"}, set()),
    ("warehouses are no schemas", "snowflake", "use warehouse w; use role r; select x from s", {"S"}, set()),
    ("names that say more", "mysql", "use d; select x from e.s", {"e.s"}, set()),
    ("search_path", "postgres", "set search_path to d, public; select x from s", {"d.s"}, set()),
    ("search_path =", "redshift", "set search_path = 'd'; select x from s", {"d.s"}, set()),
    ("current_schema", "oracle", "alter session set current_schema = d; select x from s", {"D.S"}, set()),
    ("set schema", "postgres", "set schema 'd'; select x from s", {"d.s"}, set()),
    ("temporary", "postgres", "create temp table w as select x from s; insert into t select x from w", {"s"}, {"t"}),
    ("filled later", "postgres", ("create temp table w (x int); insert into w select x from s; "
     "insert into w select y from u; create table t as select x from w"), {"s", "u"}, {"t"}),
    ("two deep", "postgres", ("create temp table v as select x from s; create temp table w as select x from v; "
     "drop table v; insert into t select x from w"), {"s"}, {"t"}),
    ("#t", "tsql", "select x into #w from s; insert into t (x) select x from #w; drop table #w", {"s"}, {"t"}),
    ("table variables", "tsql", ("declare @w table (x int); insert into @w select x from s; "
     "insert into t (x) select x from @w"), {"s"}, {"t"}),
    ("nothing reads it", "postgres", "create temp table w as select x from s", {"s"}, {"w"}),
    ("temporary view", "spark", "create temporary view w as select x from s; insert into t select x from w", {"s"},
     {"t"}),
    ("dropped", "postgres", "create table w as select x from s; insert into t select x from w; drop table w",
     {"s", "w"}, {"t"}),
    ("drop alone", "postgres", "drop table if exists t", set(), set()),
    ("made anew", "postgres", "drop table if exists t; create table t as select x from s", {"s"}, {"t"}),
    ("renamed", "postgres", ("create temp table w as select x from s; alter table w rename to v; "
     "insert into t select x from v"), {"s"}, {"t"}),
    ("swapped", "snowflake", "create table n as select x from s; alter table t swap with n", {"S"},
     {"T"}),
    ("swapped and dropped", "snowflake", "create table n as select x from s; alter table t swap with n; drop table n",
     {"S"}, {"T"}),
    ("renamed, not temporary", "postgres", "create table w as select x from s; alter table w rename to t", {"s"},
     {"t"}),
    ("renamed alone", "postgres", "alter table w rename to t", set(), set()),
    ("transaction", "postgres", "begin; truncate t; insert into t select x from s; commit", {"s"}, {"t"}),
]  # fmt: skip


@pytest.mark.parametrize("case", SCRIPTS, ids=[case[0] for case in SCRIPTS])
def test_script(case):
    _, dialect, text, inputs, outputs = case
    answer = script_lineage(text, dialect)
    assert (_tables(answer.inputs), _tables(answer.outputs)) == (inputs, outputs)


def test_columns_go_through_temporary_tables_with_what_happened_on_the_way():
    answer = script_lineage(
        "create temp table w as select g, sum(x) as total, x + 1 as more from s group by g;"
        "create table t as select total as a, more || 'z' as b, case when g = 1 then 1 end as c from w",
        "postgres",
    )
    assert _flows(answer) == {"t.a": {"s.x AGGREGATION"}, "t.b": {"s.x TRANSFORMATION"}, "t.c": {"s.g CONDITIONAL"}}


def test_columns_follow_a_rename():
    answer = script_lineage("create table w as select x from s; alter table w rename to t", "postgres")
    assert _flows(answer) == {"t.x": {"s.x IDENTITY"}}


def test_a_star_over_a_table_made_before_is_expanded():
    (_, answer) = lineage("create table w as select x, y from s; create table t as select * from w", "postgres")
    assert [field.name for field in answer.fields or ()] == ["x", "y"]
    (_, _, answer) = lineage("create table w (x int); alter table w rename to v; select * from v", "postgres")
    assert [field.name for field in answer.fields or ()] == ["x"]


def test_a_copy_of_an_unknown_table_keeps_its_columns_names():
    answer = script_lineage("create temp table w as select * from s; create table t as select x from w", "postgres")
    assert _flows(answer) == {"t.x": {"s.x IDENTITY"}}


def test_views_are_expanded():
    views = {"v": "select x, y as z from s", "d.w": "create view d.w as select z + 1 as n from v where x > 1"}
    (answer,) = lineage("create table t as select n from d.w", "postgres", views=views)
    assert _tables(answer.inputs) == {"s"}
    assert [[(str(s.table), s.field, s.subtype) for s in f.sources] for f in answer.fields or ()] == [
        [("s", "y", "TRANSFORMATION")]
    ]
    assert {source.field for source in answer.indirect} == {"x"}
    (answer,) = lineage("select * from v", "postgres", views=views)
    assert [field.name for field in answer.fields or ()] == ["x", "z"]


def test_views_of_each_other_end():
    (answer,) = lineage("select x from v", "postgres", views={"v": "select x from w", "w": "select x from v"})
    assert answer.kind == "SELECT"


def test_a_view_that_cannot_be_read_stays_a_table():
    (answer,) = lineage("select x from v", "postgres", views={"v": "nonsense"})
    assert _tables(answer.inputs) == {"v"}


def test_statements_are_kept_as_they_are():
    answer = script_lineage("create temp table w as select x from s; drop table w", "postgres")
    assert [one.kind for one in answer.statements] == ["CREATE_TABLE_AS", "DROP_TABLE"]
    assert [str(table) for table in answer.statements[0].outputs] == ["w"]
    assert (answer.outputs, answer.fields) == ((), ())


def test_notes_of_all_statements_are_told():
    answer = script_lineage("call p(); nonsense foo bar", "postgres")
    assert [note.code for note in answer.notes] == ["procedure_call", "parse_error"]


@pytest.mark.parametrize(
    ("dialect", "prepare", "execute"),
    [
        ("trino", "prepare p from insert into t (a) select x from s where y = ?", "execute p using 1"),
        (
            "postgres",
            "prepare p (int, varchar(3)) as insert into t (a) select x from s where y = $1",
            "execute p (1, 2)",
        ),
        ("mysql", "prepare p from 'insert into t (a) select x from s where y = ''v'''", "execute p"),
    ],
)
def test_a_prepared_statement_does_its_work_when_it_is_executed(dialect, prepare, execute):
    first, second = lineage(f"{prepare}; {execute}", dialect)
    assert (first.kind, first.inputs) == ("CONTROL", ())
    assert (second.kind, second.state) == ("INSERT", "PARSED")
    assert [(str(f.table), f.name, f.sources[0].field) for f in second.fields] == [("t", "a", "x")]


@pytest.mark.parametrize(
    "script", ["execute p", "prepare p from @text; execute p", "prepare q from select 1; execute p"]
)
def test_what_an_unknown_prepared_statement_does_is_not_known(script):
    assert lineage(script, "mysql")[-1].notes[0].code == "procedure_call"
