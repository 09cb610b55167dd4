"""Which table a column belongs to: qualified or not, known schemas or not, letter case, aliases, whole rows."""

from __future__ import annotations

import pytest

from whence.sql import lineage

KNOWN = {
    "emp": ["id", "name", "boss", "dept_id", "doc"],
    "dept": ["dept_id", "label"],
    "Sales.Items": ["Id", "Price"],
}
MARKS = {"IDENTITY": "", "TRANSFORMATION": "~", "AGGREGATION": "#"}


def flow(sql, dialect="postgres", schema=None):
    """Return the output columns in order: `name < table.field, ..`; ~ changed, # aggregated, (WAY) indirect."""
    (answer,) = lineage(sql, dialect, schema=schema)
    return " | ".join(
        f"{field.name} < "
        + ", ".join(
            f"{s.table}.{s.field}{MARKS.get(s.subtype, f'({s.subtype})')}" for s in sorted(field.sources, key=str)
        )
        for field in answer.fields or ()
    )


def notes(sql, dialect="postgres", schema=None):
    (answer,) = lineage(sql, dialect, schema=schema)
    return {note.code for note in answer.notes}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        # what is known decides
        ("select name, label from emp, dept", "name < emp.name | label < dept.label"),
        ("select e.name from emp e", "name < emp.name"),
        ("select emp.name from emp", "name < emp.name"),
        ("select NAME from EMP", "name < emp.name"),
        ("select name, x from emp, unseen", "name < emp.name | x < unseen.x"),
        # nothing is known
        ("select x from unseen", "x < unseen.x"),
        ("select u.x, v.y from unseen u, unheard v", "x < unseen.x | y < unheard.y"),
        # the innermost query that has it
        ("select (select max(name) from dept) as m from emp", "m < emp.name#"),
        ("select (select max(label) from dept d where d.dept_id = e.dept_id) as m from emp e", "m < dept.label#"),
        # of two tables with one name, the one of the schema that is named
        ("select a.t.x, b.t.y from a.t, b.t", "x < a.t.x | y < b.t.y"),
        # what stands before is a column, not a table
        ("select e.doc.city from emp e", "city < emp.doc~"),
        ("select (e.doc).city from emp e", "city < emp.doc~"),
        ("select (e).name from emp e", "name < emp.name"),
        ("select doc['a'], doc -> 'b' ->> 'c' as c from emp", "doc < emp.doc~ | c < emp.doc~"),
        # whole rows
        ("select e from emp e", "e < emp.boss, emp.dept_id, emp.doc, emp.id, emp.name"),
        ("select to_json(u) as j from unseen u", "j < unseen.*~"),
        ("select id from emp id", "id < emp.id"),
        # a name twice stays twice
        ("select name, name from emp", "name < emp.name | name < emp.name"),
        ("select e.dept_id, d.dept_id from emp e, dept d", "dept_id < emp.dept_id | dept_id < dept.dept_id"),
        # nothing in it
        ("select 1 as one, 'x' as x, now() as t, count(*) as n from emp", "one <  | x <  | t <  | n < "),
    ],
)
def test_owner(sql, expected):
    assert flow(sql, schema=KNOWN) == expected


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        ("snowflake", "select id, price from sales.items", "ID < SALES.ITEMS.Id | PRICE < SALES.ITEMS.Price"),
        ("postgres", "select id from sales.items", "id < sales.items.Id"),
        ("tsql", "select ID from sales.items", "ID < sales.items.Id"),
        ("snowflake", 'select a, "a" from (select x as a, y as "a" from t) q', "A < T.X | a < T.Y"),
        ("postgres", 'with "A" as (select x from t), a as (select y from u) select * from "A", a',
         "x < t.x | y < u.y"),
        ("bigquery", "with Cte as (select x from T) select X from cTE", "X < T.x"),
        ("oracle", "select rownum, sysdate as now, a from t", "ROWNUM <  | NOW <  | A < T.A"),
        ("tsql", "select x from db..t", "x < db.t.x"),
        ("trino", 'select "Big X" as "Y", T."z" from "My T" as t', "y < my t.big x | z < my t.z"),
        ("athena", 'select "X" from "Db"."T"', "x < db.t.x"),
        ("postgres", 'select "X" from "Db"."T"', "X < Db.T.X"),
    ],
)  # fmt: skip
def test_letter_case(dialect, sql, expected):
    assert flow(sql, dialect, KNOWN) == expected


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        # an expression before gives the name, where databases let it
        ("snowflake", "select a + 1 as b, b * 2 as c from t", "B < T.A~ | C < T.A~"),
        ("redshift", "select a as b, upper(b) as c from t", "b < t.a | c < t.a~"),
        # not where the column is known to be there, or must be
        ("snowflake", "select coalesce(a, 0) as a, a + 1 as b from t", "A < T.A~ | B < T.A~"),
        ("postgres", "select a as b, b as c from t", "b < t.a | c < t.b"),
        ("", "select name as n, n as m from emp", "n < emp.name | m < emp.name"),
        ("clickhouse", "with (select max(x) from t) as m select m from u", "m < t.x#"),
    ],
)
def test_names_of_the_select_list_used_in_it(dialect, sql, expected):
    assert flow(sql, dialect, KNOWN) == expected


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        ("snowflake", "select t.$2, t.$1 from emp t", "_col0 < EMP.name | _col1 < EMP.id"),
        ("duckdb", "select #2 from emp", "_col0 < emp.name"),
        ("duckdb", "select #1 from unseen", "_col0 < unseen.*"),
        ("postgres", "select v.column2 from (values (1, 2)) v", "column2 < "),
        ("postgres", "select b from (select id, name from emp) q (a, b)", "b < emp.name"),
        ("postgres", "select a from unseen as u (a, b)", "a < unseen.*"),
    ],
)
def test_columns_by_position(dialect, sql, expected):
    assert flow(sql, dialect, KNOWN) == expected


@pytest.mark.parametrize(
    ("sql", "code", "fields"),
    [
        ("select x from unseen, unheard", "ambiguous_column", "x < "),
        ("select x from (select * from unseen, unheard) q", "ambiguous_column", "x < "),
        ("select nope from emp", "unresolved_column", "nope < "),
        ("select z.name from emp", "unresolved_column", "name < "),
        ("select dept_id from emp, dept", "ambiguous_column", "dept_id < dept.dept_id, emp.dept_id"),
        ("select e.fresh from emp e", "unknown_column", "fresh < emp.fresh"),
    ],
)
def test_doubt_is_noted(sql, code, fields):
    assert flow(sql, schema=KNOWN) == fields
    (answer,) = lineage(sql, "postgres", schema=KNOWN)
    assert {note.code for note in answer.notes} - {"unknown_columns"} == {code}
    assert answer.state == "PARTLY"
    assert {note.hides for note in answer.notes} == {"columns"}


def test_a_note_tells_where():
    sql = "select id, nope from emp"
    (answer,) = lineage(sql, "postgres", schema=KNOWN)
    (note,) = answer.notes
    assert sql[note.start : note.end] == "nope"
