"""The lineage function on cases that are data: statement, dialect, what it reads, writes and how its columns flow."""

from __future__ import annotations

import logging

import pytest

from whence.sql import Column, Schema, TableName, lineage

SHOP = {
    "customers": ["id", "email", "name"],
    "orders": {"id": "INTEGER", "customer_id": "INTEGER", "amount": "NUMERIC(10, 2)"},
    "report": ["mail", "total"],
}

# (name, dialect, statement, inputs, outputs, {output field: sources with their transformation})
CASES = [
    (
        "outer join, aggregate and masking",
        "postgresql",
        ("insert into report (mail, total) select md5(c.email), sum(o.amount) from customers c "
        "left outer join orders o on o.customer_id = c.id group by 1"),
        {"customers", "orders"},
        {"report"},
        {"mail": {"customers.email TRANSFORMATION masked"}, "total": {"orders.amount AGGREGATION"}},
    ),
    (
        "star with a known schema, columns of the target by position",
        "sqlite",
        "insert into report select email, id from (select * from customers) as s",
        {"customers"},
        {"report"},
        {"mail": {"customers.email IDENTITY"}, "total": {"customers.id IDENTITY"}},
    ),
    (
        "chain of CTEs with renamed columns",
        "postgres",
        "create table t as with a (x) as (select amount from orders), b as (select x + 1 as y from a) select y from b",
        {"orders"},
        {"t"},
        {"y": {"orders.amount TRANSFORMATION"}},
    ),
    (
        "recursive CTE",
        "postgres",
        ("create view v as with recursive r as (select id, customer_id as up from orders union all "
        "select o.id, r.up from orders o join r on o.customer_id = r.id) select * from r"),
        {"orders"},
        {"v"},
        {"id": {"orders.id IDENTITY"}, "up": {"orders.customer_id IDENTITY"}},
    ),
    (
        "union joins by position",
        "mysql",
        "create table t as select email as e from customers union all select name from customers",
        {"customers"},
        {"t"},
        {"e": {"customers.email IDENTITY", "customers.name IDENTITY"}},
    ),
    (
        "scalar subquery and case",
        "postgres",
        ("create table t as select case when c.id > 1 then c.name end as n, "
        "(select max(o.amount) from orders o where o.customer_id = c.id) as m from customers c"),
        {"customers", "orders"},
        {"t"},
        {"n": {"customers.name TRANSFORMATION", "customers.id CONDITIONAL"}, "m": {"orders.amount AGGREGATION"}},
    ),
    (
        "window",
        "postgres",
        "create table t as select row_number() over (partition by customer_id order by amount) as n from orders",
        {"orders"},
        {"t"},
        {"n": {"orders.customer_id WINDOW", "orders.amount WINDOW"}},
    ),
    (
        "update from another table: the target is an output only",
        "postgres",
        "update report set mail = c.email, total = total + 1 from customers c where c.name = report.mail",
        {"customers"},
        {"report"},
        {"mail": {"customers.email IDENTITY"}, "total": set()},
    ),
    (
        "update with a join",
        "mariadb",
        "update report r join customers c on c.name = r.mail set r.mail = c.email",
        {"customers"},
        {"report"},
        {"mail": {"customers.email IDENTITY"}},
    ),
    (
        "merge",
        "postgres",
        ("merge into report r using customers c on r.mail = c.name when matched then update set mail = c.email "
        "when not matched then insert (mail, total) values (c.name, c.id)"),
        {"customers"},
        {"report"},
        {
            "mail": {"customers.email IDENTITY", "customers.name IDENTITY"},
            "total": {"customers.id IDENTITY"},
        },
    ),
    ("values", "sqlite", "insert into report values (?, ?), (?, ?)", set(), {"report"},
     {"mail": set(), "total": set()}),
    (
        "replace into is an insert",
        "mysql",
        "replace into report (mail) select email from customers",
        {"customers"},
        {"report"},
        {"mail": {"customers.email IDENTITY"}},
    ),
    ("delete using", "postgres", "delete from orders using customers c where c.id = orders.customer_id",
     {"customers"}, {"orders"}, None),
    ("truncate", "postgres", "truncate table orders, report", set(), {"orders", "report"}, None),
    ("select into", "tsql", "select email into copy from customers", {"customers"}, {"copy"},
     {"email": {"customers.email IDENTITY"}}),
    ("explain analyze does it", "postgres", "explain analyze delete from orders", set(), {"orders"}, None),
    ("explain does not", "postgres", "explain delete from orders", set(), set(), None),
]  # fmt: skip


def _flows(answer):
    if answer.fields is None:
        return None
    return {
        name: {f"{s.table}.{s.field} {s.subtype}{' masked' if s.masking else ''}" for s in sources}
        for name, sources in answer.sources_by_name().items()
    }


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_case(case):
    _, dialect, statement, inputs, outputs, fields = case
    (answer,) = lineage(statement, dialect, schema=SHOP)
    assert {str(table) for table in answer.inputs} == inputs
    assert {str(table) for table in answer.outputs} == outputs
    assert _flows(answer) == fields
    assert answer.notes == ()


