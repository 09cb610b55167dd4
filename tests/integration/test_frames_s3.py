"""Frames on S3, on a real (moto) server: one dataset a call, with rows, though four libraries have a hand in it."""

from __future__ import annotations

import duckdb
import fsspec
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as pad
import pyarrow.fs
import pyarrow.parquet as pq
import pytest
import s3fs

import whence

pytestmark = pytest.mark.integration

FRAME = pd.DataFrame({"id": [1, 2, 3], "name": ["a", "b", "c"]})
TABLE = pa.table({"id": [1, 2, 3], "name": ["a", "b", "c"]})
CSV = b"id,name\n1,a\n2,b\n3,c\n"


@pytest.fixture
def lake(aws, collected, tmp_path):
    aws.bucket("lake")
    aws.put("lake", "raw/orders.csv", CSV)
    FRAME.to_parquet(tmp_path / "orders.parquet")
    body = (tmp_path / "orders.parquet").read_bytes()
    aws.put("lake", "raw/orders.parquet", body)
    for day in (1, 2):
        aws.put("lake", f"events/dt=2024-01-0{day}/part-0000{day}.parquet", body)
    for scheme in ("s3", "s3a"):  # PyAthena puts its own class there when it is imported
        fsspec.register_implementation(scheme, s3fs.S3FileSystem, clobber=True)
    s3fs.S3FileSystem.clear_instance_cache()
    yield collected
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def native(aws):
    """Give pyarrow's own client of S3, which neither boto nor fsspec sees."""
    return pa.fs.S3FileSystem(
        access_key="testing", secret_key="whence-secret", region="us-east-1", endpoint_override=aws.url, scheme="http"
    )


@pytest.fixture
def storage(aws):
    """Give what polars' own client of S3 needs."""
    return {
        "aws_endpoint_url": aws.url,
        "aws_allow_http": "true",
        "aws_access_key_id": "testing",
        "aws_secret_access_key": "whence-secret",
        "aws_region": "us-east-1",
    }


def places(event):
    """Return inputs and outputs in the order of names; a name told twice is there twice."""
    return tuple(sorted(f"{each['namespace']}/{each['name']}" for each in event[key]) for key in ("inputs", "outputs"))


class TestPandas:
    def test_csv_and_parquet_in_and_out(self, lake):
        with whence.job("j"):
            pd.read_csv("s3://lake/raw/orders.csv")
            pd.read_parquet("s3://lake/raw/orders.parquet", columns=["id"])
            FRAME.to_parquet("s3://lake/mart/orders.parquet")
            FRAME.to_csv("s3://lake/mart/orders.csv", index=False)
        event = lake.end("j")
        assert places(event) == (
            ["s3://lake/raw/orders.csv", "s3://lake/raw/orders.parquet"],
            ["s3://lake/mart/orders.csv", "s3://lake/mart/orders.parquet"],
        )
        assert lake.statistics("j", "raw/orders.csv") == {"rowCount": 3, "size": len(CSV), "fileCount": 1}
        assert lake.statistics("j", "mart/orders.csv") == {"rowCount": 3, "size": len(CSV), "fileCount": 1}
        assert lake.statistics("j", "mart/orders.parquet")["rowCount"] == 3
        (read,) = (each for each in event["inputs"] if each["name"] == "raw/orders.parquet")
        assert [field["name"] for field in read["facets"]["schema"]["fields"]] == ["id"]

    def test_folder_of_partitions_is_one(self, lake):
        with whence.job("j"):
            pd.read_parquet("s3://lake/events/")
            FRAME.to_parquet("s3://lake/out", partition_cols=["name"])
        assert places(lake.end("j")) == (["s3://lake/events"], ["s3://lake/out"])
        assert lake.statistics("j", "out")["rowCount"] == 3

    def test_chunks(self, lake):
        with whence.job("j"):
            assert sum(len(chunk) for chunk in pd.read_csv("s3://lake/raw/orders.csv", chunksize=2)) == 3
        assert places(lake.end("j")) == (["s3://lake/raw/orders.csv"], [])
        assert lake.statistics("j", "raw/orders.csv")["rowCount"] == 3

    def test_missing_object_is_none(self, lake):
        with whence.job("j"), pytest.raises(FileNotFoundError):
            pd.read_csv("s3://lake/missing.csv")
        assert places(lake.end("j")) == ([], [])

    def test_open_remote_files(self, lake):
        files = s3fs.S3FileSystem()
        with whence.job("j"):
            with files.open("lake/raw/orders.csv") as file:
                pd.read_csv(file)
            with files.open("lake/mart/o.csv", "wb") as file:
                FRAME.to_csv(file)
        assert places(lake.end("j")) == (["s3://lake/raw/orders.csv"], ["s3://lake/mart/o.csv"])

    def test_filesystem_objects(self, lake, native):
        with whence.job("j"):
            pd.read_parquet("lake/raw/orders.parquet", filesystem=s3fs.S3FileSystem())
            FRAME.to_parquet("lake/mart/orders.parquet", filesystem=native)
        assert places(lake.end("j")) == (["s3://lake/raw/orders.parquet"], ["s3://lake/mart/orders.parquet"])

    def test_nothing_secret_leaves(self, lake):
        options = {"key": "testing", "secret": "whence-secret"}
        with whence.job("j"):
            pd.read_csv("s3://lake/raw/orders.csv", storage_options=options)
        assert "whence-secret" not in lake.text()


