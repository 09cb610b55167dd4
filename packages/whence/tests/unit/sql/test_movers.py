"""Statements that parsers refuse, as data: dialect, text, what it reads and what it writes."""

from __future__ import annotations

import pytest

from whence.sql import lineage

CARRIERS = [
    # COPY
    ("postgres", "copy a.t (x, y) from '/in/x.csv' with (format csv)", {"/in/x.csv"}, {"a.t"}),
    ("postgres", "copy a.t from stdin", set(), {"a.t"}),
    ("postgres", "copy a.t to stdout", {"a.t"}, set()),
    ("postgres", "copy (select x from a.t join a.u using (id)) to '/out/x.csv'", {"a.t", "a.u"}, {"/out/x.csv"}),
    ("postgres", "copy a.t to program 'gzip > /x.gz'", {"a.t"}, set()),
    ("redshift", "copy a.t from 's3://b/in/' iam_role 'arn:x' format as parquet", {"s3://b/in/"}, {"a.t"}),
    ("duckdb", "copy t to 's3://b/x.parquet' (format parquet)", {"t"}, {"s3://b/x.parquet"}),
    ("snowflake", "copy into a.t from @raw.st/in/ file_format = (type = csv)", {"@raw.st/in/"}, {"A.T"}),
    ("snowflake", "copy into a.t from 's3://b/in/' credentials = (aws_key_id = 'k')", {"s3://b/in/"}, {"A.T"}),
    ("snowflake", "copy into @~/out/ from a.t", {"A.T"}, {"@~/out/"}),
    ("snowflake", "copy into 's3://b/out/' from (select x from a.t)", {"A.T"}, {"s3://b/out/"}),
    ("databricks", "copy into a.t from 's3://b/in' fileformat = json", {"s3://b/in"}, {"a.t"}),
    # UNLOAD, EXPORT, LOAD, BULK INSERT, directories, OUTFILE
    ("redshift", "unload ('select x from a.t where s = ''new''') to 's3://b/o/' iam_role 'r'", {"a.t"}, {"s3://b/o/"}),
    ("redshift", "unload ($$select x from a.t$$) to 's3://b/o/'", {"a.t"}, {"s3://b/o/"}),
    ("athena", "unload (select x from a.t) to 's3://b/o/' with (format = 'ORC')", {"a.t"}, {"s3://b/o/"}),
    ("bigquery", "export data options (uri = 'gs://b/*.csv', format = 'CSV') as select x from d.t", {"d.t"},
     {"gs://b/*.csv"}),
    ("hive", "export table a.t to '/dump/t'", {"a.t"}, {"/dump/t"}),
    ("hive", "import table a.t from '/dump/t'", {"/dump/t"}, {"a.t"}),
    ("mysql", "load data local infile '/in/x.csv' ignore into table a.t fields terminated by ','", {"/in/x.csv"},
     {"a.t"}),
    ("hive", "load data inpath '/in/x' overwrite into table a.t partition (d = '1')", {"/in/x"}, {"a.t"}),
    ("bigquery", "load data overwrite d.t from files (format = 'CSV', uris = ['gs://b/1.csv', 'gs://b/2.csv'])",
     {"gs://b/1.csv", "gs://b/2.csv"}, {"d.t"}),
    ("tsql", "bulk insert dbo.t from 'C:\\in\\x.csv' with (firstrow = 2)", {"C:\\in\\x.csv"}, {"dbo.t"}),
    ("hive", "insert overwrite local directory '/o' row format delimited select x from a.t", {"a.t"}, {"/o"}),
    ("spark", "insert overwrite directory 's3://b/o' using parquet options (a 'b') select x from a.t", {"a.t"},
     {"s3://b/o"}),
    ("mysql", "select x from a.t where y = 1 into outfile '/o.csv' fields terminated by ','", {"a.t"}, {"/o.csv"}),
    ("mysql", "select x into outfile '/o.csv' from a.t where y = 1", {"a.t"}, {"/o.csv"}),
    # definitions over files
    ("athena", "create external table raw.ev (id string) stored as parquet location 's3://b/ev/'", {"s3://b/ev/"},
     {"raw.ev"}),
    ("snowflake", "create or replace external table raw.ev with location = @raw.st/ev/ file_format = (type = parquet)",
     {"@raw.st/ev/"}, {"RAW.EV"}),
    ("bigquery", "create external table d.t options (format = 'CSV', uris = ['gs://b/*.csv'])", {"gs://b/*.csv"},
     {"d.t"}),
    ("snowflake", "create stage raw.st url = 's3://b/x/'", {"s3://b/x/"}, {"RAW.ST"}),
    ("spark", "alter table a.t add partition (d = '1') location 's3://b/d=1'", {"s3://b/d=1"}, {"a.t"}),
]  # fmt: skip

