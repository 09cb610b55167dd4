"""Texts and names for other servers: tables are called as those servers call them, or by the link, never as ours."""

from __future__ import annotations

import pytest

from whence.sql import PATH, REMOTE, TABLE, lineage, redact, script_lineage

KNOWN = {"home.own.t": ["home_a", "home_b"], "public.t": ["home_a"], "link...t": ["x", "y"]}


def tables(sql: str, dialect: str) -> str:
    """Return `inputs > outputs` of a text, those that are tables at home in brackets."""
    script = script_lineage(sql, dialect, default_db="home", default_schema="own", schema=KNOWN)

    def told(found) -> str:
        return " ".join(f"[{table}]" if table.form == TABLE else str(table) for table in found)

    assert {table.form for table in (*script.inputs, *script.outputs)} <= {TABLE, REMOTE, PATH}
    return f"{told(script.inputs)} > {told(script.outputs)}".strip()


def columns(sql: str, dialect: str) -> str:
    """Return `a < t.x; b <` of a text's fields."""
    fields = script_lineage(sql, dialect, schema=KNOWN).fields
    return "; ".join(f"{f.name} < {' '.join(f'{s.table}.{s.field}' for s in f.sources)}".strip() for f in fields)


SERVED = [
    # PostgreSQL
    ("postgres", "select a from dblink('host=Db port=5433 dbname=shop password=pw', 'select a from t') as t(a int)",
     "postgres://db:5433/shop.public.t >"),
    ("postgres", "select a from dblink('postgresql://u:pw@db/shop', 'select a from s.t') as t(a int)",
     "postgres://db:5432/shop.s.t >"),
    ("postgres", "select dblink_exec('host=db dbname=shop', 'insert into t(a) select a from u')",
     "postgres://db:5432/shop.public.u > postgres://db:5432/shop.public.t"),
    # ClickHouse
    ("clickhouse", "select a from postgresql('db:5432', 'shop', 't', 'u', 'pw')", "postgres://db:5432/shop.public.t >"),
    ("clickhouse", "select a from postgresql('db', 'shop', 't', 'u', 'pw', 's')", "postgres://db:5432/shop.s.t >"),
    ("clickhouse", "select a from mysql('db:3306', 'shop', 't', 'u', 'pw')", "mysql://db:3306/shop.t >"),
    ("clickhouse", "insert into function mysql('db:3306', 'shop', 't', 'u', 'pw') select a from h",
     "[home.own.h] > mysql://db:3306/shop.t"),
    ("clickhouse", "insert into table function postgresql('db', 'shop', 't', 'u', 'pw') (b) select a from h",
     "[home.own.h] > postgres://db:5432/shop.public.t"),
    ("clickhouse", "select a from remote('localhost', d.t)", "[home.d.t] >"),
    ("clickhouse", "select a from cluster('all', d.t)", "[home.d.t] >"),
    # SQL Server
    ("tsql", "select a from openrowset('MSOLEDBSQL', 'Server=db,1444;Database=shop;UID=u;PWD=pw', 'select a from t') x",
     "mssql://db:1444/shop.dbo.t >"),
    ("tsql", "select x.a from openrowset('SQLNCLI', 'Server=db'; 'u'; 'pw', shop.s.t) as x; select 1",
     "mssql://db:1433/shop.s.t >"),
    ("tsql", "select a from opendatasource('SQLNCLI', 'Data Source=db;Password=pw').shop.dbo.t",
     "mssql://db:1433/shop.dbo.t >"),
    # DuckDB and Trino: a catalogue of ours stands for the server
    ("duckdb", "select a from postgres_scan('host=localhost dbname=shop password=pw', 's', 't')",
     "postgres://localhost:5432/shop.s.t >"),
    ("duckdb", "select a from sqlite_scan('/data/f.db', 't')", "sqlite:///data/f.db/t >"),
    ("duckdb", "select a from postgres_query('pg', 'select a from t join S.u using (a)')", "[pg.public.t] [pg.s.u] >"),
    ("duckdb", "call postgres_execute('pg', 'insert into t(a) select a from u')", "[pg.public.u] > [pg.public.t]"),
    ("trino", "select a from table(pg.system.query(query => 'select a from S.T'))", "[pg.s.t] >"),
    ("trino", "call pg.system.execute(query => 'delete from s.t')", "> [pg.s.t]"),
]  # fmt: skip
LINKED = [
    ("tsql", "select a from openquery(link, 'select a from db.dbo.t')", "link.db.dbo.t >"),
    ("tsql", "select a from openquery([my link], 'select a from t')", "my link...t >"),
    ("tsql", "select a from openquery(link, 'select a from `t`')", "link...t >"),
    ("tsql", "insert into openquery(link, 'select a from t') select a from h", "[home.own.h] > link...t"),
    ("tsql", "update openquery(link, 'select a from t') set a = 1", "> link...t"),
    ("tsql", "delete openquery(link, 'select a from t')", "> link...t"),
    ("tsql", "exec ('insert into t(a) select a from u') at link", "link...u > link...t"),
    ("tsql", "insert into h (a) exec ('select a from t') at [link]", "link...t > [home.own.h]"),
    ("tsql", "insert into link.db.dbo.t (a) select a from link.db..u", "link.db..u > link.db.dbo.t"),
    ("tsql", "bulk insert link.db.dbo.t from 's3://b/x.csv'", "s3://b/x.csv > link.db.dbo.t"),
    ("tsql", "select a from openrowset('MSDASQL', 'Driver=x;Server=db;PWD=pw', 'select a from t') as x", "?...t >"),
    ("tsql", "select a from openrowset('SQLNCLI', 'Server=(local);PWD=pw', db.dbo.t) as x", "?.db.dbo.t >"),
    ("postgres", "select a from dblink('link', 'select a from s.t') as t(a int)", "s.t@link >"),
    ("postgres", "select a from dblink('dbname=shop password=pw', 'select a from t') as t(a int)", "t@? >"),
    ("postgres", "select a from dblink('host=localhost dbname=shop', 'select a from t') as t(a int)", "t@? >"),
    ("postgres", "select a from dblink('host=a,b dbname=shop', 'select a from t') as t(a int)", "t@? >"),
    ("postgres", "select a from dblink(%s, 'select a from t') as t(a int)", "t@? >"),
    ("postgres", "select a from dblink('select a from t', false) as t(a int)", "t@? >"),
    ("postgres", "select a from public.dblink('link'::text, 'select a from t'::text) as t(a int)", "t@link >"),
    ("postgres", "do $$ begin perform dblink_exec('link', 'delete from t'); end $$", "> t@link"),
    ("bigquery", "select a from external_query('p.us.link', 'select a from t')", "t@p.us.link >"),
    ("clickhouse", "select a from remote('db:9000', d.t)", "d.t@db >"),
    ("clickhouse", "select a from remoteSecure('db', 'd.t', 'u', 'pw')", "d.t@db >"),
    ("clickhouse", "select a from remote('db{1,2}', 'd', 't', 'u', 'pw')", "d.t@? >"),
    ("trino", "select a from table(pg.system.query(query => 'select a from t'))", "t@pg >"),
    ("oracle", "insert into h (a) select a from sch.t@link.world x", "SCH.T@LINK.WORLD > [home.own.H]"),
    ("oracle", "insert into t@link (a) select a from h", "[home.own.H] > T@LINK"),
    ("oracle", 'select a from "S"."T"@link', "S.T@LINK >"),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "sql", "expected"), SERVED)
