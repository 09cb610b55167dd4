"""Select lists, stars, CTEs, set operations, PIVOT: the columns that a query gives, in order."""

from __future__ import annotations

import pytest

from whence.sql import lineage

KNOWN = {
    "t": ["id", "a", "b"],
    "u": ["id", "b", "c"],
    "months": ["id", "jan", "feb", "mar"],
    "sales": ["id", "month", "amount", "tax"],
    "edge": ["src", "dst", "cost"],
}
MARKS = {"IDENTITY": "", "TRANSFORMATION": "~", "AGGREGATION": "#"}


def told(sources):
    return ", ".join(f"{s.table}.{s.field}{MARKS.get(s.subtype, f'({s.subtype})')}" for s in sorted(sources, key=str))


def flow(sql, dialect="postgres", schema=KNOWN):
    (answer,) = lineage(sql, dialect, schema=schema)
    return " | ".join(f"{field.name} < {told(field.sources)}" for field in answer.fields or ())


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        ("postgres", "select * from t", "id < t.id | a < t.a | b < t.b"),
        ("postgres", "select b, t.*, 1 as one from t", "b < t.b | id < t.id | a < t.a | b < t.b | one < "),
        ("postgres", "select * from t, u",
         "id < t.id | a < t.a | b < t.b | id < u.id | b < u.b | c < u.c"),
        ("bigquery", "select * except (id, A) from t", "b < t.b"),
        ("bigquery", "select * replace (a + id as b) from t", "id < t.id | a < t.a | b < t.a~, t.id~"),
        ("duckdb", "select * exclude (a) rename (b as z) from t", "id < t.id | z < t.b"),
        ("snowflake", "select * ilike '%A%' from t", "a < T.a"),
        ("duckdb", "select columns('^[ab]$') from t", "a < t.a | b < t.b"),
        ("postgres", "select * from (select a, b from t) q", "a < t.a | b < t.b"),
        ("duckdb", "from t", "id < t.id | a < t.a | b < t.b"),
        ("duckdb", "from t select b", "b < t.b"),
        ("postgres", "table t", "id < t.id | a < t.a | b < t.b"),
        # nothing known
        ("postgres", "select * from x", "* < x.*"),
        ("postgres", "select q.k, * from (select * from x) q", "k < x.k | * < x.*"),
        ("bigquery", "select * except (k) from x", "* < x.*"),
        ("bigquery", "select k from (select * except (k) from x), t", "k < "),
        ("duckdb", "select z from (select * rename (k as z) from x) q", "z < x.k"),
        ("bigquery", "select k, j from (select * replace (j + 1 as k) from x)", "k < x.j~ | j < x.j"),
        ("bigquery", "select s.* from (select as struct a, b from t) s", "a < t.a | b < t.b"),
        ("spark", "select transform(a, b) using 'cat' as (p, q) from t", "p < t.a~, t.b~ | q < t.a~, t.b~"),
        ("spark", "select stack(2, a, b) as (p, q) from t", "p < t.a~, t.b~ | q < t.a~, t.b~"),
    ],
)  # fmt: skip
def test_stars(dialect, sql, expected):
    assert flow(sql, dialect) == expected


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        ("postgres", "select a + b * 2 as x, upper(a) as y, a as z from t", "x < t.a~, t.b~ | y < t.a~ | z < t.a"),
        ("postgres", "select sum(a) + 1 as x, count(distinct b) as y from t", "x < t.a# | y < t.b#"),
        ("postgres", "select case when a > 1 then b else 0 end as x from t", "x < t.a(CONDITIONAL), t.b~"),
        ("postgres", "select case a when 1 then b end as x from t", "x < t.a(CONDITIONAL), t.b~"),
        ("mysql", "select if(a > 1, b, id) as x from t", "x < t.a(CONDITIONAL), t.b~, t.id~"),
        ("postgres", "select sum(a) over (partition by b order by id) as x from t",
         "x < t.a#, t.b(WINDOW), t.id(WINDOW)"),
        ("postgres", "select sum(a) over w as x, min(a) over (w order by id) as y from t window w as (partition by b)",
         "x < t.a#, t.b(WINDOW) | y < t.a#, t.b(WINDOW), t.id(WINDOW)"),
        ("postgres", "select sum(a) filter (where b > 1) as x from t", "x < t.a#, t.b(FILTER)"),
        ("postgres", "select string_agg(a, ',' order by b) as x from t", "x < t.a#, t.b(SORT)"),
        ("postgres", "select percentile_cont(0.5) within group (order by a) as x from t", "x < t.a#"),
        ("snowflake", "select listagg(a, ',') within group (order by b) as x from t", "X < T.a#, T.b(SORT)"),
        ("postgres", "select coalesce(a, b) as x, cast(a as text) as y, a::int from t",
         "x < t.a~, t.b~ | y < t.a~ | a < t.a~"),
        ("postgres", "select a in (select c from u) as x from t", "x < t.a~, u.c~"),
        ("postgres", "select exists (select c from u where u.id = t.id) as x from t", "x < "),
        ("postgres", "select (select c from u) as x, array(select b from u) as y from t", "x < u.c~ | y < u.b~"),
        ("duckdb", "select list_transform(a, x -> x + b) as l from t", "l < t.a~, t.b~"),
        ("duckdb", "select [x + b for x in a if x > id] as l from t", "l < t.a~, t.b~, t.id~"),
        ("duckdb", "select {'k': a, 'b': id} as s, struct_pack(z := b) as p from t", "s < t.a~, t.id~ | p < t.b~"),
        ("bigquery", "select struct(a as b) as s, count(*) as n, count(t) as m from t",
         "s < t.a~ | n <  | m < t.a#, t.b#, t.id#"),
        ("snowflake", "select object_construct(*) as o from t", "O < T.a~, T.b~, T.id~"),
    ],
)  # fmt: skip
def test_expressions(dialect, sql, expected):
    assert flow(sql, dialect) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select a from t where b = 1 and id in (select id from u where c > 2)",
         "t.b(FILTER), t.id(FILTER), u.c(FILTER), u.id(FILTER)"),
        ("select t.a from t join u on t.id = u.id", "t.id(JOIN), u.id(JOIN)"),
        ("select a, count(*) as n from t group by 1 having max(b) > 1 order by n, 1",
         "t.a(GROUP_BY), t.a(SORT), t.b(FILTER)"),
        ("select a from t group by rollup (a, b), grouping sets ((id))",
         "t.a(GROUP_BY), t.b(GROUP_BY), t.id(GROUP_BY)"),
        ("select a + 1 as b from t order by b", "t.a(SORT)"),
        ("select distinct on (b) a from t order by b, id", "t.b(GROUP_BY), t.b(SORT), t.id(SORT)"),
        ("select a from t qualify row_number() over (partition by b order by id) = 1", "t.b(FILTER), t.id(FILTER)"),
        ("select a from t where exists (select 1 from u where u.id = t.id and c = 1)",
         "t.id(FILTER), u.c(FILTER), u.id(FILTER)"),
        ("with q as (select a from t where b = 1), unused as (select c from u where id = 1) select a from q",
         "t.b(FILTER)"),
        ("select id from t union select id from u order by 1", "t.id(SORT), u.id(SORT)"),
        ("select a from t order by b limit (select max(c) from u)", "t.b(SORT), u.c(FILTER)"),
    ],
)  # fmt: skip
def test_what_shapes_the_whole(sql, expected):
    (answer,) = lineage(sql, "duckdb", schema=KNOWN)
    assert told(answer.indirect) == expected


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        ("postgres", "with q (x, y) as (select a, b from t) select y, x from q", "y < t.b | x < t.a"),
        ("postgres", "with q as (with r as (select a from t) select a + 1 as z from r) select z from q", "z < t.a~"),
        ("bigquery", "with t as (select a as z from t) select z from t", "z < t.a"),
        ("postgres", "with q as (select a from t) select * from (with q as (select c from u) select * from q) s",
         "c < u.c"),
        ("postgres", "with q as (select a from t) select (select max(a) from q) as m, b from u", "m < t.a# | b < u.b"),
        ("postgres", "with q as (select * from x) select k from q", "k < x.k"),
        # recursion, until nothing new comes
        ("postgres", ("with recursive r as (select src, dst from edge union all select r.src, e.dst from r, edge e "
         "where e.src = r.dst) select * from r"), "src < edge.src | dst < edge.dst"),
        ("postgres", ("with recursive r (x, y, z) as (select a, b, id from t union all select y, z, z from r) "
         "select x, y from r"), "x < t.a, t.b, t.id | y < t.b, t.id"),
        ("tsql", ("with r as (select id, a from t union all select t.id, r.id from t join r on r.a = t.b) "
         "select a from r"), "a < t.a, t.id"),
        ("postgres", "with recursive n (i) as (select 1 union all select i + 1 from n) select i, a from n, t",
         "i <  | a < t.a"),
        ("bigquery", "from t |> where a > 1 |> aggregate sum(b) as s group by id |> extend s + 1 as z",
         "id < t.id | s < t.b# | z < t.b#"),
    ],
)  # fmt: skip
def test_ctes(dialect, sql, expected):
    assert flow(sql, dialect) == expected


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        ("postgres", "select a, b from t union all select c, id from u", "a < t.a, u.c | b < t.b, u.id"),
        ("postgres", "select a from t intersect select c from u", "a < t.a, u.c"),
        ("postgres", "select a from t except select c from u", "a < t.a, u.c(JOIN)"),
        ("postgres", "(select a from t) union (select b from u union select c from u)", "a < t.a, u.b, u.c"),
        ("postgres", "select a from t except select c from u union select b from t", "a < t.a, t.b, u.c(JOIN)"),
        ("postgres", "select 1 as a union all select c from u", "a < u.c"),
        ("duckdb", "select a, b from t union all by name select c, b from u", "a < t.a | b < t.b, u.b | c < u.c"),
        ("bigquery", "select a, b from t inner union all by name select b, c from u", "b < t.b, u.b"),
        ("bigquery", "select a, b from t left union all by name select b, c from u", "a < t.a | b < t.b, u.b"),
        ("bigquery", "select a, b from t full union all corresponding select b from u", "a < t.a | b < t.b, u.b"),
        ("postgres", "select k from (select * from x union all select * from y) q", "k < x.k, y.k"),
        ("postgres", "select a, k from (select a, x.* from t, x union select c, y.* from u, y) q",
         "a < t.a, u.c | k < x.k, y.k"),
    ],
)  # fmt: skip
def test_set_operations(dialect, sql, expected):
    assert flow(sql, dialect) == expected


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        ("snowflake", "select * from sales pivot (sum(amount) for month in ('jan' as j, 'feb' as f)) as p",
         "id < SALES.id | tax < SALES.tax | J < SALES.amount# | F < SALES.amount#"),
        ("bigquery", ("select * from (select month, amount, tax from sales) "
         "pivot (sum(amount) as s, max(tax) as m for month in ('jan' as j, 'feb' as f))"),
         "s_j < sales.amount# | m_j < sales.tax# | s_f < sales.amount# | m_f < sales.tax#"),
        ("tsql", "select p.x from (select month, amount from sales) s pivot (sum(amount) for month in ([x], [y])) p",
         "x < sales.amount#"),
        ("snowflake", "select * from sales pivot (sum(amount) for month in ('jan')) as p (i, t, s)",
         "I < SALES.id | T < SALES.tax | S < SALES.amount#"),
        ("snowflake", "select k, j from x pivot (sum(v) for m in ('a' as j))", "K < X.K | J < X.V#"),
        ("snowflake", "select id, any_month from sales pivot (sum(amount) for month in (any))",
         "ID < SALES.id | ANY_MONTH < SALES.amount#"),
        ("snowflake", "select * from months unpivot (v for m in (jan, feb))",
         ("id < MONTHS.id | mar < MONTHS.mar | M < MONTHS.feb(CONDITIONAL), MONTHS.jan(CONDITIONAL) | "
         "V < MONTHS.feb, MONTHS.jan")),
        ("bigquery", "select v, w from months unpivot ((v, w) for m in ((jan, feb), (feb, mar)))",
         "v < months.feb, months.jan | w < months.feb, months.mar"),
        ("duckdb", "pivot sales on month using sum(amount) group by id", "id < sales.id | * < sales.amount#"),
        ("duckdb", "unpivot months on jan, feb into name m value v",
         ("id < months.id | mar < months.mar | m < months.feb(CONDITIONAL), months.jan(CONDITIONAL) | "
         "v < months.feb, months.jan")),
    ],
)  # fmt: skip
def test_pivots(dialect, sql, expected):
    assert flow(sql, dialect) == expected


def test_scalar_subqueries_by_profile():
    sql = "select (select max(c) from u) as m, a from t"
    (answer,) = lineage(sql, "bigquery", schema=KNOWN, profile="bytebase")
    assert [(field.name, told(field.sources)) for field in answer.fields or ()] == [("m", ""), ("a", "t.a")]


def test_an_unused_cte_is_read_and_shapes_nothing():
    (answer,) = lineage("with q as (select c from u where b = 1) select a from t", "postgres", schema=KNOWN)
    assert sorted(map(str, answer.inputs)) == ["t", "u"]
    assert answer.indirect == ()