HOLDERS = [
    # what runs on a schedule or on arrival
    ("snowflake", "create task tk warehouse = w schedule = '5 minute' as insert into a.t select x from a.s", {"A.S"},
     {"A.T"}),
    ("snowflake", "create pipe p auto_ingest = true as copy into a.t from @st/in/", {"@st/in/"}, {"A.T"}),
    ("snowflake", "create or replace stream a.st on table a.t append_only = true", {"A.T"}, {"A.ST"}),
    ("mysql", "create event e on schedule every 1 day do insert into t select x from s", {"s"}, {"t"}),
    # bodies
    ("postgres", "create function f() returns void language plpgsql as $$ begin insert into t select x from s; end $$",
     {"s"}, {"t"}),
    ("postgres", "create function f() returns int as 'select x from s' language sql", {"s"}, set()),
    ("postgres", "create function f() returns table (x int) begin atomic select x from s; end", {"s"}, set()),
    ("snowflake", ("create procedure p() returns string language sql as "
     "$$ begin insert into t select x from s; return 'ok'; end; $$"), {"S"}, {"T"}),
    ("tsql", "create procedure p @a int as begin set nocount on; insert into t (x) select x from s end", {"s"}, {"t"}),
    ("tsql", "create procedure p as print 'x' insert into t (x) select x from s", {"s"}, {"t"}),
    ("tsql", "create procedure p as bulk insert t from 's3://b/x.csv'", {"s3://b/x.csv"}, {"t"}),
    ("tsql", "create or alter proc p as insert into t (x) select x from s", {"s"}, {"t"}),
    ("oracle", ("create or replace procedure p is n number; begin select count(*) into n from s; "
     "insert into t select x from u; end;"), {"S", "U"}, {"T"}),
    ("mysql", ("create trigger g after insert on s for each row begin insert into t (x) values (new.x); "
     "delete from u; end"), set(), {"t", "u"}),
    ("bigquery", ("create procedure d.p() begin create temp table w as select x from d.s; insert into d.t "
     "select x from w; end"), {"d.s"}, {"d.t"}),
    ("bigquery", "create function d.f(a int64) as ((select max(x) from d.s where y = a))", {"d.s"}, set()),
    (
        "tsql",
        "create trigger g on s after insert as begin insert into t (x) select x from inserted end",
        {"s"},
        {"t"},
    ),
    (
        "oracle",
        ("create or replace package body k as procedure p is begin insert into t select x from s; end p; "
        "function f return number is n number; begin select max(x) into n from u; return n; end f; end k;"),
        {"S", "U"},
        {"T"},
    ),
    # blocks and their control flow
    ("postgres", "do $$ begin for r in select x from s loop insert into t values (r.x); end loop; end $$", {"s"},
     {"t"}),
    ("snowflake", ("begin let n int := (select max(x) from s); if (n > 1) then insert into t select x from u; "
     "else delete from v; end if; end"), {"S", "U"}, {"T", "V"}),
    ("tsql", "if exists (select 1 from s) insert into t (x) select x from u", {"s", "u"}, {"t"}),
    ("bigquery", ("begin declare n int64; while n < 3 do insert into d.t select x from d.s; set n = n + 1; end while; "
     "end"), {"d.s"}, {"d.t"}),
    ("oracle", "declare cursor c is select x from s; begin for r in c loop insert into t values (r.x); end loop; end;",
     {"S"}, {"T"}),
    # texts that are executed
    ("snowflake", "execute immediate 'insert into t select x from s'", {"S"}, {"T"}),
    ("tsql", "exec('insert into t (x) select x from s')", {"s"}, {"t"}),
    ("tsql", "exec sp_executesql N'delete from t'", set(), {"t"}),
    ("postgres", "explain (analyze, buffers) insert into t select x from s", {"s"}, {"t"}),
    ("postgres", "explain insert into t select x from s", set(), set()),
]  # fmt: skip