def test_a_server_that_the_text_tells_names_its_tables(dialect, sql, expected):
    assert tables(sql, dialect) == expected
    assert "remote_table" not in [note.code for note in script_lineage(sql, dialect).notes]


@pytest.mark.parametrize(("dialect", "sql", "expected"), LINKED)
def test_behind_a_link_no_table_is_taken_for_one_at_home(dialect, sql, expected):
    assert tables(sql, dialect) == expected
    (answer, *_) = lineage(sql, dialect)
    note = next(note for note in answer.notes if note.code == "remote_table")
    assert "another server" in note.message
    assert note.hides == ""


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        ("tsql", "select * from openquery(link, 'select a, max(b) as m from db.dbo.u group by a') as o",
         "a < link.db.dbo.u.a; m < link.db.dbo.u.b"),
        ("tsql", "select * from openquery(link, 'select * from t') as o", "x < link...t.x; y < link...t.y"),
        ("tsql", "select o.x + l.c as z from openquery(link, 'select x from t') o join link.db.dbo.u l on l.x = o.x",
         "z < link...t.x link.db.dbo.u.c"),
        ("tsql", "insert into openquery(link, 'select a, b from t') select c, d from h", "a < h.c; b < h.d"),
        ("tsql", "insert into h (c) exec ('select x from t') at link", "c < link...t.x"),
        ("postgres", "select * from dblink('link', 'select a, b + 1 from t') as t(c int, d text)",
         "c < t@link.a; d < t@link.b"),
        ("postgres", "select c from dblink('link', 'select * from t') as t(c int, d text)", "c < t@link.*"),
        ("tsql", "select t.a, h.b from link.db.dbo.t join h on h.i = t.i", "a < link.db.dbo.t.a; b < h.b"),
        ("tsql", "select link.db.dbo.t.a from link.db.dbo.t", "a < link.db.dbo.t.a"),
        ("oracle", "select emp.a, h.b from emp@link join h on h.i = emp.i", "A < EMP@LINK.A; B < H.B"),
        ("bigquery", "select * from external_query('p.us.link', '''select a as b from t''')", "b < t@p.us.link.a"),
        ("trino", "select x.a from table(pg.system.query(query => 'select a from s.t')) x", "a < pg.s.t.a"),
        ("clickhouse", "select a from mysql('db', 'shop', 't', 'u', 'pw')", "a < mysql://db:3306/shop.t.a"),
        ("duckdb", "select * from mysql_query('my', 'select a from shop.t')", "a < my.shop.t.a"),
    ],
)  # fmt: skip
def test_columns_pass_through(dialect, sql, expected):
    assert columns(sql, dialect) == expected