def test_indirect_sources_shape_the_whole_output():
    (answer,) = lineage(
        "select name from customers c join orders o on o.customer_id = c.id where amount > 1 order by c.email",
        "postgres",
        schema=SHOP,
    )
    assert {f"{s.field} {s.subtype}" for s in answer.indirect} == {
        "customer_id JOIN",
        "id JOIN",
        "amount FILTER",
        "email SORT",
    }


@pytest.mark.parametrize(
    "statement",
    [
        "select id from customers where id = %s",
        "select id from customers where id = %(id_1)s::INTEGER and 5 %% 2 = 1",
        "select id from customers where id = :id limit :n",
        "select id from customers where id in (?, ?, ?)",
        "select id from customers where id = $1::int",
        "select id from customers where id = @p1",
    ],
)
def test_placeholders_of_every_style(statement):
    (answer,) = lineage(statement, "postgres", schema=SHOP)
    assert [str(table) for table in answer.inputs] == ["customers"]
    assert answer.notes == ()


def test_defaults_and_letter_case():
    (answer,) = lineage('select * from Orders, "Orders", other.t', "postgres", default_db="db", default_schema="public")
    assert answer.inputs == (
        TableName("orders", "public", "db"),
        TableName("Orders", "public", "db"),
        TableName("t", "other", "db"),
    )
    (answer,) = lineage("select * from Orders", "snowflake")
    assert answer.inputs == (TableName("ORDERS"),)
    (answer,) = lineage('select * from Orders, "ORDERS"', "sqlite")
    assert answer.inputs == (TableName("orders"),)


def test_columns_of_ddl():
    (answer,) = lineage(
        (
            "create table if not exists t (Id serial primary key, kind enum('a', 'b'), note varchar(20) default 'x', "
            "constraint c check (id > 0))"
        ),
        "mysql",
    )
    assert answer.kind == "CREATE_TABLE"
    assert [tuple(column) for column in answer.columns or ()] == [
        ("Id", "SERIAL"),
        ("kind", "ENUM"),
        ("note", "VARCHAR(20)"),
    ]
    (answer,) = lineage("create table t (a varchar(9), b integer, c decimal(10, 2))", "sqlite")
    assert [column.type for column in answer.columns or ()] == ["VARCHAR(9)", "INTEGER", "DECIMAL(10, 2)"]
    (answer,) = lineage("alter table orders add column z int", "postgres", schema=SHOP)
    assert [column.name for column in answer.columns or ()] == ["id", "customer_id", "amount", "z"]
    (answer,) = lineage("create temporary table t as select id from orders", "postgres")
    assert answer.is_temporary


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("nonsense foo bar", "parse_error"),
        ("call refresh_all()", "procedure_call"),
        ("create table t as select * from unseen", "unknown_columns"),
        ("insert into unseen select id from orders", "target_columns_unknown"),
        ("select x from unseen, unheard", "ambiguous_column"),
        ("select nothing.x from orders", "unresolved_column"),
        ("select * from secret_function(1)", "table_function"),
        ("select " + "(" * 3000 + "1" + ")" * 3000, "too_deep"),
    ],
)
def test_what_is_not_understood_is_said(statement, code):
    (answer,) = lineage(statement, "postgres", schema=SHOP)
    assert code in {note.code for note in answer.notes}


def test_unknown_dialect_is_said():
    (answer,) = lineage("select id from orders", "klingon")
    assert [note.code for note in answer.notes] == ["unknown_dialect"]
    assert answer.inputs == (TableName("orders"),)


def test_field_without_known_source_is_left_out_and_constant_is_kept():
    (answer,) = lineage("create table t as select x, 1 as one from unseen, unheard", "postgres")
    assert _flows(answer) == {"one": set()}


def test_script_is_read_statement_by_statement():
    answers = lineage(
        "begin; delete from a; nonsense foo; insert into b select ';' from c; -- end\ncommit;", "postgres"
    )
    assert [answer.kind for answer in answers] == ["CONTROL", "DELETE", "UNKNOWN", "INSERT", "CONTROL"]


def test_routine_is_one_statement():
    (answer,) = lineage("create trigger t after insert on a begin delete from b; delete from c; end", "sqlite")
    assert answer.kind == "CREATE_ROUTINE"
    assert [str(table) for table in answer.outputs] == ["b", "c"]


def test_notes_and_logs_hold_no_literal(caplog):
    with caplog.at_level(logging.DEBUG):
        answers = lineage("call pay('4111111111111111'); explain select 'hunter2'; bogus 'hunter2' x", "mysql")
    assert "hunter2" not in str(answers)
    assert "4111" not in str(answers)
    assert caplog.text == ""


def test_answer_follows_the_schema():
    schema = Schema()
    statement = "create table copy as select * from source"
    (before,) = lineage(statement, "postgres", schema=schema)
    assert [field.name for field in before.fields or ()] == ["*"]
    schema.put("source", [Column("a")])
    (after,) = lineage(statement, "postgres", schema=schema)
    assert _flows(after) == {"a": {"source.a IDENTITY"}}