SHIFTS = [
    ("mysql", "rename table a to b, c to d", {"a", "c"}, {"b", "d"}),
    ("tsql", "exec sp_rename 'dbo.a', 'b'", {"dbo.a"}, {"dbo.b"}),
    ("snowflake", "alter table a swap with b", {"A", "B"}, {"A", "B"}),
    ("clickhouse", "exchange tables a and b", {"a", "b"}, {"a", "b"}),
    ("hive", "alter table a exchange partition (d = '1') with table b", {"b"}, {"a"}),
    ("postgres", "alter table a attach partition b for values in (1)", {"b"}, {"a"}),
    ("tsql", "alter table a switch partition 2 to b", {"a"}, {"b"}),
    ("clickhouse", "alter table a update x = 1 where y = 2", set(), {"a"}),
    ("clickhouse", "alter table a replace partition '1' from b", {"b"}, {"a"}),
    ("tsql", "alter view v as select x from s", {"s"}, {"v"}),
    ("redshift", "alter table a append from b", {"b"}, {"a"}),
    ("tsql", "alter schema s transfer object::dbo.t", {"dbo.t"}, {"s.t"}),
    ("postgres", "alter table only a.t set schema s", {"a.t"}, {"s.t"}),
    ("oracle", "create or replace public synonym s for a.t", {"A.T"}, {"S"}),
    ("postgres", "create foreign table ft (a int) server s options (table_name 'x')", set(), {"ft"}),
    ("bigquery", "drop snapshot table d.s", set(), {"d.s"}),
    ("mysql", "select a into @x from t", {"t"}, set()),
    ("mysql", "select a, b from t into @x, @y", {"t"}, set()),
    ("postgres", "select a from only (s.t) x", {"s.t"}, set()),
    ("duckdb", "create macro m(i) as table select x from s where a = i", {"s"}, set()),
    ("teradata", "lock row for write select a from t", {"T"}, set()),
    ("tsql", "set @c = cursor scroll for select a from t", {"t"}, set()),
    ("clickhouse", "create dictionary d.x (i Int8) primary key i source(clickhouse(user 'u' table 's' db 'b'))",
     {"b.s"}, {"d.x"}),
    ("clickhouse", "create or replace dictionary d.x (i Int8) source(clickhouse(query 'select i from b.s'))",
     {"b.s"}, {"d.x"}),
    ("spark", "create table t using csv options (path 's3://b/x')", {"s3://b/x"}, {"t"}),
    ("tsql", "merge t using s on t.a = s.a when matched then delete output deleted.a into g (a);", {"s"}, {"t", "g"}),
    ("sqlite", "replace into t select x from s", {"s"}, {"t"}),
]  # fmt: skip


def _tables(names):
    return {str(name) for name in names}


@pytest.mark.parametrize("case", CARRIERS + HOLDERS + SHIFTS, ids=lambda case: f"{case[0]}: {case[1][:60]}")
def test_tables(case):
    dialect, text, inputs, outputs = case
    (answer,) = lineage(text, dialect)
    assert (_tables(answer.inputs), _tables(answer.outputs)) == (inputs, outputs)
    assert not [note for note in answer.notes if note.hides == "tables"]


def test_fields_of_a_copied_query_go_into_the_file():
    (answer,) = lineage("copy (select x, y + 1 as z from t) to '/o.csv'", "postgres")
    found = [(f.name, [s.field for s in f.sources], str(f.table)) for f in answer.fields or ()]
    assert found == [("x", ["x"], "/o.csv"), ("z", ["y"], "/o.csv")]
    assert answer.kind == "COPY"


