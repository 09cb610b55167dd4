import pytest

from whence.errors import NamingError
from whence.model import (
    DatasetId,
    DatasetUrn,
    dataset_for_urn,
    dataset_urn,
    field_urn,
    parse_dataset_urn,
    parse_field_urn,
)

# (namespace, name, platform, name in the URN). URNs from the seed document collector.md, from DataHub's tests and from
# what its own ingestion of the platform emits.
PAIRS = [
    ("postgres://db:5432", "shop.public.orders", "postgres", "shop.public.orders"),
    ("mysql://db:3306", "shop.users", "mysql", "shop.users"),
    ("arn:aws:glue:eu-west-1:123", "table/sales_db/orders", "glue", "sales_db.orders"),
    ("s3://raw-data", "events/2024/01", "s3", "raw-data/events/2024/01"),
    ("s3://data-lake", "exports/orders", "s3", "data-lake/exports/orders"),
    ("gs://my-bucket", "data", "gcs", "my-bucket/data"),
    ("bigquery", "p.d.t", "bigquery", "p.d.t"),
    ("trino://h:8080", "lake.raw.t", "trino", "lake.raw.t"),
    ("mssql://h:1433", "shop.dbo.t", "mssql", "shop.dbo.t"),
    ("redshift://c.eu-west-1:5439", "dev.public.t", "redshift", "dev.public.t"),
    ("clickhouse://h:8123", "analytics.orders", "clickhouse", "analytics.orders"),
    ("unitycatalog://h", "main.sales.orders", "databricks", "main.sales.orders"),
    ("kafka://b:9092", "orders", "kafka", "orders"),
    ("file", "/local/file/path", "file", "/local/file/path"),
    ("hdfs://nn:8020", "/seg1/data", "hdfs", "/seg1/data"),
    ("duckdb:///data/wh.duckdb", "wh.main.t", "duckdb", "wh.main.t"),
]
# these lose something on the way: a catalogue, a service, an account, letter case
ONE_WAY = [
    ("awsathena://athena.eu-west-1.amazonaws.com", "awsdatacatalog.test_db.test_table", "athena", "test_db.test_table"),
    ("oracle://h:1521", "ORCL.hr.employees", "oracle", "hr.employees"),
    ("abfss://my-container@acct.dfs.core.windows.net", "data", "abs", "my-container/data"),
    ("snowflake://org-acc", "PROD.SALES.ORDERS", "snowflake", "prod.sales.orders"),
    ("sqlite:///data/olist_source.db", "olist_new_customers", "sqlite", "olist_source.main.olist_new_customers"),
    ("fabric-warehouse://h", "wh.dbo.t", "mssql", "wh.dbo.t"),
    # names that do not have their platform's form stay as they are
    ("postgres://prod", "transactions", "postgres", "transactions"),
    ("postgres://workshop-db:None", "workshop.public.taxes", "postgres", "workshop.public.taxes"),
    ("awsathena://eu-west-1", "raw.t", "athena", "raw.t"),
    # namespaces that the table has not
    ("food_delivery", "public.orders", "food_delivery", "public.orders"),
    ("bigtable://project/instance", "t", "bigtable", "t"),
]


def urn(platform, name, env="PROD"):
    return f"urn:li:dataset:(urn:li:dataPlatform:{platform},{name},{env})"


@pytest.mark.parametrize(("namespace", "name", "platform", "urn_name"), PAIRS + ONE_WAY)
def test_to_datahub(namespace, name, platform, urn_name):
    assert dataset_urn(DatasetId(namespace, name)) == urn(platform, urn_name)


@pytest.mark.parametrize(("namespace", "name", "platform", "urn_name"), PAIRS)
def test_and_back(namespace, name, platform, urn_name):
    assert dataset_for_urn(urn(platform, urn_name), namespace=namespace) == DatasetId(namespace, name)


@pytest.mark.parametrize(("platform", "name"), [("s3", "b/k/x"), ("gcs", "b/k"), ("bigquery", "p.d.t"), ("file", "/x")])
def test_platforms_without_servers_need_no_namespace(platform, name):
    assert dataset_urn(dataset_for_urn(urn(platform, name))) == urn(platform, name)