def test_long_chains_are_read():
    (answer,) = lineage("select id from orders where " + " or ".join(["id = 1"] * 2000), "postgres", schema=SHOP)
    assert {source.field for source in answer.indirect} == {"id"}
    (answer,) = lineage(" union all ".join(["select id from orders"] * 200), "postgres", schema=SHOP)
    assert _flows(answer) == {"id": {"orders.id IDENTITY"}}


MORE = [
    # joins of every form, in parentheses and by USING
    ("select a.x from (a join b on a.id = b.id) left join c using (id)", "postgres", {"a", "b", "c"},
     {"x": {"a.x IDENTITY"}}),
    ("select q.m from (select a.x + b.y as m from a, b) q", "postgres", {"a", "b"},
     {"m": {"a.x TRANSFORMATION", "b.y TRANSFORMATION"}}),
    # rows made of columns
    ("select u from t, unnest(t.list) as u", "postgres", {"t"}, {"u": {"t.list TRANSFORMATION"}}),
    ("select g from generate_series(1, 3) as g", "postgres", set(), {"g": set()}),
    ("select v.one from t cross join lateral (select t.a as one) v", "postgres", {"t"}, {"one": {"t.a IDENTITY"}}),
    ("select e.value from t lateral view explode(t.tags) e as value", "spark", {"t"},
     {"value": {"t.tags TRANSFORMATION"}}),
    ("select v.b from (values (1, 2)) as v (a, b)", "postgres", set(), {"b": set()}),
    # names
    ("select t.doc.city as city from t", "bigquery", {"t"}, {"city": {"t.doc TRANSFORMATION"}}),
    ("select 1 as one from dual", "oracle", set(), {"ONE": set()}),
    ("with c as (select amount from orders) select * from c", "postgres", {"orders"},
     {"amount": {"orders.amount IDENTITY"}}),
    ("select * except (email) from customers", "bigquery", {"customers"},
     {"id": {"customers.id IDENTITY"}, "name": {"customers.name IDENTITY"}}),
    ("select c.* from customers c, orders o", "postgres", {"customers", "orders"},
     {"id": {"customers.id IDENTITY"}, "email": {"customers.email IDENTITY"}, "name": {"customers.name IDENTITY"}}),
    ("select lower(email), count(*), now() from customers", "postgres", {"customers"},
     {"lower": {"customers.email TRANSFORMATION"}, "count": set(), "current_timestamp": set()}),
    ("select sum(amount) filter (where id > 1) as s from orders", "postgres", {"orders"},
     {"s": {"orders.amount AGGREGATION", "orders.id FILTER"}}),
    ("select exists (select 1 from orders o where o.id = c.id) as e from customers c", "postgres",
     {"orders", "customers"},
     {"e": set()}),
]  # fmt: skip


@pytest.mark.parametrize("case", MORE, ids=[case[0] for case in MORE])
def test_query(case):
    statement, dialect, inputs, fields = case
    (answer,) = lineage(statement, dialect, schema=SHOP)
    assert {str(table) for table in answer.inputs} == inputs
    assert _flows(answer) == fields


def test_changing_cte_writes_its_table():
    (answer,) = lineage("with gone as (delete from a returning *) insert into b (x) select y from gone", "postgres")
    assert {str(table) for table in answer.outputs} == {"a", "b"}
    assert {str(table) for table in answer.inputs} == {"a"}
    assert _flows(answer) == {"x": {"a.y IDENTITY"}}


@pytest.mark.parametrize(
    ("statement", "kind", "outputs"),
    [
        ("drop table if exists a, b", "DROP_TABLE", ["a", "b"]),
        ("drop index i", "CONTROL", []),
        ("alter table a rename to b", "RENAME_TABLE", ["b"]),
        ("alter table a drop column x", "ALTER_TABLE", ["a"]),
        ("create index i on a (x)", "CONTROL", []),
        ("insert into a default values", "INSERT", ["a"]),
        ("copy (select x from a) to '/tmp/x'", "COPY", ["/tmp/x"]),
        ("vacuum full a", "CONTROL", []),
        ("grant select on a to b", "CONTROL", []),
        ("-- only a comment", "CONTROL", []),
    ],
)
def test_kinds(statement, kind, outputs):
    answers = lineage(statement, "postgres")
    assert [answer.kind for answer in answers] == [kind]
    assert [str(table) for answer in answers for table in answer.outputs] == outputs


def test_memory_is_bounded():
    from whence.sql._engine import Engine  # noqa: PLC0415  loads the parser

    engine = Engine(max_entries=3, max_chars=100)
    for number in range(10):
        engine.lineage(f"select a{number} from t", "", None, None, Schema())
    assert len(engine._statements) == len(engine._texts) == 3
    engine.lineage("select " + ", ".join(f"b{n}" for n in range(100)) + " from t", "", None, None, Schema())
    assert engine._statements.chars <= 100