def test_fields_of_a_body():
    (answer,) = lineage("create procedure p() as begin insert into t (a) select x from s; end", "tsql")
    assert answer.kind == "CREATE_ROUTINE"
    assert [(f.name, [s.field for s in f.sources], str(f.table)) for f in answer.fields or ()] == [("a", ["x"], "t")]


@pytest.mark.parametrize(
    ("dialect", "text", "code"),
    [
        ("postgres", "call refresh_all(1)", "procedure_call"),
        ("tsql", "exec dbo.refresh_all @a = 1", "procedure_call"),
        ("tsql", "exec('insert into ' + @t + ' select 1')", "dynamic_sql"),
        ("snowflake", "execute immediate v", "dynamic_sql"),
        ("clickhouse", "create dictionary x (i Int8) source(http(url 'http://a/b'))", "dictionary_source"),
        ("databricks", "%python\nspark.sql('select 1')", "notebook_cell"),
        ("postgres", "create function f() returns int language plpython3u as $$ return 1 $$", "routine_language"),
    ],
)
def test_what_cannot_be_known_is_said(dialect, text, code):
    (answer,) = lineage(text, dialect)
    assert [note.code for note in answer.notes] == [code]
    assert answer.state in ("PARTLY", "UNKNOWN")
    assert answer.confidence <= 0.5


@pytest.mark.parametrize(
    ("dialect", "text", "inputs", "outputs"),
    [
        ("postgres", "select a.x from s a join u on a.id = = u.id where y", {"s", "u"}, set()),
        ("postgres", "with c as (select 1 from s) select * frm c join c2 on from c, d e, f",
         {"s", "c2", "d", "f"}, set()),
        ("mysql", "insert into t select extract(year from d) x from s where ((", {"s"}, {"t"}),
        ("snowflake", "create table t as select x frm s, lateral flatten(input => y) f join u", {"U"}, {"T"}),
        ("redshift", "select [a] from [s].[t]", {"s.t"}, set()),
    ],
)  # fmt: skip
def test_tables_are_seen_in_what_no_parser_takes(dialect, text, inputs, outputs):
    (answer,) = lineage(text, dialect)
    assert (_tables(answer.inputs), _tables(answer.outputs)) == (inputs, outputs)
    assert answer.state == "PARTLY"
    assert answer.confidence < 0.5
    assert all(note.hides == "tables" for note in answer.notes)


@pytest.mark.parametrize("text", ["", ";", "copy", "unload (", "create procedure", "begin", "exec", "load data infile",
                                  "create task t as", "if", "declare", "export data", "do $$", "alter table a exchange",
                                  "insert overwrite directory", "create stream s on",
                                  "rename table a", "explain ("])  # fmt: skip
@pytest.mark.parametrize("dialect", ["postgres", "snowflake", "tsql", "hive", "mysql"])
def test_unfinished_text_raises_nothing(text, dialect):
    for answer in lineage(text, dialect):
        assert answer.kind


