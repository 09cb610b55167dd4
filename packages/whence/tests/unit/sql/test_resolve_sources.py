"""What stands in FROM: joins, USING and NATURAL, laterals, functions that give rows, files."""

from __future__ import annotations

import pytest

from whence.sql import lineage

KNOWN = {"a": ["id", "x"], "b": ["id", "y"], "c": ["id", "y", "z"]}
MARKS = {"IDENTITY": "", "TRANSFORMATION": "~", "AGGREGATION": "#"}


def flow(sql, dialect="postgres", schema=None, profile="default"):
    (answer,) = lineage(sql, dialect, schema=schema, profile=profile)
    return " | ".join(
        f"{field.name} < "
        + ", ".join(
            f"{s.table}.{s.field}{MARKS.get(s.subtype, f'({s.subtype})')}" for s in sorted(field.sources, key=str)
        )
        for field in answer.fields or ()
    )


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        ("postgres", "select id, x, y from a join b using (id)", "id < a.id, b.id | x < a.x | y < b.y"),
        ("postgres", "select * from a join b using (id)", "id < a.id, b.id | x < a.x | y < b.y"),
        ("postgres", "select a.*, b.* from a join b using (id)", "id < a.id | x < a.x | id < b.id | y < b.y"),
        ("postgres", "select * from a natural join b", "id < a.id, b.id | x < a.x | y < b.y"),
        ("postgres", "select * from a join b using (id) join c using (id, y)",
         "id < a.id, b.id, c.id | y < b.y, c.y | x < a.x | z < c.z"),
        ("postgres", "select * from u join v using (k)", "k < u.k, v.k | * < u.* | * < v.*"),
        ("postgres", "select k, p.w from u p full join v using (k)", "k < u.k, v.k | w < u.w"),
        ("spark", "select * from a left semi join b on a.id = b.id", "id < a.id | x < a.x"),
        ("postgres", "select q.x, y from (a join b on a.id = b.id) q", "x < a.x | y < b.y"),
        ("postgres", "select x, z from (a join b using (id)) left join c on true", "x < a.x | z < c.z"),
        ("postgres", "select l.m from a, lateral (select a.x + b.y as m from b) l", "m < a.x~, b.y~"),
        ("tsql", "select l.m from a cross apply (select max(y) as m from b where b.id = a.id) l", "m < b.y#"),
    ],
)  # fmt: skip
def test_joins(dialect, sql, expected):
    assert flow(sql, dialect, KNOWN) == expected


def test_one_side_of_using_by_profile():
    assert flow("select id from a join b using (id)", schema=KNOWN, profile="sqllineage") == "id < a.id"
    assert flow("select id from a right join b using (id)", schema=KNOWN, profile="sqllineage") == "id < b.id"


def test_a_table_may_not_see_its_neighbours_unless_lateral():
    (answer,) = lineage("select q.x from a, (select x from b) q", "postgres", schema=KNOWN)
    assert [note.code for note in answer.notes] == ["unresolved_column"]


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        ("postgres", "select v from t, unnest(t.l) as v", "v < t.l~"),
        ("postgres", "select p, q from t, unnest(t.l, t.m) as u (p, q)", "p < t.l~ | q < t.m~"),
        ("trino", "select p, n from t cross join unnest(l) with ordinality as u (p, n)", "p < t.l~ | n < "),
        ("bigquery", "select v, o from t, unnest(l) as v with offset as o", "v < t.l~ | o < "),
        ("bigquery", "select v.city from t, t.places as v", "city < t.places~"),
        ("bigquery", "select k, p from t, unnest([struct(a as p, b as q)])", "k < t.k | p < t.a~, t.b~"),
        ("clickhouse", "select x from cluster('name', d.t)", "x < d.t.x"),
        ("snowflake", "select f.value:n::int as n from t, lateral flatten(input => t.l) f", "N < T.L~"),
        ("snowflake", "select value from table(flatten(input => parse_json('[1]')))", "VALUE < "),
        ("spark", "select p, v from t lateral view posexplode(l) e as p, v", "p < t.l~ | v < t.l~"),
        ("databricks", "select explode(l) as v from t", "v < t.l~"),
        ("duckdb", "select unnest(l) as v from t", "v < t.l~"),
        ("postgres", "select g, t.a from t, generate_series(1, t.n) as g", "g < t.n~ | a < t.a"),
        ("postgres", "select r.p from t, jsonb_to_recordset(t.doc) as r (p int, q text)", "p < t.doc~"),
        ("postgres", "select e.value, e ->> 'k' as k from t, jsonb_array_elements(t.doc) as e",
         "value < t.doc~ | k < t.doc~"),
        ("mysql", ("select j.p, j.q from t, json_table(t.doc, '$[*]' columns (n for ordinality, p int path '$.p', "
         "nested path '$.r' columns (q int path '$.q'))) j"), "p < t.doc~ | q < t.doc~"),
        ("oracle", "select x.p from t, xmltable('/r' passing t.doc columns p number path 'p') x", "P < T.DOC~"),
        ("tsql", "select j.p from t cross apply openjson(t.doc) with (p int '$.p') j", "p < t.doc~"),
        ("tsql", "select j.[key], j.value from t cross apply openjson(t.doc) j", "key < t.doc~ | value < t.doc~"),
        ("tsql", "select s.value from t cross apply string_split(t.tags, ',') s", "value < t.tags~"),
        ("clickhouse", "select e, a from t array join l as e", "e < t.l~ | a < t.a"),
        ("snowflake", "select region, total from semantic_view(sv dimensions region metrics total)",
         "REGION < SV.REGION | TOTAL < SV.TOTAL"),
        ("postgres", "select x, y from (values (1, 2), (3, 4)) v (x, y)", "x <  | y < "),
        ("postgres", "select l.p from t, lateral (values (t.a), (t.b)) l (p)", "p < t.a, t.b"),
        ("clickhouse", "select x from t final", "x < t.x"),
        ("snowflake", ("select m, d from t match_recognize (partition by k order by o measures last(down.v) as m, "
         "k as d one row per match pattern (down+) define down as v > 1)"), "M < T.V# | D < T.K"),
    ],
)  # fmt: skip
def test_functions_that_give_rows(dialect, sql, expected):
    assert flow(sql, dialect) == expected


