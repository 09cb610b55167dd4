"""S3 through aiobotocore, s3fs and what reads with it, on a real (moto) server."""

from __future__ import annotations

import asyncio

import fsspec
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as pad
import pyarrow.parquet as pq
import pytest
import s3fs
from aiobotocore.session import get_session
from botocore.exceptions import ClientError

import whence

pytestmark = pytest.mark.integration


@pytest.fixture
def lake(aws, collected):
    aws.bucket("lake", "other")
    aws.put("lake", "a.csv", b"n\n1\n2\n")
    aws.put("lake", "doomed.csv", b"1")
    for scheme in ("s3", "s3a"):  # PyAthena puts its own class there when it is imported
        fsspec.register_implementation(scheme, s3fs.S3FileSystem, clobber=True)
    s3fs.S3FileSystem.clear_instance_cache()
    yield collected
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def fs(lake):
    return s3fs.S3FileSystem()


def origins(event, name):
    (dataset,) = (each for each in event["outputs"] if each["name"] == name)
    return [each["name"] for each in dataset["facets"]["lineage"]["inputs"]]


def test_tasks_at_once_do_not_mix(lake):
    async def work(client, number):
        with whence.job(f"j{number}"):
            for _ in range(5):
                await client.put_object(Bucket="lake", Key=f"out{number}.csv", Body=b"1")
                answer = await client.get_object(Bucket="lake", Key="a.csv")
                async with answer["Body"] as body:
                    await body.read()

    async def main():
        async with get_session().create_client("s3") as client:
            await asyncio.gather(*(work(client, number) for number in range(5)))

    asyncio.run(main())
    for number in range(5):
        assert lake.places(f"j{number}") == ({"s3://lake/a.csv"}, {f"s3://lake/out{number}.csv"})


def test_failed_calls_are_no_lineage(lake):
    async def main():
        async with get_session().create_client("s3") as client:
            with whence.job("j"):
                with pytest.raises(ClientError):
                    await client.get_object(Bucket="lake", Key="nope")
                with pytest.raises(ClientError):
                    await client.put_object(Bucket="nope", Key="x", Body=b"1")
                await client.generate_presigned_url("get_object", {"Bucket": "lake", "Key": "a.csv"})

    asyncio.run(main())
    assert lake.places("j") == (set(), set())


def test_s3fs_opens_files(lake, fs):
    with whence.job("j"):
        with fs.open("lake/out.csv", "wb") as file:
            file.write(b"123")
        with fs.open("lake/a.csv", "r") as file:
            file.read()
    assert lake.places("j") == ({"s3://lake/a.csv"}, {"s3://lake/out.csv"})
    assert lake.statistics("j", "out.csv") == {"size": 3, "fileCount": 1}
    assert lake.statistics("j", "a.csv") == {"size": 6, "fileCount": 1}


def test_s3fs_writes_in_parts(lake, fs):
    with whence.job("j"), fs.open("lake/big.bin", "wb", block_size=5 << 20) as file:
        for _ in range(3):
            file.write(b"x" * (4 << 20))
    assert lake.places("j") == (set(), {"s3://lake/big.bin"})
    assert lake.statistics("j", "big.bin") == {"size": 12 << 20, "fileCount": 1}


def test_s3fs_reads_and_writes_whole_objects_and_files(lake, fs, tmp_path):
    (tmp_path / "x.csv").write_bytes(b"1")
    with whence.job("j"):
        fs.cat("lake/a.csv")
        fs.pipe("lake/piped.csv", b"1")
        fs.put(str(tmp_path / "x.csv"), "lake/put.csv")
        fs.get("lake/doomed.csv", str(tmp_path / "y.csv"))
    assert lake.places("j") == (
        {"s3://lake/a.csv", "s3://lake/doomed.csv"},
        {"s3://lake/piped.csv", "s3://lake/put.csv"},
    )


@pytest.mark.parametrize("method", ["copy", "cp_file", "mv"])
def test_s3fs_copies_and_moves(lake, fs, method):
    with whence.job("j"):
        getattr(fs, method)("lake/a.csv", "other/b.csv")
    reads, writes = lake.places("j")
    assert reads == {"s3://lake/a.csv"}
    assert writes == {"s3://other/b.csv"} | ({"s3://lake/a.csv"} if method == "mv" else set())
    assert origins(lake.end("j"), "b.csv") == ["a.csv"]


def test_s3fs_removes(lake, fs):
    with whence.job("j"):
        fs.rm("lake/doomed.csv")
    (dataset,) = lake.end("j")["outputs"]
    assert dataset["name"] == "doomed.csv"
    assert dataset["facets"]["lifecycleStateChange"]["lifecycleStateChange"] == "DROP"


def test_s3fs_looks_and_fails_without_lineage(lake, fs):
    with whence.job("j"):
        fs.ls("lake")
        fs.exists("lake/a.csv")
        fs.glob("lake/*.csv")
        with pytest.raises(FileNotFoundError):
            fs.open("lake/nope.csv").read()
        with pytest.raises((OSError, ClientError)), fs.open("nope/x.csv", "wb") as file:
            file.write(b"1")
    assert lake.places("j") == (set(), set())


def test_file_system_made_before_a_run_serves_each_run(lake, fs):
    for name in ("a", "b"):
        with whence.job(name):
            fs.pipe(f"lake/{name}-out.csv", b"1")
    assert lake.places("a") == (set(), {"s3://lake/a-out.csv"})
    assert lake.places("b") == (set(), {"s3://lake/b-out.csv"})


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_pandas_over_s3_is_one_dataset(lake, form):
    with whence.job("j"):
        frame = pd.DataFrame({"n": [1, 2, 3]})
        getattr(frame, f"to_{form}")(f"s3://lake/frame.{form}")
        getattr(pd, f"read_{form}")(f"s3://lake/frame.{form}")
    event = lake.end("j")
    name = f"frame.{form}"
    assert lake.places("j") == ({f"s3://lake/{name}"}, {f"s3://lake/{name}"})
    (read,), (written,) = event["inputs"], event["outputs"]
    assert read["inputFacets"]["inputStatistics"]["fileCount"] == 1
    assert written["outputFacets"]["outputStatistics"]["fileCount"] == 1


def test_pyarrow_over_s3fs(lake, fs):
    table = pa.table({"n": [1, 2], "dt": ["a", "b"]})
    with whence.job("setup"):
        pq.write_to_dataset(table, "lake/t", partition_cols=["dt"], filesystem=fs)
    with whence.job("file"):
        pq.read_table(fs.open(fs.glob("lake/t/*/*.parquet")[0], "rb"))
    with whence.job("path"):
        pq.read_table("lake/t", filesystem=fs)
    with whence.job("dataset"):
        pad.dataset("lake/t", filesystem=fs, partitioning="hive").to_table()
    assert lake.places("setup") == (set(), {"s3://lake/t"})
    for name in ("file", "path", "dataset"):
        assert lake.places(name) == ({"s3://lake/t"}, set()), name