REPAIRS = [
    ("teradata", "create view v as select x, y (title 'Why') from s", {"S"}, {"V"}, {"X": {"X"}, "Y": {"Y"}}),
    ("databricks", "create or replace table t shallow clone s version as of 3", {"s"}, {"t"}, {"*": {"*"}}),
    ("bigquery", "create snapshot table d.t clone d.s", {"d.s"}, {"d.t"}, {"*": {"*"}}),
    ("tsql", "insert into t with (tablock) (a) select x from s", {"s"}, {"t"}, {"a": {"x"}}),
    ("teradata", "replace view v as select x from s", {"S"}, {"V"}, {"X": {"X"}}),
    ("teradata", "locking row for access select x from s", {"S"}, set(), {"X": {"X"}}),
    ("sqlite", "update or ignore t set a = (select x from s)", {"s"}, {"t"}, {"a": {"x"}}),
    ("db2", "insert into t (a) select x from s with ur", {"s"}, {"t"}, {"a": {"x"}}),
    ("oracle", "insert into t (a) select x from s log errors into err reject limit 5", {"S"}, {"T"}, {"A": {"X"}}),
    ("oracle", ("merge into t using s on (t.i = s.i) when matched then update set a = s.b delete where s.c = 2 "
     "when not matched then insert (i) values (s.i)"), {"S"}, {"T"}, {"A": {"B"}, "I": {"I"}}),
    ("oracle", "create table t parallel 4 nologging as select x from s", {"S"}, {"T"}, {"X": {"X"}}),
    ("teradata", "update t from s set a = s.b where t.i = s.i", {"S"}, {"T"}, {"A": {"B"}}),
    ("tsql", "delete from t output deleted.i into gone (i) where x = 1", set(), {"t", "gone"}, {}),
    ("mysql", "insert low_priority ignore into t (a) select x from s", {"s"}, {"t"}, {"a": {"x"}}),
    ("mysql", "update low_priority ignore t join s using (i) set t.a = s.b", {"s"}, {"t"}, {"a": {"b"}}),
    ("mysql", "delete quick from t where a = 1", set(), {"t"}, {}),
    ("mysql", "select sql_calc_found_rows distinct a from t", {"t"}, set(), {"a": {"a"}}),
    ("databricks", "-- a comment\ncreate or refresh streaming table t as select a from stream(s)", {"s"}, {"t"},
     {"a": {"a"}}),
    ("databricks", "replace table t shallow clone s", {"s"}, {"t"}, {"*": {"*"}}),
    ("tsql", "delete a.t output deleted.* where id = 1", set(), {"a.t"}, {}),
    ("tsql", "delete from q from q as x inner join p on x.i = p.i where p.y > 3", {"p"}, {"q"}, {}),
    ("bigquery", "delete d.t i where i.p not in (select p from d.s)", {"d.s"}, {"d.t"}, {}),
    ("tsql", "update t set t.a += s.b from t join s on t.i = s.i", {"s"}, {"t"}, {"a": {"b"}}),
    ("tsql", "update top (10) percent t set a = 1", set(), {"t"}, {"a": set()}),
    ("tsql", "select a from t with (index = ix) option (hash join, maxdop 2)", {"t"}, set(), {"a": {"a"}}),
    ("tsql", "select t.a from t full outer merge join u on t.a = u.a", {"t", "u"}, set(), {"a": {"a"}}),
    ("postgres", "insert into t (a) overriding system value select x from s", {"s"}, {"t"}, {"a": {"x"}}),
    ("starrocks", "insert into t with label l (a) select x from s", {"s"}, {"t"}, {"a": {"x"}}),
    ("mysql", "create view v as (select a from t) with cascaded check option", {"t"}, {"v"}, {"a": {"a"}}),
    ("snowflake", "create secure recursive view v comment = 'x' as select a from t", {"T"}, {"V"}, {"A": {"A"}}),
    ("oracle", "create or replace force editionable view v (a) as select b from t with read only", {"T"}, {"V"},
     {"A": {"B"}}),
    ("oracle", "begin update t set a = (select b from s) where id = 3 returning a into x; end", {"S"}, {"T"},
     {"A": {"B"}}),
    ("clickhouse", "truncate table if exists d.t sync", set(), {"d.t"}, {}),
    ("snowflake", "copy into a.t purge = true", {"@%T"}, {"A.T"}, {}),
    ("snowflake", "create stage s url = 's3://b/x/' directory = ( enable = true auto_refresh = true )", {"s3://b/x/"},
     {"S"}, {}),
    ("snowflake", "define view a.v as select x from s", {"S"}, {"A.V"}, {"X": {"X"}}),
    ("snowflake", ("declare n number default 1; c cursor for select x from s; "
     "begin insert into t (a) select x from u; exception when other then return 1; end"), {"S", "U"}, {"T"},
     {"A": {"X"}}),
    ("tsql", "select a from openrowset(bulk N'C:\\x.csv', single_clob) with (a int) as d", {"C:\\x.csv"}, set(),
     {"a": {"a"}}),
    ("tsql", "select json_array('a', b null on null) as j from t", {"t"}, set(), {"j": {"b"}}),
    ("athena", "using external function f(i varchar) returns varchar lambda 'n' select f(a) as b from t", {"t"}, set(),
     {"b": {"a"}}),
    ("databricks", "-- Databricks notebook source\n%sql select a % 2 as m from t", {"t"}, set(), {"m": {"a"}}),
    ("postgres", "select a <<<-> 'x' as d, b&&&c as e from t", {"t"}, set(), {"d": {"a"}, "e": {"b", "c"}}),
    ("clickhouse", "select a.x from a left any outer join b using i, j", {"a", "b"}, set(), {"x": {"x"}}),
    ("clickhouse", "alter table t update a = b where c = 1 settings mutations_sync = 1", set(), {"t"}, {"a": set()}),
    ("databricks", "create table t deep clone s tblproperties ('a' = 'b')", {"s"}, {"t"}, {"*": {"*"}}),
    ("postgres", "select a from t order by e <#> '[1,2]', b using >", {"t"}, set(), {"a": {"a"}}),
]  # fmt: skip