@pytest.mark.parametrize(
    ("dialect", "sql", "inputs"),
    [
        ("duckdb", "select * from 'in/a.csv'", ["in/a.csv"]),
        ("duckdb", "select * from read_parquet('s3://b/k.parquet')", ["s3://b/k.parquet"]),
        ("duckdb", "select * from read_csv(['a.csv', 'b.csv'], delim = ';')", ["a.csv", "b.csv"]),
        ("duckdb", "select * from read_csv('a.csv', delim = ';')", ["a.csv"]),
        ("clickhouse", "select * from s3('https://b/x.csv', 'CSV')", ["https://b/x.csv"]),
        ("databricks", "select * from delta.`/lake/t`", ["/lake/t"]),
        ("snowflake", "select $1 from @raw.stage/in/ s", ["@raw.stage/in/"]),
        ("snowflake", "select x from identifier('sh.orders')", ["SH.ORDERS"]),
        ("databricks", "select x from stream(s.t)", ["s.t"]),
        ("clickhouse", "select dictGet('d.cities', 'name', k) as n from t", ["t", "d.cities"]),
        ("oracle", "select 1 from dual", []),
        ("bigquery", "select * from ml.predict(model m, table d.t)", ["d.t"]),
    ],
)
def test_what_is_read(dialect, sql, inputs):
    (answer,) = lineage(sql, dialect)
    assert sorted(map(str, answer.inputs)) == sorted(inputs)


def test_a_function_whose_tables_are_not_known_hides_tables():
    (answer,) = lineage("select * from f(1)", "postgres")
    assert [(note.code, note.hides) for note in answer.notes][:1] == [("table_function", "tables")]


def test_a_list_of_files_is_a_union_by_name():
    assert flow("select x + 1 as n from read_parquet(['a', 'b'])", "duckdb") == "n < a.x~, b.x~"


@pytest.mark.parametrize(
    ("dialect", "text", "inputs", "fields"),
    [
        ("postgres", "select * from crosstab('select r, c, v from t', $$select d from u$$) as ct(a int, b int)",
         {"t", "u"}, {"a": {"r"}, "b": {"v"}}),
        ("duckdb", "select a + 1 as z from query('select a from t where b in (select c from u)')", {"t", "u"},
         {"z": {"a"}}),
        ("duckdb", "from query('select * from t')", {"t"}, {"*": {"*"}}),
    ],
)  # fmt: skip
def test_queries_in_texts(dialect, text, inputs, fields):
    (answer,) = lineage(text, dialect)
    assert {str(table) for table in answer.inputs} == inputs
    assert {field.name: {source.field for source in field.sources} for field in answer.fields} == fields
    assert answer.confidence == 1.0


def test_a_query_in_a_text_that_is_not_known():
    (answer,) = lineage("select * from query(getvariable('q'))", "duckdb")
    assert [note.code for note in answer.notes] == ["table_function"]