class TestPyarrow:
    def test_own_client(self, lake, native):
        with whence.job("j"):
            pq.read_table("lake/raw/orders.parquet", filesystem=native)
            pq.write_table(TABLE, "lake/mart/o.parquet", filesystem=native)
            inner = pa.fs.SubTreeFileSystem("lake/events", native)
            pad.dataset("dt=2024-01-01", filesystem=inner).to_table()
            pad.write_dataset(TABLE, "lake/out", filesystem=native, format="parquet", partitioning=["name"])
        assert places(lake.end("j")) == (
            ["s3://lake/events", "s3://lake/raw/orders.parquet"],
            ["s3://lake/mart/o.parquet", "s3://lake/out"],
        )
        assert lake.statistics("j", "out")["rowCount"] == 3

    def test_over_fsspec(self, lake):
        files = s3fs.S3FileSystem()
        with whence.job("j"):
            pad.dataset("lake/events", filesystem=files, format="parquet", partitioning="hive").to_table()
            pq.write_to_dataset(TABLE, "lake/out", filesystem=files, partition_cols=["name"])
        assert places(lake.end("j")) == (["s3://lake/events"], ["s3://lake/out"])


class TestPolars:
    def test_own_client(self, lake, storage):
        with whence.job("eager"):
            pl.read_parquet("s3://lake/raw/orders.parquet", storage_options=storage)
            pl.from_pandas(FRAME).write_parquet("s3://lake/mart/o.parquet", storage_options=storage)
        with whence.job("lazy"):
            plan = pl.scan_parquet("s3://lake/events/**/*.parquet", storage_options=storage).select("id")
            plan.sink_parquet("s3://lake/mart/ids.parquet", storage_options=storage)
        eager, lazy = lake.end("eager"), lake.end("lazy")
        assert places(eager) == (["s3://lake/raw/orders.parquet"], ["s3://lake/mart/o.parquet"])
        assert lake.statistics("eager", "raw/orders.parquet")["rowCount"] == 3
        assert places(lazy) == (["s3://lake/events"], ["s3://lake/mart/ids.parquet"])
        assert "whence-secret" not in lake.text()

    def test_plan_costs_no_request(self, lake, storage, aws):
        plan = pl.scan_parquet("s3://lake/events/**/*.parquet", storage_options=storage).select("id")
        plan.collect()
        before = len(aws.calls())
        pl.scan_parquet("s3://lake/events/**/*.parquet", storage_options=storage).select("id").collect()
        plain = len(aws.calls()) - before
        assert plain
        before = len(aws.calls())
        with whence.job("j"):
            pl.scan_parquet("s3://lake/events/**/*.parquet", storage_options=storage).select("id").collect()
        assert len(aws.calls()) - before == plain
        assert places(lake.end("j")) == (["s3://lake/events"], [])


class TestDuckDb:
    def test_over_fsspec(self, lake):
        with whence.job("j"), duckdb.connect() as connection:
            connection.register_filesystem(s3fs.S3FileSystem())
            connection.execute("create table staged as select * from 's3://lake/events/*/*.parquet'")
            connection.execute("copy staged to 's3://lake/mart/staged.parquet'")
        assert places(lake.end("j")) == (["s3://lake/events"], ["s3://lake/mart/staged.parquet"])