@pytest.mark.parametrize("case", REPAIRS, ids=lambda case: case[1][:40])
def test_small_things_in_the_way_cost_no_columns(case):
    dialect, text, inputs, outputs, fields = case
    (answer,) = lineage(text, dialect)
    assert (_tables(answer.inputs), _tables(answer.outputs)) == (inputs, outputs)
    assert {field.name: {source.field for source in field.sources} for field in answer.fields or ()} == fields
    assert answer.confidence == 1.0


ROWLESS = {
    "mysql": """alter table `t` disable keys; alter table t convert to character set utf8mb4; handler t open
        create user 'a'@'b' identified by 'c'; create spatial index i on t (a); alter event e disable
        change master to master_host = 'a'""",
    "postgres": """alter table only s.t owner to x; alter table t enable row level security; alter table t cluster on i
        alter table t replica identity full; alter table t disable trigger all; alter table t validate constraint c
        alter table t alter column a set statistics 5; create extension if not exists x; create policy p on t using (a)
        create domain d as text check (value <> ''); create publication p for table t; create role x
        alter type e add value 'c'; alter view v owner to x; alter materialized view v set schema s
        create server s foreign data wrapper w; security label on table t is 'x'; create statistics s on a, b from t
        create cast (a as b) with function f(a); cluster t using i; create aggregate a (int) (sfunc = f, stype = int)
        create collation c from "C"; reassign owned by a to b; drop owned by a; create type e as enum ('a', 'b')""",
    "tsql": """alter table t nocheck constraint all; alter table t rebuild; create statistics s on t (a)
        dbcc checkident('t', reseed, 0); create schema s authorization dbo; create login x with password = 'p'
        update statistics t; backup database x to disk = 'y'; enable trigger all on t
        create partition function f (int) as range left for values (1)""",
    "snowflake": """alter table t modify column a set masking policy p; alter table t add search optimization
        create masking policy p as (v string) returns string -> v; create share s; alter pipe p refresh
        create network policy n allowed_ip_list = ('1')""",
    "databricks": "alter table t recover partitions; create catalog c; restore table t to version as of 1",
    "bigquery": """create row access policy p on t grant to ('x') filter using (a = 1); create reservation x options()
        create search index i on t(all columns)""",
    "oracle": """alter table t nologging; alter table t modify (a number); alter table t move tablespace x
        create tablespace x; create directory d as '/x'; create database link l using 'c'; purge recyclebin
        audit select on t; flashback table t to before drop; create type o as object (a number)""",
    "clickhouse": """alter table t materialize index i; alter table t freeze; system reload dictionaries
        create row policy p on t using 1; alter table t add projection p (select a); create quota q""",
    "trino": "alter table t execute optimize; alter table t set authorization x; create role r",
    "redshift": """create external schema s from data catalog database 'd' iam_role 'x'; create datashare d
        alter datashare d add table t; create library l language plpythonu from 's3://x'""",
}


