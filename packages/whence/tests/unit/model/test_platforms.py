import pytest

from whence.model import PLATFORMS, platform_for_namespace
from whence.model._platforms import platform_for_scheme
from whence.model._template import part_names


@pytest.mark.parametrize(
    ("namespace", "name"),
    [
        ("postgres://db:5432", "postgres"),
        ("postgresql://db", "postgres"),
        ("mariadb://db:3306", "mysql"),
        ("awsathena://athena.eu-west-1.amazonaws.com", "athena"),
        ("awsathena://eu-west-1", "athena"),
        ("arn:aws:glue:eu-west-1:123", "glue"),
        ("aws:glue:eu-west-1:123", "glue"),
        ("bigquery", "bigquery"),
        ("s3a://lake", "s3"),
        ("gs://lake", "gcs"),
        ("wasb://c@a.blob.core.windows.net", "wasbs"),
        ("databricks://adb.net", "databricks"),
        ("unitycatalog://adb.net", "databricks"),
        ("sqlserver://x.sql.azuresynapse.net:1433", "synapse"),
        ("file", "file"),
        ("file://nas", "remote_file"),
        ("inmemory://", "inmemory"),
        ("pubsub", "pubsub"),
        ("sqlite:///data/shop.db", "sqlite"),
        ("duckdb://wh.duckdb", "duckdb"),
    ],
)
def test_platform_of_a_namespace(namespace, name):
    assert platform_for_namespace(namespace).name == name


@pytest.mark.parametrize("namespace", ["food_delivery", "arn:aws:s3:::bucket", "ftp://host", "postgres", "file:/tmp"])
def test_namespaces_of_no_platform(namespace):
    assert platform_for_namespace(namespace) is None


def test_schemes_lead_to_one_row_each():
    schemes = [scheme for row in PLATFORMS.values() for scheme in row.dialect.schemes]
    assert len(schemes) == len(set(schemes))
    assert all(platform_for_scheme(scheme) is not None for scheme in schemes)
    assert platform_for_scheme("nosuchdb") is None


@pytest.mark.parametrize("row", PLATFORMS.values(), ids=PLATFORMS)
def test_each_row_finds_itself_and_its_parts(row):
    parts = {part: f"x{i}" for i, part in enumerate({*part_names(row.namespace), *part_names(row.dataset)})}
    namespace = row.namespace_for(parts)
    name = row.dataset.format_map(parts)
    assert platform_for_namespace(namespace) == row
    assert row.parts_of(namespace, name) == parts


def test_a_usual_port_may_be_left_out():
    assert PLATFORMS["postgres"].namespace_for({"host": "db"}) == "postgres://db:5432"
    assert PLATFORMS["kafka"].namespace_for({"host": "b", "port": "9093"}) == "kafka://b:9093"