def test_columns_known_at_home_are_not_those_of_a_table_elsewhere():
    answer = lineage("select * from dblink('link', 'select * from t') as x(a int)", "postgres", schema=KNOWN)[0]
    assert [field.name for field in answer.fields] == ["a"]
    assert not answer.fields[0].is_whole


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("tsql", "select a from openquery(link, 'not sql at all')"),
        ("tsql", "select a from openquery(link, @text)"),
        ("tsql", "exec ('select a from ' + @t) at link"),
        ("postgres", "select a from dblink('link', x) as t(a int)"),
        ("postgres", "select dblink_exec('link', 'delete from ' || x) from y"),
        ("postgres", "select a from dblink_fetch('cursor', 5) as t(a int)"),
        ("trino", "select a from table(es.system.raw_query(schema => 's', query => '{}'))"),
        ("trino", "select a from table(es.query(query => 'select a from t'))"),
        ("clickhouse", "select a from postgresql(collection, table = 't')"),
    ],
)
def test_a_text_that_cannot_be_read_is_said_to_hide_tables(dialect, sql):
    answer = lineage(sql, dialect)[0]
    assert answer.state != "PARSED"
    assert "tables" in [note.hides for note in answer.notes]


def test_what_the_other_server_speaks_is_said_where_it_is_a_guess():
    answer = lineage("select a from openquery(link, 'select a from `t`')", "tsql")[0]
    said = "a text for another server was read as mysql: what it speaks is not known"
    assert said in [note.message for note in answer.notes]


SECRET = "hunter2"
SECRETIVE = [
    (
        "postgres",
        f"select a from dblink('host=db dbname=shop user=u password={SECRET}', 'select a from t') as t(a int)",
    ),
    ("postgres", f"select a from dblink('password=''{SECRET} x'' host=db dbname=d', 'select a from t') as t(a int)"),
    ("postgres", f"select a from dblink('host=db {SECRET} dbname=d', 'select a from t') as t(a int)"),
    ("postgres", f"select a from dblink('postgresql://u:{SECRET}@db/shop', 'select a from t') as t(a int)"),
    ("postgres", f"select a from dblink('postgresql://u:{SECRET}/@db@x/shop', 'select a from t') as t(a int)"),
    ("postgres", f"select a from dblink('postgresql://u:x@{SECRET}@db/shop', 'select a from t') as t(a int)"),
    ("postgres", f"select dblink_exec('dbname=x password={SECRET}', 'delete from t where a = ''{SECRET}''')"),
    ("postgres", f"select a from dblink_connect('link', 'host=db password={SECRET}') as x"),
    ("tsql", f"select a from openrowset('SQLNCLI', 'Server=db;UID=u;PWD={SECRET}', 'select a from d.o.t') as x"),
    ("tsql", f"select a from openrowset('SQLNCLI', 'Server=db'; 'u'; '{SECRET}', d.o.t) as x"),
    ("tsql", f"select a from opendatasource('SQLNCLI', 'Data Source=db;PWD={SECRET}').d.o.t"),
    ("tsql", f"select a from opendatasource('SQLNCLI', 'PWD=\"x;Server={SECRET}\";Server=db').d.o.t"),
    ("tsql", f"select a from openquery(link, 'select a from t where b = ''{SECRET}'' and (')"),
    ("tsql", f"exec ('select a from t where b = ''{SECRET}''') at link"),
    ("clickhouse", f"select a from postgresql('db:5432', 'shop', 't', 'u', '{SECRET}')"),
    ("clickhouse", f"select a from mysql('u:{SECRET}@db', 'shop', 't', 'u', '{SECRET}')"),
    ("clickhouse", f"select a from remote('db', 'd', 't', 'u', '{SECRET}')"),
    ("clickhouse", f"insert into function remote('u:{SECRET}@db', 'd', 't', 'u', '{SECRET}') select a from h"),
    ("clickhouse", f"insert into function mongodb('u:{SECRET}@db', 'd', 't', 'u', '{SECRET}', 'x') select a from h"),
    ("duckdb", f"select a from postgres_scan('host=db dbname=x password={SECRET}', 's', 't')"),
    ("duckdb", f"call postgres_execute('host=db password={SECRET}', 'delete from t')"),
    ("bigquery", f"select a from external_query('p.us.{SECRET} x', 'select a from t')"),
]


@pytest.mark.parametrize(("dialect", "sql"), SECRETIVE)
def test_no_secret_leaves(dialect, sql):
    script = script_lineage(sql, dialect)
    assert SECRET not in repr(script)
    assert SECRET not in redact(sql, dialect)
