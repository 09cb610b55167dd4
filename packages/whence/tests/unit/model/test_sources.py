import pathlib

import pytest
from sqlalchemy.engine import make_url

from whence.errors import NamingError
from whence.model import DatabaseUrl, Source, dataset_for_url, source_for_url, split_table_name

HERE = pathlib.Path.cwd().as_posix()

NAMES = [
    # PostgreSQL and what speaks its protocol
    ("postgresql://me:pw@db/shop", "orders", "postgres://db:5432", "shop.public.orders"),
    ("postgresql+psycopg://DB:5433/shop", "sales.orders", "postgres://db:5433", "shop.sales.orders"),
    ("postgresql+asyncpg://db/shop", "other.sales.orders", "postgres://db:5432", "other.sales.orders"),
    ("postgresql://db", "orders", "postgres://db:5432", "public.orders"),
    ("postgresql:///shop", "orders", "postgres://localhost:5432", "shop.public.orders"),
    ("postgresql:///shop?host=/tmp&port=5499", "orders", "postgres://localhost:5499", "shop.public.orders"),
    ("postgresql:///?host=DB:1&dbname=shop", "orders", "postgres://db:1", "shop.public.orders"),
    ("postgresql://[::1]/shop", "orders", "postgres://[::1]:5432", "shop.public.orders"),
    ("postgresql://a:1,b:2/shop", "orders", "postgres://a:1", "shop.public.orders"),
    ("cockroachdb://db/shop", "orders", "cockroachdb://db:26257", "shop.public.orders"),
    (
        "redshift+psycopg2://c1.x9.eu-west-1.redshift.amazonaws.com/dev",
        "t",
        "redshift://c1.eu-west-1:5439",
        "dev.public.t",
    ),
    (
        "postgresql://c1.x9.eu-west-1.redshift.amazonaws.com:5400/dev",
        "t",
        "redshift://c1.eu-west-1:5400",
        "dev.public.t",
    ),
    (
        "redshift://wg.123.eu-west-1.redshift-serverless.amazonaws.com/dev",
        "t",
        "redshift://wg.eu-west-1:5439",
        "dev.public.t",
    ),
    ("redshift://warehouse.example.com/dev", "t", "redshift://warehouse.example.com:5439", "dev.public.t"),
    # two levels
    ("mysql+pymysql://me:pw@db/shop", "orders", "mysql://db:3306", "shop.orders"),
    ("mariadb+mariadbconnector://db:3307/shop", "other.orders", "mysql://db:3307", "other.orders"),
    ("mysql://db", "orders", "mysql://db:3306", "orders"),
    ("hive://h", "t", "hive://h:10000", "default.t"),
    ("hive://h/raw", "t", "hive://h:10000", "raw.t"),
    ("clickhouse+http://h/d", "t", "clickhouse://h:8123", "d.t"),
    ("clickhouse+native://h", "t", "clickhouse://h:9000", "default.t"),
    ("clickhouse+native://h:9001/d", "t", "clickhouse://h:9001", "d.t"),
    ("teradatasql://h", "d.t", "teradata://h:1025", "d.t"),
    ("oceanbase://h/d", "t", "oceanbase://h:2881", "d.t"),
    # three levels
    ("mssql+pymssql://db/shop", "orders", "mssql://db:1433", "shop.dbo.orders"),
    ("mssql+pyodbc:///?odbc_connect=SERVER%3Ddb%2C1444%3BDATABASE%3Dshop", "t", "mssql://db:1444", "shop.dbo.t"),
    ("mssql+pyodbc://db/shop", "other..orders", "mssql://db:1433", "other.dbo.orders"),
    ("mssql+pyodbc://w.sql.azuresynapse.net/pool", "t", "sqlserver://w.sql.azuresynapse.net:1433", "dbo.t"),
    (
        "mssql+pyodbc://x.datawarehouse.fabric.microsoft.com/wh",
        "t",
        "fabric-warehouse://x.datawarehouse.fabric.microsoft.com",
        "wh.dbo.t",
    ),
    ("oracle+oracledb://s:pw@db/?service_name=ORCL", "HR.EMP", "oracle://db:1521", "ORCL.HR.EMP"),
    ("oracle://db:1522/XE", "EMP", "oracle://db:1522", "XE.EMP"),
    ("db2+ibm_db://db/SAMPLE", "S.T", "db2://db:50000", "SAMPLE.S.T"),
    ("crate://h/crate", "t", "crate://h:4200", "crate.doc.t"),
    ("vertica+vertica_python://h/d", "t", "vertica://h:5433", "d.public.t"),
    ("trino://me@h/lake/raw", "t", "trino://h:8080", "lake.raw.t"),
    ("trino://h:443/lake", "raw.t", "trino://h:443", "lake.raw.t"),
    ("trino://h/Lake/RAW", "t", "trino://h:8080", "lake.raw.t"),
    ("presto://h/lake", "raw.t", "presto://h:8080", "lake.raw.t"),
    ("snowflake://me:pw@Org-Acc/DB/SC?warehouse=w", "T", "snowflake://org-acc", "DB.SC.T"),
    ("snowflake://xy12345/DB", "SC.T", "snowflake://xy12345.us-west-1.aws", "DB.SC.T"),
    ("snowflake://xy12345.eu-central-1/DB", "SC.T", "snowflake://xy12345.eu-central-1.aws", "DB.SC.T"),
    (
        "snowflake://xy12345.east-us-2.azure.snowflakecomputing.com/DB",
        "SC.T",
        "snowflake://xy12345.east-us-2.azure",
        "DB.SC.T",
    ),
    ("bigquery://project/dataset", "t", "bigquery", "project.dataset.t"),
    ("bigquery://project", "dataset.t", "bigquery", "project.dataset.t"),
    ("bigquery://", "p.d.t", "bigquery", "p.d.t"),
    ("databricks://token:x@h.net?catalog=main&schema=raw", "t", "unitycatalog://h.net", "main.raw.t"),
    ("databricks://token:x@h.net/raw", "t", "unitycatalog://h.net", "raw.t"),
    (
        "awsathena+rest://:@athena.eu-west-1.amazonaws.com:443/sales",
        "orders",
        "awsathena://athena.eu-west-1.amazonaws.com",
        "awsdatacatalog.sales.orders",
    ),
    (
        "awsathena+rest:///?region_name=eu-west-1&catalog_name=other&schema_name=sales",
        "orders",
        "awsathena://athena.eu-west-1.amazonaws.com",
        "other.sales.orders",
    ),
    ("spanner+spanner:///projects/p/instances/i/databases/d", "t", "spanner://p:i", "d.t"),
    # files and memory
    ("sqlite:////data/shop.db", "orders", "sqlite:///data/shop.db", "orders"),
    ("sqlite:///shop.db", "main.orders", f"sqlite://{HERE}/shop.db", "orders"),
    ("sqlite+aiosqlite:////data/shop.db", "archive.orders", "sqlite:///data/shop.db", "archive.orders"),
    ("sqlite:///file:shop.db?mode=ro&uri=true", "orders", f"sqlite://{HERE}/shop.db", "orders"),
    ("sqlite://", "orders", "inmemory://", "orders"),
    ("sqlite:///:memory:", "orders", "inmemory://", "orders"),
    ("duckdb:////data/wh.duckdb", "t", "duckdb:///data/wh.duckdb", "wh.main.t"),
    ("duckdb:///md:shop?motherduck_token=x", "t", "duckdb://md:shop", "shop.main.t"),
    ("duckdb:///:memory:", "t", "inmemory://", "t"),
    ("duckdb://", "t", "inmemory://", "t"),
    # platforms that nobody has named yet
    ("exasol+websocket://h:8563/d", "s.t", "exasol://h:8563", "d.s.t"),
    ("nosuch://h", "t", "nosuch://h", "t"),
]


