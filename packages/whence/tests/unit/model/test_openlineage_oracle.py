"""The naming table against `openlineage.client.naming` of openlineage-python, for each builder that it has."""

import inspect
import pathlib

import pytest
from openlineage.client import naming as _package
from openlineage.client.naming import dataset as theirs

from whence.model import DatasetId, dataset_for_path, dataset_for_url, dataset_id

HOST = {"host": "h.example.com", "port": "1234"}
THREE = {"database": "d", "schema": "s", "table": "t"}
TWO = {"database": "d", "table": "t"}

# their builder -> (its arguments, our platform, our parts)
CASES = {
    "Athena": (
        {"region_name": "eu-west-1", "catalog": "d", "database": "s", "table": "t"},
        "athena",
        {"region": "eu-west-1", **THREE},
    ),
    "AWSGlue": (
        {"region_name": "eu-west-1", "account_id": "123", "database_name": "d", "table_name": "t"},
        "glue",
        {"region": "eu-west-1", "account": "123", **TWO},
    ),
    "AzureCosmosDB": ({"host": "h", **TWO}, "cosmosdb", {"host": "h", **TWO}),
    "AzureDataExplorer": ({"host": "h", **TWO}, "kusto", {"host": "h", **TWO}),
    "AzureSynapse": ({**HOST, "schema": "s", "table": "t"}, "synapse", {**HOST, "schema": "s", "table": "t"}),
    "BigQuery": ({"project_id": "d", "dataset_name": "s", "table_name": "t"}, "bigquery", THREE),
    "Cassandra": ({**HOST, "keyspace": "d", "table": "t"}, "cassandra", {**HOST, **TWO}),
    "MySQL": ({**HOST, **TWO}, "mysql", {**HOST, **TWO}),
    "CrateDB": ({**HOST, **THREE}, "crate", {**HOST, **THREE}),
    "DB2": ({**HOST, **THREE}, "db2", {**HOST, **THREE}),
    "OceanBase": ({**HOST, **TWO}, "oceanbase", {**HOST, **TWO}),
    "Oracle": ({**HOST, "service_name": "d", "schema": "s", "table": "t"}, "oracle", {**HOST, **THREE}),
    "Postgres": ({**HOST, **THREE}, "postgres", {**HOST, **THREE}),
    "Teradata": ({**HOST, **TWO}, "teradata", {**HOST, **TWO}),
    "Redshift": (
        {"cluster_identifier": "c", "region": "eu-west-1", "port": "5439", **THREE},
        "redshift",
        {"cluster": "c", "region": "eu-west-1", "port": "5439", **THREE},
    ),
    "Snowflake": (
        {"organization_name": "org", "account_name": "acc", **THREE},
        "snowflake",
        {"account": "org-acc", **THREE},
    ),
    "Trino": ({**HOST, "catalog": "d", "schema": "s", "table": "t"}, "trino", {**HOST, **THREE}),
    "ABFSS": (
        {"container": "c", "service": "a", "path": "x/y"},
        "abfss",
        {"container": "c", "service": "a", "path": "x/y"},
    ),
    "DBFS": ({"workspace": "w", "path": "/x"}, "dbfs", {"workspace": "w", "path": "/x"}),
    "GCS": ({"bucket_name": "b", "object_key": "x/y"}, "gcs", {"bucket": "b", "key": "x/y"}),
    "HDFS": (
        {"namenode_host": "nn", "namenode_port": "8020", "path": "/x"},
        "hdfs",
        {"host": "nn", "port": "8020", "path": "/x"},
    ),
    "Hive": ({**HOST, **TWO}, "hive", {**HOST, **TWO}),
    "Kafka": (
        {"bootstrap_server_host": "b", "port": "9092", "topic": "t"},
        "kafka",
        {"host": "b", "port": "9092", "topic": "t"},
    ),
    "LocalFileSystem": ({"path": "/x/y"}, "file", {"path": "/x/y"}),
    "RemoteFileSystem": ({"host": "nas", "path": "/x"}, "remote_file", {"host": "nas", "path": "/x"}),
    "S3": ({"bucket_name": "b", "object_key": "x/y"}, "s3", {"bucket": "b", "key": "x/y"}),
    "WASBS": (
        {"container": "c", "service_name": "a", "object_key": "x/y"},
        "wasbs",
        {"container": "c", "service": "a", "path": "x/y"},
    ),
    "PubSubNaming": (
        {"resource_type": theirs.PubSubResourceType.TOPIC, "project_id": "p", "resource_id": "t"},
        "pubsub",
        {"resource": "topic", "project": "p", "topic": "t"},
    ),
}


def _named_by(builder, arguments):
    made = getattr(theirs, builder)(**arguments)
    return DatasetId(made.get_namespace(), made.get_name())


def test_no_builder_is_left_out():
    builders = {
        name
        for name, cls in inspect.getmembers(theirs, inspect.isclass)
        if hasattr(cls, "get_namespace") and name != "DatasetNaming"
    }
    assert _package is not None
    assert builders == set(CASES)