@pytest.mark.parametrize(
    ("dialect", "text"),
    [(dialect, text.strip()) for dialect, texts in ROWLESS.items() for text in texts.replace("\n", ";").split(";")],
)
def test_what_carries_no_rows_is_known_to(dialect, text):
    (answer,) = lineage(text, dialect)
    assert (answer.kind, answer.state, answer.inputs) in {
        ("CONTROL", "PARSED", ()),
        ("ALTER_TABLE", "PARSED", ()),
    }


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("mysql", "update statistics s set s.a = 1"),
        ("tsql", "update statistics set a = 1"),
        ("trino", "alter table t execute add_files(location => 's3://b', format => 'ORC')"),
        ("snowflake", "create schema s clone t"),
        ("snowflake", "create cortex search service s on a warehouse = w as select a from t"),
        ("mysql", "alter event e do insert into t select x from s"),
        ("postgres", "create temporary table type as select x from s"),
    ],
)
def test_what_looks_like_it_and_carries_rows_is_not_passed_over(dialect, text):
    (answer,) = lineage(text, dialect)
    assert answer.kind not in ("CONTROL", "ALTER_TABLE")


DEFINITIONS = [
    ("mysql", "create table p (a point srid 0, g geometry not null srid 4326, key k (a))",
     [("a", "point srid 0"), ("g", "geometry")]),
    ("oracle", 'create table p (id number(10) not null, "Mixed" date) tablespace x compress for query low',
     [("ID", "number(10)"), ("Mixed", "date")]),
    ("snowflake", "create table p (a int, b int) with join policy q", [("A", "int"), ("B", "int")]),
    ("tsql", "create table p ([c 1] int, primary key clustered ([c 1] asc))", [("c 1", "int")]),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "text", "columns"), DEFINITIONS)
def test_columns_of_tables_that_no_parser_takes(dialect, text, columns):
    (answer,) = lineage(text, dialect)
    assert (answer.kind, answer.state) == ("CREATE_TABLE", "PARSED")
    assert [tuple(column) for column in answer.columns] == columns


@pytest.mark.parametrize(
    "change",
    [
        "rename column note to remark",
        "change note remark text",
        "drop column note, add column remark text",
        "modify column id bigint, rename column note to remark",
    ],
)
def test_columns_after_a_change(change):
    text = f"create table t (id int, note text); alter table t {change}; insert into u (a, b) select * from t"
    assert [field.sources[0].field for field in lineage(text, "mysql")[-1].fields] == ["id", "remark"]


def test_columns_after_a_change_that_was_not_understood_are_not_known():
    text = "create table t (id int, note text); alter table t drop (note, x), drop y; insert into u select * from t"
    _, changed, filled = lineage(text, "oracle")
    assert [note.code for note in changed.notes] == ["columns_changed"]
    assert [field.name for field in filled.fields] == ["*"]


def test_inherited_columns():
    text = "create table p (a int); create table c (b int) inherits (p); insert into u (x, y) select * from c"
    assert [field.sources[0].field for field in lineage(text, "postgres")[-1].fields] == ["a", "b"]
    (alone,) = lineage("create table c (b int) inherits (p)", "postgres")
    assert alone.columns is None


@pytest.mark.parametrize(
    "text",
    ["apply changes into t from stream(d.s) keys (i) sequence by n",
     "create flow f as auto cdc into t from stream(d.s) keys (i) sequence by n"],
)  # fmt: skip
def test_changes_that_are_applied(text):
    (answer,) = lineage(text, "databricks")
    assert (answer.kind, _tables(answer.inputs), _tables(answer.outputs)) == ("MERGE", {"d.s"}, {"t"})
    assert [note.code for note in answer.notes] == ["applied_changes"]


BLOCK = """declare
  n number := 40;
  cursor c is select id from emp;
begin
  n := n + 1;
  rows(n).id := :new.id;
  dbms_output.put_line('done ' || n);
  names.extend;
  forall i in 1 .. 10 delete from gone where id = i;
  if n > 3 then raise; end if;
  {call}
end;
insert into t (a) select x from s"""


@pytest.mark.parametrize(
    ("call", "codes"), [("null;", []), ("load_all(1);", ["procedure_call"]), ("pkg.load_all;", ["procedure_call"])]
)
def test_a_block_of_oracle(call, codes):
    block, insert = lineage(BLOCK.format(call=call), "oracle")
    assert (_tables(block.inputs), _tables(block.outputs)) == ({"EMP"}, {"GONE"})
    assert [note.code for note in block.notes] == codes
    assert _tables(insert.outputs) == {"T"}
