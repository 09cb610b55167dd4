"""An engine as a place: names and defaults from what engine and driver know, without a secret."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from whence.hooks._database.engine_source import EngineSource, source_of
from whence.sql import REMOTE, TableName


def _source(url, schema=None, driver=None, name=None) -> EngineSource:
    made = sa.make_url(url)
    return source_of(made, SimpleNamespace(name=name or made.get_backend_name(), default_schema_name=schema), driver)


@pytest.mark.parametrize(
    ("url", "schema", "table", "expected"),
    [
        ("postgresql+psycopg://me:pw@db/shop", "public", TableName("orders"), "postgres://db:5432 shop.public.orders"),
        ("postgresql://db/shop", "tenant", TableName("orders"), "postgres://db:5432 shop.tenant.orders"),
        ("postgresql://db/shop", "public", TableName("o", "s", "d"), "postgres://db:5432 d.s.o"),
        ("mysql+pymysql://me:pw@db:3307/shop", "shop", TableName("orders"), "mysql://db:3307 shop.orders"),
        ("mysql://db/shop", "shop", TableName("orders", "other"), "mysql://db:3306 other.orders"),
        ("sqlite:////data/x.db", "main", TableName("orders", "main"), "sqlite:///data/x.db orders"),
        ("sqlite://", None, TableName("orders"), "inmemory:// orders"),
        ("mssql+pyodbc://me:pw@db/shop", "dbo", TableName("orders"), "mssql://db:1433 shop.dbo.orders"),
        ("mssql://db/shop", "dbo", TableName("postgres://far:5432/x.s.t", form=REMOTE), "postgres://far:5432 x.s.t"),
        ("duckdb:////data/x.db", "main", TableName("sqlite:///data/f.db/t", form=REMOTE), "sqlite:///data/f.db t"),
    ],
)
def test_names(url, schema, table, expected):
    source = _source(url, schema)
    defaults = table._replace(schema=table.schema or source.default_schema, catalog=table.catalog or source.default_db)
    dataset = source.dataset(defaults)
    assert f"{dataset.namespace} {dataset.name}" == expected
    assert source.dataset(defaults) is dataset
    assert "pw" not in source.uri


def test_what_the_url_leaves_out_the_driver_knows():
    class Info:
        host, port, dbname = "db", 5433, "shop"

    source = _source("postgresql+psycopg://", "public", SimpleNamespace(info=Info()))
    assert source.dataset(TableName("t", "public", "shop")).namespace == "postgres://db:5433"
    assert source.uri == "postgres://db:5433/shop"
    source = _source("mysql+pymysql://", None, SimpleNamespace(host="db", port=3306, db=b"shop"))
    assert source.default_schema == "shop"

    class Closed:
        @property
        def host(self):
            raise OSError

    assert _source("postgresql+psycopg://db/shop", "public", SimpleNamespace(info=Closed())).uri.endswith("/shop")


def test_scopes_share_what_is_known():
    source = _source("postgresql://db/shop", "public")
    tenant = source.scoped("tenant_a")
    assert tenant.default_schema == "tenant_a"
    assert tenant.default_db == "shop"
    assert tenant.scoped("tenant_a") is tenant is source.scoped("tenant_a")
    assert tenant.schema is source.schema
    used = _source("mysql://db/shop", "shop").scoped("other")
    assert used.dataset(TableName("t", "other")).name == "other.t"


@pytest.mark.parametrize(
    ("url", "table", "is_system"),
    [
        ("postgresql://db/shop", TableName("columns", "information_schema"), True),
        ("postgresql://db/shop", TableName("pg_class", "public"), True),
        ("postgresql://db/shop", TableName("sqlite_notes", "public"), False),
        ("sqlite://", TableName("sqlite_master"), True),
        ("sqlite://", TableName("t", "temp"), True),
        ("mysql://db/shop", TableName("user", "mysql"), True),
        ("postgresql://db/shop", TableName("user", "mysql"), False),
    ],
)
def test_system_tables(url, table, is_system):
    assert _source(url, "public").is_system(table) is is_system


def test_tables_of_a_compiled_statement_are_told_once():
    meta = sa.MetaData()
    table = sa.Table("t", meta, sa.Column("id", sa.Integer), sa.Column("kind", sa.Enum("a", "b")), schema="s")
    engine = sa.create_engine("sqlite://")
    source = _source("sqlite://", "main")
    structure = (sa.select(table).compile(engine), None, sa.sql.visitors.iterate)
    ((name, columns),) = source.tables(structure)
    assert name == TableName("t", "s", None)
    assert [tuple(column) for column in columns] == [("id", "INTEGER"), ("kind", "VARCHAR(1)")]
    assert list(source.tables(structure)) == []
    assert list(source.tables((sa.select(table).compile(engine), {"s": "other"}, sa.sql.visitors.iterate))) == []
    engine.dispose()


def test_a_table_behind_a_link_has_no_name_outside():
    source = _source("mssql+pyodbc://me:pw@db/shop", "dbo")
    assert source.is_system(TableName("link.shop.dbo.t", form=REMOTE))
    assert not source.is_system(TableName("mssql://far:1433/shop.dbo.t", form=REMOTE))