@pytest.mark.parametrize("builder", CASES)
def test_same_name_as_openlineage_python(builder):
    arguments, platform, parts = CASES[builder]
    assert dataset_id(platform, **parts) == _named_by(builder, arguments)


@pytest.mark.parametrize(
    ("url", "builder", "arguments"),
    [
        ("postgresql://h:5432/d", "Postgres", {"host": "h", "port": "5432", **THREE}),
        ("mysql+pymysql://h/d", "MySQL", {"host": "h", "port": "3306", **TWO}),
        (
            "oracle+oracledb://h/?service_name=d",
            "Oracle",
            {"host": "h", "port": "1521", "service_name": "d", "schema": "s", "table": "t"},
        ),
        ("trino://h:8080/d/s", "Trino", {"host": "h", "port": "8080", "catalog": "d", "schema": "s", "table": "t"}),
        ("bigquery://d/s", "BigQuery", {"project_id": "d", "dataset_name": "s", "table_name": "t"}),
        ("snowflake://u:p@org-acc/d/s", "Snowflake", {"organization_name": "org", "account_name": "acc", **THREE}),
        (
            "redshift://c.x.eu-west-1.redshift.amazonaws.com/d",
            "Redshift",
            {"cluster_identifier": "c", "region": "eu-west-1", "port": "5439", **THREE},
        ),
        (
            "awsathena+rest://:@athena.eu-west-1.amazonaws.com/s?catalog_name=d",
            "Athena",
            {"region_name": "eu-west-1", "catalog": "d", "database": "s", "table": "t"},
        ),
        ("db2+ibm_db://h/d", "DB2", {"host": "h", "port": "50000", **THREE}),
        ("hive://h/d", "Hive", {"host": "h", "port": "10000", **TWO}),
        ("crate://h/d", "CrateDB", {"host": "h", "port": "4200", **THREE}),
        ("teradatasql://h/d", "Teradata", {"host": "h", "port": "1025", **TWO}),
        ("oceanbase+py://h/d", "OceanBase", {"host": "h", "port": "2881", **TWO}),
    ],
)
def test_urls_lead_to_the_same_names(url, builder, arguments):
    table = ("s", "t") if "schema" in arguments or "dataset_name" in arguments or builder == "Athena" else ("t",)
    assert dataset_for_url(url, table) == _named_by(builder, arguments)


@pytest.mark.parametrize(
    ("path", "builder", "arguments"),
    [
        ("s3a://b/x/y/", "S3", {"bucket_name": "b", "object_key": "x/y"}),
        ("gs://b/x", "GCS", {"bucket_name": "b", "object_key": "x"}),
        ("hdfs://nn:8020/x", "HDFS", {"namenode_host": "nn", "namenode_port": "8020", "path": "/x"}),
        ("/x/y", "LocalFileSystem", {"path": "/x/y"}),
        ("file://nas/x", "RemoteFileSystem", {"host": "nas", "path": "/x"}),
        ("abfss://c@a.dfs.core.windows.net/x", "ABFSS", {"container": "c", "service": "a", "path": "x"}),
        ("dbfs://w/x", "DBFS", {"workspace": "w", "path": "/x"}),
    ],
)
def test_paths_lead_to_the_same_names(path, builder, arguments):
    assert dataset_for_path(path) == _named_by(builder, arguments)


# Where we differ on purpose from what an OpenLineage client writes for the same place: (URL, ours, theirs)
CLUSTER = "c.x.eu-west-1.redshift.amazonaws.com"
DELIBERATE = {
    "host names are written small: the network does not tell them apart, and neither should the graph": (
        "postgresql://DB.Example.com/d",
        "postgres://db.example.com:5432",
        theirs.Postgres("DB.Example.com", "5432", "d", "s", "t").get_namespace(),
    ),
    "so are Snowflake accounts": (
        "snowflake://Org-Acc/d",
        "snowflake://org-acc",
        theirs.Snowflake("Org", "Acc", "d", "s", "t").get_namespace(),
    ),
    "the naming page says unitycatalog://, dbt's integration databricks://": (
        "databricks://h.net?catalog=c",
        "unitycatalog://h.net",
        "databricks://h.net",
    ),
    "a relative path would be another file elsewhere; dbt's integration writes it as in the profile": (
        "duckdb:///wh.duckdb",
        f"duckdb://{pathlib.Path.cwd().as_posix()}/wh.duckdb",
        "duckdb://wh.duckdb",
    ),
    "the naming page and the naming module say cluster.region, dbt's integration the whole host": (
        f"redshift://{CLUSTER}/d",
        theirs.Redshift("c", "eu-west-1", "5439", "d", "s", "t").get_namespace(),
        f"redshift://{CLUSTER}:5439",
    ),
}


@pytest.mark.parametrize("why", DELIBERATE)
def test_deliberate_differences(why):
    url, ours, other = DELIBERATE[why]
    assert dataset_for_url(url, "t").namespace == ours
    assert ours != other
