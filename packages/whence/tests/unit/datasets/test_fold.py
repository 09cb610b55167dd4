"""From statements to what a run read and wrote."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
import sqlalchemy as sa

from whence._datasets.fold import RunLineage
from whence.hooks._database.engine_source import source_of


class Dialect:
    name = "sqlite"
    default_schema_name = None


@pytest.fixture
def source():
    return source_of(sa.make_url("sqlite://"), Dialect(), None)


def _fold(source, *statements, settled=True, rows=1):
    lineage = RunLineage(nullcontext())
    for statement in statements:
        lineage.add(source, {statement: [1, rows, None, 0]}, settled=settled)
    return lineage


def _names(datasets):
    return sorted(dataset.name for dataset in datasets)


def _flows(lineage, name):
    (use,) = (use for dataset, use in lineage.outputs.items() if dataset.name == name)
    return {
        field: {f"{source.name}.{source.field} {source.subtype}" for source in sources}
        for field, sources in use.fields.items()
    }


def test_temporary_tables_hand_their_sources_on(source):
    lineage = _fold(
        source,
        "create table a (x integer, y integer)",
        "create table b (z integer)",
        "create temp table t as select x, sum(y) as s from a group by x",
        "insert into t (x) select z from b",
        "create table out as select s + 1 as s1, x from t",
        "drop table t",
        "insert into out select z, z from t join b on b.z = t.x",
    )
    assert _names(lineage.inputs) == ["a", "b", "t"]
    assert _names(lineage.outputs) == ["out"]
    assert _flows(lineage, "out") == {"s1": {"a.y AGGREGATION", "b.z IDENTITY"}, "x": {"a.x IDENTITY", "b.z IDENTITY"}}


def test_temporary_table_without_columns_hands_its_tables_on(source):
    lineage = _fold(
        source, "create temporary table t (x int)", "insert into t select n from a", "insert into o select x from t"
    )
    assert _names(lineage.inputs) == ["a"]


def test_columns_of_tables_follow_their_ddl(source):
    _fold(source, "create table a (x integer)", "alter table a add column y text", "alter table a rename to b")
    assert source.schema.columns(_table("a")) is None
    assert [tuple(column) for column in source.schema.columns(_table("b")) or ()] == [("x", "INTEGER"), ("y", "TEXT")]
    _fold(source, "create table c as select y, x + 1 as x1 from b")
    assert [tuple(column) for column in source.schema.columns(_table("c")) or ()] == [("y", "TEXT"), ("x1", None)]
    _fold(source, "drop table if exists b, c")
    assert source.schema.columns(_table("c")) is None


def _table(name):
    from whence.sql import TableName  # noqa: PLC0415  only this helper needs it

    return TableName(name, None, None)


def test_only_reads_count_when_a_transaction_was_undone(source):
    statements = ("select x from a", "insert into b select x from c", "create table d as select 1 as x")
    lineage = _fold(source, *statements, settled=False)
    assert _names(lineage.inputs) == ["a"]
    assert _names(lineage.outputs) == []
    assert source.schema.columns(_table("d")) is None


def test_ddl_alone_moves_no_data(source):
    lineage = _fold(source, "create table a (x integer)", "drop table a", "create index i on b (x)")
    assert (lineage.inputs, lineage.outputs) == ({}, {})


def test_rows_are_summed_or_not_known(source):
    lineage = _fold(source, "insert into a values (1)", "insert into a values (1), (2)", "delete from b", rows=3)
    rows = {dataset.name: (use.rows, use.is_counted) for dataset, use in lineage.outputs.items()}
    assert rows == {"a": (6, True), "b": (0, False)}
    lineage = RunLineage(nullcontext())
    lineage.add(source, {"insert into a select 1": [2, 1, None, 1]}, settled=True)
    lineage.add(source, {"insert into b values (1); insert into c values (1)": [1, 1, None, 0]}, settled=True)
    assert {use.rows for use in lineage.outputs.values()} == {None}


def test_what_was_not_understood_is_counted_and_listed(source):
    lineage = _fold(source, *(f"nonsense number{n} here" for n in range(30)), "select name from sqlite_master")
    assert lineage.statements == 31
    assert lineage.failures == 30
    assert len(lineage.errors) == 20
    lineage.count_dropped(5)
    lineage.count_dropped(0)
    assert lineage.failures == 35


def test_structure_that_fails_costs_nothing(source):
    lineage = RunLineage(nullcontext())
    lineage.add(source, {"select x from a": [1, 0, ("no", "such", "thing"), 0]}, settled=True)
    assert _names(lineage.inputs) == ["a"]


def test_files_behind_urls_are_datasets_and_those_on_the_server_are_not(source):
    lineage = _fold(source, "copy t from 's3://bucket/in/x.csv'", "copy u from '/in/x.csv'", "copy t to '@stage/x'")
    assert ("s3://bucket", "in/x.csv") in {(dataset.namespace, dataset.name) for dataset in lineage.inputs}
    assert _names(lineage.inputs) == ["in/x.csv", "t"]
    assert _names(lineage.outputs) == ["t", "u"]


def test_columns_are_not_called_as_a_query_calls_them(source):
    lineage = _fold(source, "insert into unseen select x as y from a")
    assert _flows(lineage, "unseen") == {}
    assert _names(lineage.inputs) == ["a"]


def test_each_target_of_a_block_gets_its_own_columns(source):
    lineage = _fold(source, "begin insert into t (a) select x from s; insert into u (b) select y from s; end")
    assert _flows(lineage, "t") == {"a": {"s.x IDENTITY"}}
    assert _flows(lineage, "u") == {"b": {"s.y IDENTITY"}}


def test_renamed_table_comes_from_where_its_rows_were(source):
    lineage = _fold(source, "alter table a rename to b", "insert into c select * from b")
    assert len(lineage.outputs) == 2
    (renamed,) = (use for use in lineage.outputs.values() if use.table.name == "b")
    assert [dataset.name.rpartition(".")[2] for dataset in renamed.origins] == ["a"]


class Postgres:
    name = "postgresql"
    default_schema_name = "public"


def test_tables_on_other_servers_are_named_by_those_or_not_at_all():
    source = source_of(sa.make_url("postgresql://db/shop"), Postgres(), None)
    lineage = _fold(
        source,
        "insert into known (x) select a from dblink('host=far dbname=d password=pw', 'select a from s.t') as t(a int)",
        "insert into linked (x) select t.a + h.b from h, dblink('link', 'select a from s.t') as t(a int)",
    )
    assert [f"{dataset.namespace} {dataset.name}" for dataset in lineage.inputs] == [
        "postgres://far:5432 d.s.t",
        "postgres://db:5432 shop.public.h",
    ]
    assert _flows(lineage, "shop.public.known") == {"x": {"d.s.t.a IDENTITY"}}
    assert {dataset.name: use.is_unsure for dataset, use in lineage.outputs.items()} == {
        "shop.public.known": False,
        "shop.public.linked": True,
    }
    assert [said for said, _ in lineage.errors] == ["s.t@link: on another server, of which only the link is known here"]


def test_a_query_whose_ctes_write_is_told_as_the_write_that_it_is():
    source = source_of(sa.make_url("postgresql://db/shop"), Postgres(), None)
    lineage = _fold(
        source,
        "with gone as (delete from old returning x), new as (insert into kept (a) select x from gone returning a) "
        "select a from new",
        "select dblink_exec('host=far dbname=d', 'insert into t(a) select b from s')",
    )
    assert _names(lineage.outputs) == ["d.public.t", "shop.public.kept", "shop.public.old"]
    assert _flows(lineage, "shop.public.kept") == {"a": {"shop.public.old.x IDENTITY"}}
    assert _flows(lineage, "d.public.t") == {"a": {"d.public.s.b IDENTITY"}}
    assert _flows(lineage, "shop.public.old") == {}
    assert len(lineage.texts) == 2