@pytest.mark.parametrize(("url", "table", "namespace", "name"), NAMES, ids=[case[0] for case in NAMES])
def test_names(url, table, namespace, name):
    made = dataset_for_url(url, table)
    assert (made.namespace, made.name) == (namespace, name)


def test_schema_and_database_can_be_given():
    url = "postgresql://db/shop"
    assert dataset_for_url(url, "orders", schema="sales", database="other").name == "other.sales.orders"
    assert dataset_for_url(url, "raw.orders", schema="sales").name == "shop.raw.orders"
    assert dataset_for_url("mysql://db/shop", "orders", schema="other").name == "other.orders"
    assert dataset_for_url("mysql://db/shop", "orders", database="other").name == "other.orders"


def test_what_the_connection_reports_wins():
    source = source_for_url("postgresql://db/shop", default_schema="tenant_1")
    assert source == Source("postgres", "postgres://db:5432", database="shop", schema="tenant_1")
    assert source.dataset_id("orders").name == "shop.tenant_1.orders"


def test_takes_sqlalchemy_urls_without_touching_their_secrets():
    url = make_url("postgresql+psycopg://me:SECRET@db/shop?host=a&host=b")
    assert source_for_url(url) == source_for_url("postgresql://db/shop")
    assert source_for_url(DatabaseUrl("mysql", host="db")).namespace == "mysql://db:3306"
    assert "SECRET" not in repr(source_for_url(url))


def test_parts_are_taken_as_they_are():
    source = source_for_url("postgresql://db/shop")
    assert source.dataset_id(["sales", "a.b"]).name == "shop.sales.a.b"
    assert source.dataset_id(("x",)).name == "shop.public.x"


@pytest.mark.parametrize("table", ["", "a.", [], ["a", ""]])
def test_no_table(table):
    with pytest.raises(NamingError, match="names no table"):
        dataset_for_url("postgresql://db/shop", table)


def test_too_many_parts():
    with pytest.raises(NamingError, match="has 4 parts; at most database, schema and table"):
        dataset_for_url("mssql://db/shop", "server.db.dbo.t")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("snowflake:///db", "needs the account"),
        ("awsathena+rest://host/db", "lacks region"),
        ("spanner:///projects/p", "lacks instance"),
        ("not a url", "no database URL"),
    ],
)
def test_no_namespace(url, message):
    with pytest.raises(NamingError, match=message):
        source_for_url(url)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("orders", ("orders",)),
        (" sales . orders ", ("sales", "orders")),
        ('"a.b"."c"', ("a.b", "c")),
        ('"say ""hi"""', ('say "hi"',)),
        ("`p.d`.t", ("p.d", "t")),
        ("[my db].[dbo].[t]]x]", ("my db", "dbo", "t]x")),
        ("db..t", ("db", "", "t")),
        ('"open', ("open",)),
        ("", ()),
        ("a.", ("a", "")),
        ('sales . "my orders" . x', ("sales", "my orders", "x")),
    ],
)
def test_split_table_name(text, parts):
    assert split_table_name(text) == parts
