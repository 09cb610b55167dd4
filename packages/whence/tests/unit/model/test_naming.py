import pathlib

import pytest

from whence.errors import NamingError
from whence.model import DatasetId, dataset_for_path, dataset_id

HERE = pathlib.Path.cwd().as_posix()


def test_from_parts():
    made = dataset_id("postgres", host="db", database="shop", schema="public", table="orders")
    assert made == DatasetId("postgres://db:5432", "shop.public.orders")
    made = dataset_id("glue", region="eu-west-1", account="123", database="sales", table="orders")
    assert made == DatasetId("arn:aws:glue:eu-west-1:123", "table/sales/orders")
    assert dataset_id("inmemory", table="tmp") == DatasetId("inmemory://", "tmp")


@pytest.mark.parametrize(
    ("platform", "parts", "message"),
    [
        ("postgre", {}, "'postgre' is not in the naming table; known: athena, bigquery"),
        ("postgres", {"host": "db", "table": "t"}, "lacks database; give database, schema, table"),
        ("postgres", {"database": "d", "schema": "s", "table": "t"}, "lacks host"),
        ("s3", {"bucket": "b", "table": "t"}, "s3 has no part 'table'; its parts are bucket, key"),
    ],
)
def test_from_wrong_parts(platform, parts, message):
    with pytest.raises(NamingError, match=message):
        dataset_id(platform, **parts)


@pytest.mark.parametrize(
    ("path", "namespace", "name"),
    [
        ("/data/orders.csv", "file", "/data/orders.csv"),
        ("/data/../raw/./orders/", "file", "/raw/orders"),
        ("/", "file", "/"),
        ("orders.csv", "file", f"{HERE}/orders.csv"),
        ("file:orders.csv", "file", f"{HERE}/file:orders.csv"),
        ("file:///data/a%20b.csv", "file", "/data/a b.csv"),
        ("file:/data/x/", "file", "/data/x"),
        ("file://nas/data/x", "file://nas", "/data/x"),
        ("file:///", "file", "/"),
        ("s3://lake/raw/orders/", "s3://lake", "raw/orders"),
        ("s3a://lake/raw//orders", "s3://lake", "raw//orders"),
        ("S3N://lake/a?b#c", "s3://lake", "a?b#c"),
        ("s3://lake", "s3://lake", "/"),
        ("s3://lake/", "s3://lake", "/"),
        ("gcs://lake/x", "gs://lake", "x"),
        ("abfs://c@a.dfs.core.windows.net/x", "abfss://c@a.dfs.core.windows.net", "x"),
        ("wasb://c@a.blob.core.windows.net/x", "wasbs://c@a.blob.core.windows.net", "x"),
        ("hdfs://nn:8020/user/x/", "hdfs://nn:8020", "/user/x"),
        ("hdfs://nn:8020/user/me@home/x", "hdfs://nn:8020", "/user/me@home/x"),
        ("hdfs:///user/x", "hdfs", "/user/x"),
        ("dbfs:/mnt/x", "dbfs", "/mnt/x"),
        ("ftp://me:SECRET@host/x", "ftp://host", "/x"),
        ("https://me:SECRET@host/x.csv?signature=SECRET#SECRET", "https://host", "/x.csv"),
        ("s3://AKIA:SECRET@lake/x", "s3://lake", "x"),
        ("s3://AKIA:SEC/SECRET@lake/x", "s3://lake", "x"),
    ],
)
def test_from_paths(path, namespace, name):
    assert dataset_for_path(path) == DatasetId(namespace, name)


def test_from_path_objects():
    assert dataset_for_path(pathlib.PurePosixPath("/data/x")) == DatasetId("file", "/data/x")