def test_back_with_the_parts_that_a_urn_has_not():
    oracle = dataset_for_urn(urn("oracle", "hr.emp"), namespace="oracle://h:1521", database="ORCL")
    assert oracle == DatasetId("oracle://h:1521", "ORCL.hr.emp")
    athena = dataset_for_urn(urn("athena", "db.t"), region="eu-west-1", database="awsdatacatalog")
    assert athena == DatasetId("awsathena://athena.eu-west-1.amazonaws.com", "awsdatacatalog.db.t")
    sqlite = dataset_for_urn(urn("sqlite", "shop.main.t"), namespace="sqlite:///data/shop.db")
    assert sqlite == DatasetId("sqlite:///data/shop.db", "t")


@pytest.mark.parametrize(
    ("text", "given", "message"),
    [
        (urn("postgres", "a.b.c"), {}, "a dataset of postgres needs its namespace; give namespace='postgres://"),
        (urn("postgres", "a.b.c"), {"namespace": "mysql://h:1"}, "needs its namespace here"),
        (urn("postgres", "a.b.c"), {"namespace": "nowhere"}, "needs its namespace here"),
        (urn("tableau", "x"), {}, "a dataset of tableau needs its namespace here"),
        (urn("oracle", "hr.emp"), {"namespace": "oracle://h:1521"}, "lacks database"),
        ("orders", {}, "is no dataset URN"),
    ],
)
def test_the_way_back_says_what_it_needs(text, given, message):
    with pytest.raises(NamingError, match=message):
        dataset_for_urn(text, **given)


def test_environment_instance_and_platform():
    orders = DatasetId("awsathena://athena.eu-west-1.amazonaws.com", "awsdatacatalog.sales_db.orders")
    assert dataset_urn(orders, platform="glue", env="DEV") == urn("glue", "sales_db.orders", "DEV")
    made = dataset_urn(DatasetId("gs://my-bucket", "data"), platform_instance="gcs_inst")
    assert made == urn("gcs", "gcs_inst.my-bucket/data")
    assert dataset_for_urn(made, platform_instance="gcs_inst") == DatasetId("gs://my-bucket", "data")


def test_an_environment_that_datahub_has_not():
    with pytest.raises(NamingError, match="'STAGING' is no DataHub environment; known: CERT, CORP, DEV"):
        dataset_urn(DatasetId("file", "/x"), env="STAGING")


def test_reserved_characters_are_encoded_as_datahub_does():
    made = dataset_urn(DatasetId("file", "/data/folder(1)/a,b␟c 100%.csv"))
    assert made == urn("file", "/data/folder%281%29/a%2Cb%E2%90%9Fc 100%.csv")
    assert dataset_for_urn(made) == DatasetId("file", "/data/folder(1)/a,b␟c 100%.csv")


def test_urns_taken_apart():
    assert parse_dataset_urn(urn("hive", "a%2Cb", "DEV")) == DatasetUrn("hive", "a,b", "DEV")
    assert str(DatasetUrn("hive", "a,b")) == urn("hive", "a%2Cb")
    assert dataset_for_urn(DatasetUrn("s3", "b/k")) == DatasetId("s3://b", "k")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "urn:li:dataset:",
        "urn:li:dataset:(urn:li:dataPlatform:hive,t)",
        "urn:li:dataset:(urn:li:dataPlatform:hive,t,PROD",
        "urn:li:dataset:(urn:li:dataPlatform:hive,a,b,PROD)",
        "urn:li:dataset:(urn:li:dataPlatform:hive,,PROD)",
        "urn:li:dataset:(urn:li:dataPlatform:hive,f(x),PROD)",
        "urn:li:dataset:(hive,t,PROD)",
    ],
)
def test_what_is_no_dataset_urn(text):
    with pytest.raises(NamingError, match="is no dataset URN; write urn:li:dataset"):
        parse_dataset_urn(text)


def test_fields():
    made = field_urn(urn("hive", "t"), "a.b(c)")
    assert made == f"urn:li:schemaField:({urn('hive', 't')},a.b%28c%29)"
    assert parse_field_urn(made) == (DatasetUrn("hive", "t"), "a.b(c)")


@pytest.mark.parametrize(
    "text", ["", "urn:li:schemaField:(x)", "urn:li:schemaField:(x,)", "urn:li:schemaField:(x,y", "urn:li:dataset:(a,b)"]
)
def test_what_is_no_field_urn(text):
    with pytest.raises(NamingError, match="is no field URN"):
        parse_field_urn(text)
